"""METRC on the status page: whether its facilities are read, and, for staff, what its queue is measured by."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.compliance.desk import metrics
from apps.compliance.models import MaintenanceWindow
from apps.core.look.text import span


def source() -> list[dict]:
    """METRC as its facilities find it; refused keys are their owners' business and not told here."""
    roads = [road for road in metrics()["roads"] if road.state != "none" and not road.facility.held_at]
    if not roads:
        return []
    late = [road for road in roads if road.state != "up"]
    away = len(late) == len(roads) and all(road.state == "away" for road in late)
    if window := MaintenanceWindow.now_open():
        words = {"until": window.ends_at.strftime("%H:%M"), "where": window.state.upper() or _("every state")}
        detail = _("its own maintenance until %(until)s UTC (%(where)s): nothing is sent, reports wait") % words
        return [{"name": "METRC", "state": "late", "detail": detail, "days": []}]
    detail = _("every licence read within 15 minutes")
    if late:
        detail = ngettext("late at %(n)s of %(all)s licence", "late at %(n)s of %(all)s licences", len(roads))
        detail %= {"n": len(late), "all": len(roads)}
    return [{"name": "METRC", "state": "away" if away else "late" if late else "up", "detail": detail, "days": []}]


def figures() -> list[dict]:
    """What the METRC queue is measured by (metrc.md §6.10)."""
    told = metrics()
    oldest = span(told["oldest_queued"].total_seconds()) if told["oldest_queued"] else "0"
    slow = max((road.p95 for road in told["roads"] if road.p95 is not None), default=None)
    keys = [road.key_days for road in told["roads"] if road.key_days is not None]
    open_ = sum(told["open"].values())
    return [
        {"label": _("METRC reports open"), "value": open_, "context": _("oldest queued %(age)s") % {"age": oldest}},
        {
            "label": _("METRC reports unclear"),
            "value": told["unclear"],
            "context": _("%(n)s sent again after a look-up") % {"n": told["resent"]},
        },
        {"label": _("METRC reports sent twice"), "value": told["doubled"], "context": ""},
        {
            "label": _("METRC p95"),
            "value": "—" if slow is None else f"{slow:.1f} s",
            "context": _("next key ends in %(n)s days") % {"n": min(keys)} if keys else "",
        },
    ]
