"""A package adjustment: a signed delta by POST with our mark at the start of its note (metrc.md §6.5)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.compliance.models import Facility, Report
from apps.compliance.rules import State
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import Adjusted, Adjustment

from .outcome import Look, Outcome, Seen, since_sent


def send(metrc: Metrc, report: Report) -> Outcome:
    """Never as a final quantity: what the till sold between our reading and our writing would be undone."""
    said = report.payload
    accepted = metrc.adjust_packages(
        Adjustment(
            label=said["tag"],
            quantity=Decimal(said["delta"]),
            unit_of_measure=said["unit"],
            adjustment_reason=said["reason"],
            adjustment_date=date.fromisoformat(said["date"]),
            reason_note=f"{report.mark} {said['note']}".strip(),
        )
    )
    return Outcome(State.CONFIRMED, {"ids": list(accepted.ids), "warnings": accepted.warnings[:400]})


def look(metrc: Metrc, report: Report) -> Look:
    """Our mark in a note proves it; nothing changed since we sent proves the contrary."""
    rows = [row for window in since_sent(report) for row in metrc.adjustments_of(report.payload["tag"], *window)]
    rows = list(dict.fromkeys(rows))
    ours = [row for row in rows if report.mark in row.note]
    if ours:
        _notes_return(report)
        return _found(report, ours)
    alike = [row for row in rows if _alike(row, report)]
    if alike:
        why = _("Same package, amount and reason, but our mark is missing: probably applied.")
        return Look(Seen.UNSURE, why, _plain(alike[0]))
    return _untouched(metrc, report)


def _found(report: Report, ours: list[Adjusted]) -> Look:
    row = ours[0]
    if row.quantity != Decimal(report.payload["delta"]):
        why = _("METRC has our mark with %(theirs)s where we sent %(ours)s.")
        return Look(Seen.UNSURE, why % {"theirs": row.quantity, "ours": report.payload["delta"]}, _plain(row))
    found = {"times": len(ours)}
    why = _("Found by our mark.") if len(ours) == 1 else _("METRC has it %(n)s times.") % {"n": len(ours)}
    return Look(Seen.THERE, why, _plain(row), Outcome(State.CONFIRMED, found))


def _untouched(metrc: Metrc, report: Report) -> Look:
    """No row of ours. Where somebody else changed the package meanwhile, only a facility that is known to show notes
    lets us conclude anything from that."""
    package = metrc.package(report.payload["tag"])
    modified = package.last_modified
    evidence = {"quantity": str(package.quantity), "modified_at": modified.isoformat() if modified else ""}
    if modified and report.sent_at and modified <= report.sent_at:
        return Look(Seen.ABSENT, _("METRC hasn't changed this package since we sent."), evidence)
    if Facility.objects.filter(pk=report.facility_id, notes_return=True).exists():
        return Look(Seen.ABSENT, _("The package was changed by others; none of the notes is ours."), evidence)
    return Look(Seen.UNSURE, _("The package changed since we sent, and METRC shows no note of ours."), evidence)


def _alike(row: Adjusted, report: Report) -> bool:
    same = row.quantity == Decimal(report.payload["delta"]) and row.reason == report.payload["reason"]
    return same and not row.note.strip()


def _notes_return(report: Report) -> None:
    Facility.objects.filter(pk=report.facility_id, notes_return=False).update(notes_return=True)


def _plain(row: Adjusted) -> dict:
    return {
        "tag": row.package_label,
        "delta": str(row.quantity),
        "unit": row.unit_of_measure_name,
        "reason": row.reason,
        "note": row.note[:200],
        "by": row.adjusted_by,
    }
