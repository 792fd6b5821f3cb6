"""Receiving: the receiver's findings are filed, a person does the same at METRC's site (METRC publishes no call that
accepts a licensed transfer; where a state should, a `Capability` makes it), and reading METRC proves it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Organization
from apps.compliance import rules
from apps.compliance.models import Capability, Facility, ReceiptLine, Report, Transfer
from apps.compliance.models.mirror import BACK, WAITS
from apps.core import audit
from apps.core.errors import Refused

from . import filing
from .moving import chain_of, locked, move, show
from .watching import ask_mirror

Kind, State = rules.Kind, rules.State
Decision, Shelf = ReceiptLine.Decision, ReceiptLine.State
PROVABLE = (State.ASSIST, State.REVIEW, State.REJECTED)
MIRROR = "METRC mirror"


def report_of(transfer: Transfer) -> Report | None:
    """The newest word on it that counts; the ones it superseded have given its key away."""
    key = rules.accept_key(transfer.facility.number, transfer.metrc_id, transfer.delivery_id)
    return Report.objects.filter(business_key=key).select_related("facility").first()


@transaction.atomic
def file_accept(
    *,
    organization: Organization,
    transfer: Transfer,
    found: Sequence[rules.Received],
    by,
    now: datetime,
    replaces: int | None = None,
) -> Report:
    """What the receiver found, package by package (`found` names each of the transfer's once). The report is ASSIST at
    once, or QUEUED where the state publishes a call; goods stay in quarantine until METRC shows it. Findings other
    than those filed before are refused (`conflicting-report`), unless `replaces` names that report and METRC can't have
    it yet; a cancelled one gives way."""
    facility = Facility.objects.select_related("location").get(pk=transfer.facility_id, organization=organization)
    _checked(transfer, found)
    payload = {
        "transfer": transfer.metrc_id,
        "delivery": transfer.delivery_id,
        "manifest_number": transfer.manifest_number,
        "packages": [one.plain() for one in sorted(found, key=lambda one: one.tag)],
    }
    report = filing.file(
        facility=facility,
        kind=Kind.TRANSFER_ACCEPT,
        key=rules.accept_key(facility.number, transfer.metrc_id, transfer.delivery_id),
        payload=payload,
        lanes=[rules.package_lane(one.tag) for one in found],
        deadline=now + rules.DEADLINES[Kind.TRANSFER_ACCEPT],
        by=by,
        supersedes=_makes_way(transfer, rules.digest(payload), replaces, by),
    )
    if report.receipt.exists():
        return report
    ReceiptLine.objects.bulk_create([_line(report, one) for one in found])
    if Capability.of(facility, rules.ByHand.ACCEPT) is None:
        return move(report, State.ASSIST, by=by, why=_("A person accepts it at METRC."))
    show(report)
    return report


def _makes_way(transfer: Transfer, digest: str, replaces: int | None, by) -> Report | None:
    """The report that these findings come in place of."""
    older = report_of(transfer)
    if older is None or older.payload_sha256 == digest:
        return None
    older = locked(older.pk)
    if older.pk == replaces and older.is_open:
        if older.may_exist or not rules.may_move(older.state, State.SUPERSEDED):
            raise Refused(_("METRC may have it already: wait until it was read."), code="look-first")
        move(older, State.SUPERSEDED, by=by, why=_("counted again"), business_key=_given_away(older))
    elif older.state == State.CANCELLED:
        older.business_key = _given_away(older)
        older.save(update_fields=["business_key", "updated_at"])
    else:
        return None
    return older


def _given_away(report: Report) -> str:
    return f"{report.business_key}#{report.pk}"


def _line(report: Report, one: rules.Received) -> ReceiptLine:
    line = ReceiptLine(
        organization_id=report.organization_id,
        report=report,
        label=one.tag,
        decision=one.decision,
        quantity=one.quantity,
        unit=one.unit,
        reason=one.reason[:400],
    )
    if one.photo:
        line.put_photo(one.photo)
    return line


def _checked(transfer: Transfer, found: Sequence[rules.Received]) -> None:
    shipped = {package.label: package for package in transfer.packages.all()}
    if transfer.is_voided or transfer.direction != Transfer.Direction.INCOMING or not shipped:
        raise Refused(_("This transfer can't be received."), code="not-receivable")
    if sorted(one.tag for one in found) != sorted(shipped):
        raise Refused(_("Decide about each package of the transfer, once."), code="incomplete", status=422)
    errors = {one.tag: [text] for one in found if (text := _wrong(one, shipped[one.tag]))}
    if errors:
        words = " ".join(text for [text] in errors.values())
        raise Refused(words, code="receipt-incomplete", status=422, errors=errors)


def _wrong(one: rules.Received, shipped) -> str:
    """Why a finding can't be filed as it is, "" where it can."""
    if one.decision not in Decision.values:
        return _("Accept, adjust or reject.")
    if not (one.quantity.is_finite() and one.quantity >= 0):
        return _("A quantity is a number, 0 or more.")
    if one.decision != Decision.ACCEPT and not one.reason.strip():
        return _("Say why …%(tag)s is not as shipped.") % {"tag": one.tag[-7:]}
    if one.decision == Decision.ACCEPT and one.quantity != shipped.shipped_quantity:
        said = _("…%(tag)s was shipped with %(n)s: accept that, or give the quantity that is there.")
        return said % {"tag": one.tag[-7:], "n": _plain(shipped.shipped_quantity)}
    if one.decision == Decision.ADJUST and one.quantity == shipped.shipped_quantity:
        return _("…%(tag)s has the quantity that was shipped: accept it as it is.") % {"tag": one.tag[-7:]}
    return ""


def _plain(quantity) -> str:
    return "—" if quantity is None else f"{quantity.normalize():f}"


@transaction.atomic
def say_done(*, report: Report, by, now: datetime) -> Report:
    """Somebody did it at METRC's site: METRC is read at once, and each half minute until it shows it. It proves
    nothing."""
    report = locked(report.pk)
    if report.state not in PROVABLE:
        raise Refused(_("%(report)s does not wait for METRC's site.") % {"report": report.number}, code="not-waiting")
    report.found = report.found | {"done_at": now.isoformat(), "done_by": str(by)}
    report.save(update_fields=["found", "updated_at"])
    chain = chain_of(report.facility)
    audit.record(by, "report.said_done", report, organization=report.organization_id, chain=chain, number=report.number)
    ask_mirror(report.facility)
    show(report)
    return report


@transaction.atomic
def prove(*, report: Report, transfer: Transfer, on_shelf: set[str]) -> None:
    """Go by what METRC shows of the transfer: the same as we found confirms it and lets the goods out of quarantine;
    anything else is a person's to resolve, with both values, and nothing is overwritten. `on_shelf` are the packages
    METRC lists as active here."""
    theirs = {package.label: package for package in transfer.packages.all()}
    lines = list(report.receipt.all())
    if any(theirs[line.label].state in WAITS for line in lines if line.label in theirs):
        return
    differing = [line for line in lines if not same_as_metrc(line, theirs.get(line.label))]
    if not differing and any(line.decision != Decision.REJECT and line.label not in on_shelf for line in lines):
        return
    evidence = {label: [package.state, str(package.received_quantity)] for label, package in theirs.items()}
    if differing and report.state == State.REVIEW and report.evidence == evidence:
        return
    for line in lines:
        line.state = _shelved(line, line in differing)
    ReceiptLine.objects.bulk_update(lines, ["state"])
    if differing:
        _differ(report, evidence, differing)
    else:
        move(report, State.CONFIRMED, by=MIRROR, evidence=evidence, last_error="")


def _differ(report: Report, evidence: dict, lines: list[ReceiptLine]) -> None:
    why = _("METRC has another answer for %(tags)s.") % {"tags": ", ".join(line.label for line in lines)}
    if rules.may_move(report.state, State.REVIEW):
        move(report, State.REVIEW, by=MIRROR, why=why, last_error=why, evidence=evidence)
    else:
        report.evidence, report.last_error = evidence, why
        report.save(update_fields=["evidence", "last_error", "updated_at"])
        show(report)


def taken_as_theirs(report: Report) -> None:
    """In the caller's transaction: METRC's answer is ours. What was found stays written; goods go where METRC has
    them."""
    lines = list(report.receipt.all())
    for line in lines:
        state, _quantity = report.evidence[line.label]
        line.state = Shelf.RETURNED if state in BACK else Shelf.RELEASED
    ReceiptLine.objects.bulk_update(lines, ["state"])


def shows_all(report: Report) -> bool:
    """METRC has an answer for each package."""
    return all(report.evidence.get(line.label, [""])[0] not in WAITS for line in report.receipt.all())


def same_as_metrc(line: ReceiptLine, package) -> bool:
    """Whether METRC's row of the package says what was found; `package` None where it has none."""
    if package is None:
        return False
    if line.decision == Decision.REJECT:
        return package.state in BACK
    return package.state == "Accepted" and package.received_quantity == line.quantity


def _shelved(line: ReceiptLine, differs: bool) -> str:
    if differs:
        return Shelf.DIFFERS
    return Shelf.RETURNED if line.decision == Decision.REJECT else Shelf.RELEASED
