"""Runs: what each reading of a location did, step by step; and the button that reads one now."""

from uuid import UUID

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Location
from apps.catalog import actions
from apps.core.backoffice import NeedsWork, ReadOnly, moment, state_badge
from apps.core.errors import Refused
from apps.core.look.states import RUN
from apps.core.models import RunState, SyncRun
from apps.core.scope import scope

from .held import HeldPages
from .report import changes_as_csv, report


class State(NeedsWork):
    choices_of = [(state, look.word) for state, look in RUN.items() if state in RunState.values]
    first = "all"


@admin.register(SyncRun)
class RunAdmin(HeldPages, ReadOnly):
    list_display = ["number", "location_name", "state_", "trigger", "started", "took", "fetched", "changed"]
    list_filter = [State, "kind", "location_name"]
    search_fields = ["location_name"]
    ordering = ["-id"]
    change_list_template = "admin/core/syncrun/change_list.html"
    state_ = state_badge("run")
    started = moment("started_at", _("Started, UTC"))

    def get_queryset(self, request):
        """Connected retailers may know that a run was, to tell how fresh a shelf is; they do not read it."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(organization_id=request.organization.pk)

    def get_urls(self):
        site = self.admin_site.admin_view
        return [
            path("sync/", site(self.sync_now), name="core_syncrun_sync"),
            path("<int:run>/changes.csv", site(self.changes), name="core_syncrun_changes"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        found = {"places": self.places(request)} if self.may_sync(request) else {}
        return super().changelist_view(request, found | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        run = self.get_object(request, object_id)
        if run is None or not self.has_view_permission(request, run):
            raise Http404
        told = report(run) | self.held_of(request, run) | {"may_sync": self.may_sync(request), "title": str(run)}
        return super().change_view(request, object_id, form_url, told | (extra_context or {}))

    def sync_now(self, request):
        """Asked by POST; a rule that says no is told in its own words."""
        if request.method != "POST" or not self.may_sync(request):
            raise Http404
        run = self._ask(request, get_object_or_404(self.places(request), pk=_uuid(request.POST.get("location", ""))))
        return redirect("admin:core_syncrun_change", run.pk) if run else redirect("admin:core_syncrun_changelist")

    def _ask(self, request, place: Location) -> SyncRun | None:
        """The run that the asking joined, if one is there already. The act stands in the location's own trail."""
        try:
            with scope(place.organization_id, user=request.user.pk):
                asked = actions.sync_now(location=place, by=request.user)
        except Refused as refusal:
            messages.error(request, refusal.detail)
            return None
        if asked.joined:
            said = _("%(place)s is being read, or was within the last minute: this is that run.")
        else:
            said = _("%(place)s will be read in a moment. The run appears here when a worker takes it up.")
        messages.success(request, said % {"place": place.name})
        return asked.run

    def changes(self, request, run: int):
        run = self.get_object(request, str(run))
        if run is None or not self.has_view_permission(request, run):
            raise Http404
        return changes_as_csv(run)

    def may_sync(self, request) -> bool:
        """Whoever may change the catalog may have it read again."""
        return request.user.has_perm("catalog.change_stockitem")

    def places(self, request):
        """Locations that can be read: the own ones, or all for the platform's own people."""
        places = Location.objects.synced()
        return places if request.user.is_superuser else places.filter(organization=request.organization)

    @admin.display(description=_("Run"), ordering="id")
    def number(self, run) -> str:
        return _("Run %(n)s") % {"n": run.pk}

    @admin.display(description=_("Seconds"))
    def took(self, run) -> str:
        return "—" if run.seconds is None else f"{run.seconds:.2f}"

    @admin.display(description=_("Rows read"))
    def fetched(self, run) -> str:
        return f"{run.counts.get('fetched', 0):,}"

    @admin.display(description=_("Rows changed"))
    def changed(self, run) -> str:
        if run.state in (RunState.HELD, RunState.FAILED):
            return _("none applied")
        return f"{sum(run.counts.get(name, 0) for name in ('created', 'updated', 'gone')):,}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
