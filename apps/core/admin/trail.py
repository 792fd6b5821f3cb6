"""The audit trail, as it was written."""

import json

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.core.backoffice import ReadOnly, as_text, moment
from apps.core.models import AuditEntry


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    list_display = ["n", "at_", "actor", "action", "subject", "facts"]
    list_display_links = ["n"]
    search_fields = ["actor", "action", "subject_id"]
    ordering = ["-at", "-n"]
    fields = ["chain", "n", "at", "actor", "action", "subject_kind", "subject_id", "data_", "previous", "digest"]
    readonly_fields = ["data_"]
    at_ = moment("at", _("When, UTC"))

    @admin.display(description=_("What"))
    def subject(self, entry) -> str:
        return f"{entry.subject_kind} {entry.subject_id}".strip() or "—"

    @admin.display(description=_("Facts"))
    def facts(self, entry) -> str:
        text = json.dumps(entry.data, ensure_ascii=False) if entry.data else "—"
        return text if len(text) < 80 else f"{text[:80]}…"

    @admin.display(description=_("Facts"))
    def data_(self, entry) -> str:
        return as_text(json.dumps(entry.data, ensure_ascii=False, indent=2))
