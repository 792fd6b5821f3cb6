"""Our shelves beside METRC's books: a package that both know with different quantities is a person's to look at."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from apps.catalog.models import StockItem
from apps.compliance import actions as compliance
from apps.compliance.models import Facility, Package, Report

QUANTITY = "quantity"
# The POS's words for METRC's units; a package in another unit is not compared.
UNITS = {"ea": "Each", "each": "Each", "g": "Grams", "grams": "Grams", "oz": "Ounces", "ounces": "Ounces", "": "Each"}
HERE = (Package.Place.ACTIVE, Package.Place.ON_HOLD)


def compare_with_metrc(*, facility: Facility, labels: Iterable[str] | None = None) -> int:
    """Of these packages, or of all: opens a difference where the two disagree and nothing of ours is under way, closes
    it where they agree again. Returns how many differ."""
    theirs = Package.objects.filter(facility=facility, place__in=HERE)
    if labels is not None:
        theirs = theirs.filter(label__in=list(labels))
    ours = _ours(facility, theirs)
    moving = _under_way(facility)
    agreeing, differing = [], 0
    for package in theirs:
        unit, quantity = ours.get(package.label, ("", None))
        if quantity is None or package.label in moving or UNITS.get(unit.lower()) != package.unit:
            continue
        if quantity == package.quantity:
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
