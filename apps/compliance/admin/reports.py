"""Reports to the state in the back office: every one in a list, and the desk for those that wait."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.compliance.models import Report
from apps.core.backoffice import ReadOnly, moment, state_badge

from .desk import DeskPages


@admin.register(Report)
class ReportAdmin(DeskPages, ReadOnly):
    list_display = ["number", "kind", "about", "facility", "state_", "verdict", "filed", "due", "tries_"]
    list_filter = ["state", "kind", "verdict", ("facility", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["facility"]
    search_fields = ["mark", "order_number", "business_key"]
    ordering = ["-id"]
    exclude = ["lanes"]
    filed = moment("created_at", _("Filed, UTC"))
    due = moment("deadline_at", _("Deadline, UTC"))
    state_ = state_badge("report")

    @admin.display(description=_("About"))
    def about(self, report) -> str:
        return report.subject

    @admin.display(description=_("Calls"))
    def tries_(self, report) -> int:
        return report.sends
