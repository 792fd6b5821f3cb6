"""METRC on the status page: whether its facilities are read, and, for staff, what its queue is measured by."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.compliance.metrics import roads as all_roads
from apps.compliance.models import Facility, MaintenanceWindow
from apps.compliance.rules import State
from apps.core import audit
from apps.core.look.text import span


def source() -> list[dict]:
    """METRC as its facilities find it; refused keys are their owners' business and not told here."""
    found = all_roads(Facility.objects.reported(), timezone.now())
    roads = [road for road in found if road.state != "none" and not road.facility.held_at]
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


def figures(told: dict) -> list[dict]:
    """The tiles, of `metrics()`."""
    ages = [road.oldest for road in told["roads"] if road.oldest]
    slow = max((road.p95 for road in told["roads"] if road.p95 is not None), default=None)
    keys = [road.key_days for road in told["roads"] if road.key_days is not None]
    open_ = sum(told["open"].values())
    oldest = span(max(ages).total_seconds()) if ages else "0"
    return [
        {"label": _("METRC reports open"), "value": open_, "context": _("oldest queued %(age)s") % {"age": oldest}},
        {
            "label": _("METRC reports unclear"),
            "value": told["unclear"],
            "context": _("%(n)s sent again after a look-up") % {"n": told["resent"]},
        },
        {"label": _("METRC reports sent twice"), "value": told["doubled"], "context": _("one mark, two records")},
        {
            "label": _("METRC p95"),
            "value": "—" if slow is None else f"{slow:.1f} s",
            "context": _("next key ends in %(n)s days") % {"n": min(keys)} if keys else "",
        },
        {"label": _("Audit trail walked"), "value": _verified(), "context": _("every link of every chain")},
    ]


def _verified() -> str:
    entry = audit.last_verified()
    if entry is None:
        return _("never")
    ago = span((timezone.now() - entry.at).total_seconds())
    return _("broken, %(ago)s ago") % {"ago": ago} if entry.data["broken"] else _("%(ago)s ago") % {"ago": ago}


def queue(told: dict) -> dict:
    """The queue in two lists for staff: reports by state, and what look-ups found in a day; then licence by licence."""
    words = {
        "there": _("METRC has it"),
        "absent": _("METRC has it not"),
        "unsure": _("can't be told"),
        "unanswered": _("no answer"),
    }
    return {
        "states": [(State(state).label, told["open"][state]) for state in State.values if state in told["open"]],
        "verdicts": [(words[word], n) for word, n in told["verdicts"].items()],
        "roads": [(road, _spans(road)) for road in told["roads"]],
    }


def _spans(road) -> dict[str, str]:
    """Lengths of time in words; "" where there is none."""
    return {
        name: span(value.total_seconds()) if (value := getattr(road, name)) is not None else ""
        for name in ("oldest", "lag")
    }
