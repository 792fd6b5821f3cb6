"""What is filed with METRC: adjustments and transfer templates, written as its wire wants them."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec
from msgspec import Struct, field

NUMBERS = msgspec.json.Encoder(decimal_format="number")


class Accepted(Struct, frozen=True):
    """What a write was answered: ids in the order of what was sent (() where METRC names none), and warnings."""

    ids: tuple[int, ...] = ()
    warnings: str = ""


class Adjustment(Struct, frozen=True, rename="pascal"):
    """A change of one package's quantity: `quantity` is signed and added to what is there, in the package's own unit.
    `reason_note` begins with our reference."""

    label: str
    quantity: Decimal
    unit_of_measure: str
    adjustment_reason: str
    adjustment_date: date
    reason_note: str


class Ingredient(Struct, frozen=True, rename="pascal"):
    """What is taken out of a package, in its unit."""

    package: str
    quantity: Decimal
    unit_of_measure: str


class NewPackage(Struct, frozen=True, rename="pascal"):
    """A package made out of others, under an unused tag of the licence's: METRC transfers whole packages only, so a
    part is packed first. Without `use_same_item` it is of the `item` of that name."""

    tag: str
    quantity: Decimal
    unit_of_measure: str
    actual_date: date
    ingredients: Sequence[Ingredient]
    item: str | None = None
    use_same_item: bool = True
    location: str | None = None
    note: str | None = None


class ReceivedPackage(Struct, frozen=True, rename="pascal"):
    """What came of one package, in the words of METRC's delivery packages: Accepted or Rejected, and how much."""

    package_label: str
    shipment_package_state: str
    received_quantity: Decimal
    received_unit_of_measure_name: str
    note: str = ""


class Receipt(Struct, frozen=True, rename="pascal"):
    """A delivery received, package by package. No state is known to take it by a call; names are METRC's rows'."""

    transfer_id: int
    shipment_delivery_id: int
    packages: Sequence[ReceivedPackage]


class Registration(Struct, frozen=True, rename="pascal"):
    """A template to be registered as a transfer. No state is known to take it by a call."""

    transfer_template_id: int


class Line(Struct, frozen=True, rename="pascal"):
    """A package on a template. The wholesale price is for the whole package, in dollars."""

    package_label: str
    wholesale_price: Decimal | None = None
    gross_weight: Decimal | None = None
    gross_unit_of_weight_name: str | None = None


class Leg(Struct, frozen=True, rename="pascal"):
    """Who drives a delivery, and what. The times are the shipper's wall clock."""

    transporter_facility_license_number: str
    driver_name: str
    driver_license_number: str
    driver_occupational_license_number: str
    vehicle_make: str
    vehicle_model: str
    vehicle_license_plate_number: str
    phone_number_for_questions: str
    estimated_departure_local: datetime = field(name="EstimatedDepartureDateTime")
    estimated_arrival_local: datetime = field(name="EstimatedArrivalDateTime")
    driver_layover_leg: str | None = None
    is_layover: bool = False


class Destination(Struct, frozen=True, rename="pascal"):
    """One stop: to whom, what kind of transfer, by which route, when, with whom, which packages.

    `transfer_destination_id` is METRC's, for changing a template."""

    recipient_license_number: str
    transfer_type_name: str
    planned_route: str
    estimated_departure_local: datetime = field(name="EstimatedDepartureDateTime")
    estimated_arrival_local: datetime = field(name="EstimatedArrivalDateTime")
    transporters: Sequence[Leg]
    packages: Sequence[Line]
    invoice_number: str | None = None
    gross_weight: Decimal | None = None
    transfer_destination_id: int | None = None


class Template(Struct, frozen=True, rename="pascal"):
    """A transfer as we may file it: a person then registers it at METRC's site, which gives the manifest number.

    `name` carries our reference. `transfer_template_id` is METRC's, for changing one."""

    name: str
    destinations: Sequence[Destination]
    transporter_facility_license_number: str | None = None
    driver_name: str | None = None
    driver_license_number: str | None = None
    driver_occupational_license_number: str | None = None
    vehicle_make: str | None = None
    vehicle_model: str | None = None
    vehicle_license_plate_number: str | None = None
    phone_number_for_questions: str | None = None
    transfer_template_id: int | None = None


def wire(rows: Sequence[Struct]) -> msgspec.Raw:
    """An array for the wire, numbers as they are and without a detour over float. Raises ValueError for a wall-clock
    time that carries a zone: METRC would file it under another hour."""
    text = NUMBERS.encode(rows)
    for row in rows:
        _check(row)
    return msgspec.Raw(text)


def _check(value: object) -> None:
    if isinstance(value, datetime) and value.tzinfo:
        raise ValueError("A wall-clock time carries no zone.")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("A quantity is a finite number.")
    if isinstance(value, Struct):
        value = [getattr(value, name) for name in value.__struct_fields__]
    for inner in value if isinstance(value, list | tuple) else ():
        _check(inner)
