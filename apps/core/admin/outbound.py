"""Roads to the outside: whether each is open, and what went over it. A member sees those of the own locations."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.core.backoffice import ReadOnly, moment
from apps.core.models import Breaker, OutboundCall


class OwnRoads(ReadOnly):
    """These tables carry no organization: a road's key is its location's id, and only one's own are shown."""

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        if not request.organization:
            return rows.none()
        return rows.filter(key__in=[str(pk) for pk in request.organization.locations.values_list("pk", flat=True)])


@admin.register(Breaker)
class BreakerAdmin(OwnRoads):
    list_display = ["service", "key", "closed", "answers", "good", "bad", "reason"]
    list_filter = ["service"]
    search_fields = ["key"]
    ordering = ["service", "key"]
    good = moment("last_ok_at", _("Last answer, UTC"))
    bad = moment("last_failed_at", _("Last failure, UTC"))
    closed = moment("open_until", _("Closed until, UTC"))

    @admin.display(description=_("Last answers"))
    def answers(self, road) -> str:
        """Newest last, a check for each answer and a cross for each failure."""
        return format_html("<code>{}</code>", "".join("✓" if sign == "1" else "✗" for sign in road.recent) or "—")


@admin.register(OutboundCall)
class OutboundCallAdmin(OwnRoads):
    list_display = ["at_", "service", "key", "call", "status", "took", "size", "outcome"]
    list_display_links = ["at_"]
    list_filter = ["service", "outcome"]
    search_fields = ["key", "path"]
    ordering = ["-id"]
    at_ = moment("at", _("When, UTC"))

    @admin.display(description=_("Call"))
    def call(self, row) -> str:
        return f"{row.method} {row.path}"

    @admin.display(description=_("Seconds"), ordering="seconds")
    def took(self, row) -> str:
        return f"{row.seconds:.2f}"
