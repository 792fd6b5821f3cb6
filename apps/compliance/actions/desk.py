"""What staff do with a report that waits for them. Nothing here sends: a report whose call may have left is looked up
first, always."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from apps.compliance import rules
from apps.compliance.models import Report, Transfer
from apps.core.errors import Refused

from . import filing, receiving
from .moving import locked, move

Kind, State = rules.Kind, rules.State
WAITS = frozenset({State.REJECTED, State.REVIEW, State.DEAD, State.HELD})
EDITABLE = ("tag", "delta", "unit", "reason", "note")
APART = 2.0  # seconds between two of a bulk


def _reasoned(why: str) -> str:
    if not why.strip():
        raise Refused(_("Say why: it stays in the trail."), code="reason-required", status=422)
    return why.strip()[:400]


@transaction.atomic
def redrive(*, report: Report, by, after: float = 0) -> Report:
    """Back to work. Where METRC may have it, that is looked up; where a look-up already showed the same change without
    our mark, it is refused (`shown-by-metrc`): a second send would count it twice."""
    report = locked(report.pk)
    if report.state not in WAITS:
        raise Refused(_("%(report)s does not wait for you.") % {"report": report.number}, code="illegal-transition")
    if shown_by_metrc(report):
        raise Refused(
            _("METRC already shows this change, so a second send would count it twice. Adopt it, or look again."),
            code="shown-by-metrc",
        )
    to = State.VERIFY if report.may_exist else State.QUEUED
    move(report, to, by=by, after=after, looks=0, resends=0, attempts=0, evidence={}, why="re-driven")
    filing.wake(report.facility)
    return report


@transaction.atomic
def look_again(*, report: Report, by) -> Report:
    """METRC is asked once more; what it says decides."""
    report = locked(report.pk)
    if report.state != State.REVIEW:
        raise Refused(_("Only an unclear report is looked up again."), code="illegal-transition")
    move(report, State.VERIFY, by=by, after=0, looks=0, evidence={}, why="looked up again")
    filing.wake(report.facility)
    return report


def shown_by_metrc(report: Report) -> bool:
    """The last look-up found a change like ours without our mark, or a package of our tag that is not as filed."""
    row = report.evidence.get("row") or {}
    return report.state == State.REVIEW and ("delta" in row or "label" in row)


@transaction.atomic
def edit(*, report: Report, changes: dict[str, str], by) -> Report:
    """A new report in its place, with other words; the old one is superseded. Only where METRC has plainly refused:
    what may have been applied is looked up first (`look-first`). A manifest is made anew on its order
    (`on-the-order`)."""
    report = locked(report.pk)
    if report.kind not in (Kind.PACKAGE_ADJUST, Kind.AUDIT_CORRECTION):
        raise Refused(_("Make the manifest anew on its order."), code="on-the-order")
    if report.may_exist or report.state not in WAITS:
        raise Refused(_("METRC may have it: look it up before it is said in other words."), code="look-first")
    payload = report.payload | {name: str(changes[name]).strip() for name in EDITABLE if changes.get(name)}
    if payload == report.payload:
        raise Refused(_("Nothing was changed."), code="no-change", status=422)
    move(report, State.SUPERSEDED, by=by, why="edited")
    return filing.file(
        facility=report.facility,
        kind=report.kind,
        key=f"{report.business_key.partition('#')[0]}#{report.pk}",
        payload=_sound(payload),
        lanes=[rules.package_lane(payload["tag"])],
        deadline=report.deadline_at,
        by=by,
        supersedes=report,
    )


def _sound(payload: dict) -> dict:
    try:
        delta = Decimal(payload["delta"])
    except InvalidOperation:
        delta = Decimal("NaN")
    if not delta.is_finite() or not delta:
        raise Refused(_("A change is a number other than 0."), code="no-change", status=422)
    return payload


@transaction.atomic
def adopt(*, report: Report, by, manifest_number: str = "") -> Report:
    """METRC's record is ours: the change a look-up showed, what it has of each package of a receipt, or the transfer of
    this manifest number, which METRC's mirror must hold with the same sides."""
    report = locked(report.pk)
    if report.kind == Kind.TRANSFER_CREATE:
        found = _transfer(report, manifest_number)
    elif report.kind == Kind.TRANSFER_ACCEPT and report.state == State.REVIEW and receiving.shows_all(report):
        receiving.taken_as_theirs(report)
        found = {"adopted": report.evidence}
    elif shown_by_metrc(report):
        found = {"adopted": report.evidence["row"]}
    else:
        raise Refused(_("METRC shows no record to adopt. Look it up first."), code="nothing-to-adopt")
    return move(report, State.ADOPTED, by=by, found=report.found | found, why="adopted")


def _transfer(report: Report, manifest_number: str) -> dict:
    mine = Transfer.objects.filter(facility=report.facility, direction=Transfer.Direction.OUTGOING, is_voided=False)
    transfer = mine.filter(manifest_number=manifest_number.strip()).exclude(manifest_number="").first()
    if transfer is None:
        raise Refused(
            _("METRC's list of your transfers has no manifest %(number)s.") % {"number": manifest_number or "–"},
            code="nothing-to-adopt",
        )
    if transfer.recipient_license != report.payload["recipient"]:
        raise Refused(
            _("Manifest %(number)s goes to %(license)s, this order to %(wanted)s.")
            % {
                "number": transfer.manifest_number,
                "license": transfer.recipient_license,
                "wanted": report.payload["recipient"],
            },
            code="another-transfer",
        )
    Transfer.objects.filter(pk=transfer.pk).update(order_number=report.order_number)
    return {"transfer_id": transfer.metrc_id, "manifest_number": transfer.manifest_number}


@transaction.atomic
def cancel(*, report: Report, by, why: str) -> Report:
    """It is not reported, or was by other means; the reason stays in the trail."""
    return move(locked(report.pk), State.CANCELLED, by=by, why=_reasoned(why))


@transaction.atomic
def give_up(*, report: Report, by, why: str) -> Report:
    """It is tried no more, and not over: it waits for a person, and keeps its lane."""
    return move(locked(report.pk), State.DEAD, by=by, why=_reasoned(why))


def redrivable(reports: Iterable[Report]) -> list[Report]:
    """Those of `reports` that a bulk re-drive would take: what a dry run shows."""
    return [report for report in reports if report.state in WAITS and not shown_by_metrc(report)]


def redrive_all(*, reports: Iterable[Report], by) -> list[Report]:
    """One after the other, some seconds apart, so that METRC is not flooded."""
    return [redrive(report=report, by=by, after=number * APART) for number, report in enumerate(redrivable(reports))]
