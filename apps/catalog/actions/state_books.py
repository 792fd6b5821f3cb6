"""Our shelves beside METRC's books: a package that both know with different quantities is a person's to look at."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum

from apps.catalog.models import Reservation, StockIssue, StockItem
from apps.catalog.rules import STATE_UNITS
from apps.compliance import actions as compliance
from apps.compliance.models import Discrepancy, Facility, Package, Report, Tag

QUANTITY = "quantity"
NONE = Decimal(0)
HERE = (Package.Place.ACTIVE, Package.Place.ON_HOLD)


def compare_with_metrc(*, facility: Facility, labels: Iterable[str] | None = None) -> int:
    """Of these packages, or of all: opens a difference where the two disagree and nothing of ours is under way, closes
    it where they agree again. What METRC shows as packed out of a package for an order is no difference while the POS
    counts it there still. Returns how many differ."""
    theirs = Package.objects.filter(facility=facility, place__in=HERE)
    if labels is not None:
        theirs = theirs.filter(label__in=list(labels))
    ours = _ours(facility, theirs)
    moving, packed = _under_way(facility), _packed_out(facility, theirs)
    agreeing, differing = [], 0
    for package in theirs:
        unit, quantity = ours.get(package.label, ("", None))
        if quantity is None or package.label in moving or STATE_UNITS.get(unit.lower()) != package.unit:
            continue
        if quantity - packed.get(package.label, NONE) == package.quantity:
            agreeing.append(package.label)
        else:
            differing += 1
            _differs(facility, package, quantity)
    compliance.agree(facility=facility, kind=QUANTITY, subjects=agreeing)
    return differing


def _ours(facility: Facility, theirs) -> dict[str, tuple[str, Decimal]]:
    rows = StockItem.objects.present().filter(location_id=facility.location_id, tag__in=theirs.values("label"))
    sums = rows.order_by().values_list("tag", "unit").annotate(sum=Sum("quantity"))
    return {tag: (unit, quantity) for tag, unit, quantity in sums}


def _packed_out(facility: Facility, theirs) -> dict[str, Decimal]:
    """By source, what METRC lists as new packages and the POS counts in the source: promised to an order, gone with it
    unnoticed, or left over, which is a difference of its own."""
    order, source = OuterRef("order"), OuterRef("source")
    promised = Reservation.objects.filter(order=order, package__tag=source, state=Reservation.State.ALLOCATED)
    leaving = StockIssue.objects.filter(order=order, package__tag=source, seen_at=None)
    left_over = Discrepancy.objects.filter(
        facility=facility, kind=compliance.LEFT_OVER, subject=OuterRef("label"), state=Discrepancy.State.OPEN
    )
    listed = Package.objects.filter(facility=facility, label=OuterRef("label"))
    made = Tag.objects.filter(facility=facility, state=Tag.State.USED, source__in=theirs.values("label"))
    made = made.filter(Exists(listed)).filter(Exists(promised) | Exists(leaving) | Exists(left_over))
    return dict(made.order_by().values_list("source").annotate(Sum("quantity")))


def _under_way(facility: Facility) -> set[str]:
    """Packages with a report that METRC has not confirmed: until then a difference is expected."""
    lanes = Report.objects.open().filter(facility=facility).values_list("lanes", flat=True)
    return {lane.removeprefix("package:") for report in lanes for lane in report if lane.startswith("package:")}


def _differs(facility: Facility, package: Package, quantity: Decimal) -> None:
    compliance.note_difference(
        facility=facility,
        kind=QUANTITY,
        subject=package.label,
        ours=f"{quantity.normalize():f} {package.unit}",
        theirs=f"{package.quantity.normalize():f} {package.unit}",
    )
