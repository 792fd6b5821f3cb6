"""Rows of compliance for tests."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from apps.compliance import actions
from apps.compliance.models import Driver, Facility, Package, Report, Tag, Vehicle
from apps.compliance.rules import TransferLine
from tests.make import builder, location, organization

_numbers = count(1)
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


def tag(number: int | None = None) -> str:
    return f"1A4050100000{number or next(_numbers):012d}"


@builder
def facility(*, at=None, place=None, number="", key="sbx-user-key-000000", state="mi", **values) -> Facility:
    """A location's account with METRC, with its user key."""
    owner = at or (place.organization if place else organization())
    made = Facility(
        organization=owner,
        location=place or location(organization=owner),
        number=number or f"AU-P-{next(_numbers):06d}",
        state=state,
        **values,
    )
    made.put_key(key)
    made.save(force_insert=True)
    return made


@builder
def driver(*, at, name="Dana Reyes", licence="D-4471-9920") -> Driver:
    made = Driver(organization=at, name=name)
    made.put(licence=licence)
    made.save(force_insert=True)
    return made


@builder
def vehicle(*, at, plate="") -> Vehicle:
    plate = plate or f"PLT-{next(_numbers)}"
    return Vehicle.objects.create(organization=at, make="Ford", model="Transit", plate=plate)


@builder
def drawer(*, facility, count=3) -> list[Tag]:
    """So many unused package tags, as METRC listed them."""
    own = {"organization": facility.organization, "facility": facility, "read_at": NOW}
    return [Tag.objects.create(label=tag(), **own) for _ in range(count)]


@builder
def package(*, facility, label, quantity, unit="Each", **values) -> Package:
    """A package as the mirror has it."""
    own = {"organization": facility.organization, "facility": facility, "modified_at": NOW, "read_at": NOW}
    told = {"metrc_id": next(_numbers), "item": "Polar Peach 3.5 g", "quantity": Decimal(quantity), "unit": unit}
    return Package.objects.create(label=label, **own | told | values)


def line(label: str = "", **values) -> TransferLine:
    defaults = {"item": "Polar Peach 3.5 g", "quantity": Decimal(10), "unit": "Each", "price": Decimal("175.00")}
    return TransferLine(tag=label or tag(), **defaults | values)


@builder
def transfer(*, facility, order="1042", version=1, lines=None, to="AU-R-000777", by="warehouse", **values) -> Report:
    """A transfer as an order files it; leaves in two hours of `NOW`."""
    defaults = {
        "driver": driver(at=facility.organization),
        "vehicle": vehicle(at=facility.organization),
        "departs_at": NOW + timedelta(hours=2),
        "arrives_at": NOW + timedelta(hours=5),
        "now": NOW,
    }
    return actions.file_transfer(
        organization=facility.organization,
        order_number=order,
        version=version,
        lines=lines or [line()],
        shipper_license=facility.number,
        recipient_license=to,
        by=by,
        **defaults | values,
    )


@builder
def adjustment(*, facility, label="", delta="-2", reason="Scale Variance", movement="", **values) -> Report:
    return actions.file_adjustment(
        organization=facility.organization,
        license_number=facility.number,
        tag=label or tag(),
        delta=Decimal(delta),
        reason=reason,
        movement=movement or f"move-{next(_numbers)}",
        **{"unit": "Each", "by": "warehouse", "now": NOW} | values,
    )
