"""Jobs: what waits, runs, is done or was given up; what was given up can be put back to work."""

import json

from django.contrib import admin, messages
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core import audit, jobs
from apps.core.backoffice import NeedsWork, ReadOnly, as_text, moment, state_badge
from apps.core.look.states import JOB
from apps.core.models import Job


class State(NeedsWork):
    choices_of = [(state, look.word) for state, look in JOB.items()]
    first = "all"


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ["id", "name", "state_", "attempts", "due", "ended", "why"]
    list_filter = [State, "queue"]
    search_fields = ["name", "error"]
    ordering = ["-created_at"]
    fields = [
        "name",
        "state",
        "queue",
        "key",
        "kwargs_",
        "attempts",
        "not_before",
        "lease_until",
        "finished_at",
        "error",
    ]
    readonly_fields = ["kwargs_"]
    actions = ["put_back"]
    state_ = state_badge("job")
    due = moment("not_before", _("Due, UTC"))
    ended = moment("finished_at", _("Ended, UTC"))

    @admin.display(description=_("Last failure"))
    def why(self, job) -> str:
        return job.error if len(job.error) <= 120 else f"{job.error[:120]}…"

    @admin.display(description=_("Asked for with"))
    def kwargs_(self, job) -> str:
        return as_text(json.dumps(job.kwargs, ensure_ascii=False, indent=2))

    @admin.action(description=_("Put back to work"), permissions=["view"])
    @transaction.atomic
    def put_back(self, request, queryset):
        """Jobs that were given up start anew. The others are left alone and counted."""
        chosen = list(queryset)
        back = [job for job in chosen if jobs.again(job.pk)]
        for job in back:
            audit.record(request.user, "job.put_back", job, organization=job.organization_id, name=job.name)
        if back:
            said = ngettext("%(n)s job is back at work.", "%(n)s jobs are back at work.", len(back))
            messages.success(request, said % {"n": len(back)})
        if rest := len(chosen) - len(back):
            said = ngettext(
                "%(n)s was skipped: it was not given up.", "%(n)s were skipped: they were not given up.", rest
            )
            messages.warning(request, said % {"n": rest})
