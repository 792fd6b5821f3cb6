"""Incoming transfers as pages and the API read them: what is on its way, how far its receipt is, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from apps.accounts.models import Membership
from apps.accounts.rules import may
from apps.compliance import rules
from apps.compliance.actions import same_as_metrc
from apps.compliance.models import Facility, ReceiptLine, Report, Transfer, TransferPackage

Kind, State = rules.Kind, rules.State
RECEIVE = "compliance.receive"
DAY = rules.DEADLINES[Kind.TRANSFER_ACCEPT]
MOST = 200
# How a report's state reads to who receives; without a report the transfer itself decides.
STANDING = {
    State.ASSIST: "press",
    State.REVIEW: "differs",
    State.REJECTED: "refused",
    State.DEAD: "refused",
    State.HELD: "held",
    State.CONFIRMED: "confirmed",
    State.ADOPTED: "confirmed",
}


@dataclass(frozen=True)
class Arrival:
    """A transfer with the report of its receipt, if there is one. `standing` is count, sending, press, differs,
    refused, held, confirmed, voided or elsewhere (received in METRC without a word from us)."""

    transfer: Transfer
    report: Report | None
    standing: str
    due_at: datetime
    packages: int

    @property
    def is_late(self) -> bool:
        return self.standing in OPEN and self.due_at < self.transfer.asked_at


OPEN = frozenset({"count", "sending", "press", "differs", "refused", "held"})


def facilities(membership: Membership) -> QuerySet[Facility]:
    """Those of the member's organization, at the locations the member works for."""
    own = Facility.objects.reported().filter(organization=membership.organization_id)
    return own.filter(location__in=membership.locations) if membership.locations else own


def may_receive(membership: Membership, facility: Facility | None = None) -> bool:
    return may(RECEIVE, membership, facility.location_id if facility else None)


def transfers(membership: Membership) -> QuerySet[Transfer]:
    """Everything that was ever on its way to the member's sites, with the state of its receipt's report and how many
    packages it has."""
    own = Transfer.objects.filter(direction=Transfer.Direction.INCOMING, facility__in=facilities(membership))
    words = ["accept:", F("facility__number"), ":", Cast("metrc_id", CharField()), ":"]
    key = Concat(*(Value(one) if isinstance(one, str) else one for one in words), Cast("delivery_id", CharField()))
    report = Report.objects.filter(business_key=OuterRef("accept_key")).values("state")[:1]
    told = own.annotate(accept_key=key).annotate(receipt=Subquery(report), package_count=Count("packages"))
    return told.select_related("facility__location")


def still_open(found: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """Not voided, and neither proven nor received without us."""
    waits = Q(receipt__in=sorted(rules.OPEN)) | Q(received_at=None, receipt=None) | Q(receipt=State.CANCELLED)
    return found.filter(waits & (Q(is_voided=False) | Q(receipt__in=sorted(rules.OPEN))))


def over(found: QuerySet[Transfer]) -> QuerySet[Transfer]:
    return found.exclude(pk__in=still_open(found).values("pk"))


def waiting(membership: Membership, now: datetime) -> list[Arrival]:
    """What somebody has to see to, the nearest deadline first."""
    found = arrivals(still_open(transfers(membership)).order_by("-created_at")[:MOST], now)
    return sorted(found, key=lambda one: one.due_at)


def arrivals(found: Iterable[Transfer], now: datetime) -> list[Arrival]:
    rows = list(found)
    reports = {
        one.business_key: one for one in Report.objects.filter(business_key__in=[row.accept_key for row in rows])
    }
    return [_arrival(row, reports.get(row.accept_key), now) for row in rows]


def arrival(transfer: Transfer, now: datetime) -> Arrival:
    return arrivals([transfer], now)[0]


def _arrival(transfer: Transfer, report: Report | None, now: datetime) -> Arrival:
    transfer.asked_at = now
    due = report.deadline_at if report else _arrives(transfer) + DAY
    return Arrival(transfer, report, _standing(transfer, report), due, transfer.package_count)


def _standing(transfer: Transfer, report: Report | None) -> str:
    if report and report.state != State.CANCELLED:
        return STANDING.get(State(report.state), "sending")
    if transfer.is_voided:
        return "voided"
    return "elsewhere" if transfer.received_at else "count"


def _arrives(transfer: Transfer) -> datetime:
    """METRC writes the expected arrival in the facility's own wall clock; first seen where it wrote none."""
    try:
        expected = datetime.fromisoformat(transfer.arrives_at)
    except ValueError:
        return transfer.created_at
    zone = transfer.facility.zone
    return expected if expected.tzinfo else expected.replace(tzinfo=zone)


@dataclass(frozen=True)
class Row:
    """A package: what was shipped, what we found, what METRC has. `verdict` is waits, same, differs or "" before
    anything was found."""

    package: TransferPackage
    line: ReceiptLine | None
    verdict: str


def rows(transfer: Transfer, report: Report | None) -> list[Row]:
    lines = {line.label: line for line in report.receipt.all()} if report else {}
    return [_row(package, lines.get(package.label)) for package in transfer.packages.order_by("label")]


def _row(package: TransferPackage, line: ReceiptLine | None) -> Row:
    if line is None or package.state in ("", "Shipped"):
        return Row(package, line, "" if line is None else "waits")
    return Row(package, line, "same" if same_as_metrc(line, package) else "differs")


def read_at(found: Iterable[Facility]) -> tuple[datetime | None, datetime | None]:
    """(as of, away since) of the one that was read longest ago; away where METRC refuses its key."""
    facilities = list(found)
    held = [one.held_at for one in facilities if one.held_at]
    read = [one.last_ok_at for one in facilities]
    return (None if not read or None in read else min(read)), (min(held) if held else None)
