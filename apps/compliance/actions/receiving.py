"""Receiving: METRC publishes no call that accepts a licensed transfer. The receiver's findings are filed, a person does
the same at METRC's site, and reading METRC proves it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Organization
from apps.compliance import rules
from apps.compliance.models import Facility, ReceiptLine, Report, Transfer
from apps.core.errors import Refused

from . import filing
from .moving import move

Kind, State = rules.Kind, rules.State
Decision, Shelf = ReceiptLine.Decision, ReceiptLine.State


@transaction.atomic
def file_accept(
    *, organization: Organization, transfer: Transfer, found: Sequence[rules.Received], by, now: datetime
) -> Report:
    """What the receiver found, package by package (`found` names each of the transfer's once). The report is ASSIST
    at once: no call is tried. Goods stay in quarantine until METRC shows the same."""
    facility = Facility.objects.select_related("location").get(pk=transfer.facility_id, organization=organization)
    _checked(transfer, found)
    report = filing.file(
        facility=facility,
        kind=Kind.TRANSFER_ACCEPT,
        key=rules.accept_key(facility.number, transfer.metrc_id, transfer.delivery_id),
        payload={
            "transfer": transfer.metrc_id,
            "manifest_number": transfer.manifest_number,
            "packages": [one.plain() for one in sorted(found, key=lambda one: one.tag)],
        },
        lanes=[rules.package_lane(one.tag) for one in found],
        deadline=now + rules.DEADLINES[Kind.TRANSFER_ACCEPT],
        by=by,
    )
    if report.state != State.QUEUED:
        return report
    ReceiptLine.objects.bulk_create([_line(report, one) for one in found])
    return move(report, State.ASSIST, by=by, why=_("A person accepts it at METRC."))


def _line(report: Report, one: rules.Received) -> ReceiptLine:
    return ReceiptLine(
        organization_id=report.organization_id,
        report=report,
        label=one.tag,
        decision=one.decision,
        quantity=one.quantity,
        unit=one.unit,
        reason=one.reason[:400],
        photo=one.photo,
    )


def _checked(transfer: Transfer, found: Sequence[rules.Received]) -> None:
    shipped = {package.label: package for package in transfer.packages.all()}
    if transfer.is_voided or transfer.direction != Transfer.Direction.INCOMING:
        raise Refused(_("This transfer can't be received."), code="not-receivable")
    if sorted(one.tag for one in found) != sorted(shipped):
        raise Refused(_("Decide about each package of the transfer, once."), code="incomplete", status=422)
    for one in found:
        _sensible(one, shipped[one.tag])


def _sensible(one: rules.Received, shipped) -> None:
    if one.decision not in Decision.values:
        raise Refused(_("Accept, adjust or reject."), code="unknown-decision", status=422)
    if one.decision != Decision.ACCEPT and not one.reason.strip():
        raise Refused(_("Say why %(tag)s is not as shipped.") % {"tag": one.tag}, code="reason-required", status=422)
    if not (one.quantity.is_finite() and one.quantity >= 0):
        raise Refused(_("A quantity is a number, 0 or more."), code="quantity", status=422)
    if one.decision == Decision.ACCEPT and one.quantity != shipped.shipped_quantity:
        raise Refused(
            _("%(tag)s was shipped with %(n)s: accept that, or adjust.")
            % {"tag": one.tag, "n": shipped.shipped_quantity},
            code="quantity",
            status=422,
        )


@transaction.atomic
def prove(*, report: Report, transfer: Transfer, on_shelf: set[str]) -> None:
    """Go by what METRC shows of the transfer: the same as we found confirms it and lets the goods out of quarantine;
    anything else is a person's to resolve, with both values, and nothing is overwritten. `on_shelf` are the packages
    METRC lists as active here."""
    theirs = {package.label: package for package in transfer.packages.all()}
    lines = list(report.receipt.all())
    if any(theirs[line.label].state in ("", "Shipped") for line in lines if line.label in theirs):
        return
    differing = [line for line in lines if not _same(line, theirs.get(line.label))]
    if not differing and any(line.decision != Decision.REJECT and line.label not in on_shelf for line in lines):
        return
    for line in lines:
        line.state = _shelved(line, line in differing)
    ReceiptLine.objects.bulk_update(lines, ["state"])
    evidence = {label: [package.state, str(package.received_quantity)] for label, package in theirs.items()}
    if differing:
        why = _("METRC has another answer for %(tags)s.") % {"tags": ", ".join(line.label for line in differing)}
        move(report, State.REVIEW, by="METRC mirror", why=why, last_error=why, evidence=evidence)
    else:
        move(report, State.CONFIRMED, by="METRC mirror", evidence=evidence)


def _same(line: ReceiptLine, package) -> bool:
    if package is None:
        return False
    if line.decision == Decision.REJECT:
        return package.state in ("Rejected", "Returned")
    return package.state == "Accepted" and package.received_quantity == line.quantity


def _shelved(line: ReceiptLine, differs: bool) -> str:
    if differs:
        return Shelf.DIFFERS
    return Shelf.RETURNED if line.decision == Decision.REJECT else Shelf.RELEASED
