"""Stock rows: one package of one product at one location, as /reporting/inventory and /inventory tell it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from apps.gateways.dutchie.payloads.digest import digest_of, digest_of_amounts
from apps.gateways.dutchie.payloads.rows import Kept, Known, Read, read_rows
from apps.gateways.dutchie.payloads.shape import Glance, Shape


class Lab(Struct, frozen=True, gc=False):
    """One laboratory result; `value` is None where nothing was detected."""

    test: str = ""
    value: Decimal | None = None
    unit: str = ""


class Room(Struct, frozen=True, gc=False):
    """How much of the package stands in which room."""

    room_id: int | None = None
    name: str = ""
    quantity: Decimal | None = None


class Tag(Struct, frozen=True, gc=False):
    """A label the shop put on the package (the state's tag is `StockRow.tag`)."""

    tag_id: int | None = None
    name: str = ""


LISTS: dict[str, Shape[Any]] = {
    "labs": Shape(Lab, names={"test": "labTest", "unit": "labResultUnit"}),
    "rooms": Shape(Room, names={"name": "room", "quantity": "quantityAvailable"}),
    "tags": Shape(Tag, names={"name": "tagName"}),
}
WIRE_NAMES = {
    "name": "productName",
    "brand": "brandName",
    "unit": "quantityUnits",
    "batch": "batchName",
    "status": "packageStatus",
    "tag": "externalPackageId",
    "lab_status": "labTestStatus",
    "lab_url": "labResultUrl",
    "quantity": "quantityAvailable",
    "price": "unitPrice",
    "allocated": "allocatedQuantity",
    "med_price": "medUnitPrice",
    "rec_price": "recUnitPrice",
    "potency_mg": "effectivePotencyMg",
    "tested_date": "testedDate",
    "packaged_date": "packagedDate",
    "expires_date": "expirationDate",
    "labs": "labResults",
    "rooms": "roomQuantities",
}
AMOUNTS = slice(2, 9)  # the fields of a row that move while all others stay: quantity, prices, rooms


class StockRow(Struct, frozen=True, gc=False):
    """One package: dollars and quantities to four decimals, texts trimmed ("" where the POS says nothing),
    days as written on the label, `modified_at` in UTC. `inventory_id` is the row's key within a location."""

    inventory_id: int
    product_id: int
    quantity: Decimal
    price: Decimal
    allocated: Decimal | None = None
    unit_cost: Decimal | None = None
    med_price: Decimal | None = None
    rec_price: Decimal | None = None
    rooms: tuple[Room, ...] = ()
    sku: str = ""
    name: str = ""
    brand_id: int | None = None
    brand: str = ""
    category_id: int | None = None
    category: str = ""
    master_category: str = ""
    strain: str = ""
    strain_type: str = ""
    size: str = ""
    unit: str = ""
    unit_weight: Decimal | None = None
    unit_weight_unit: str = ""
    batch_id: int | None = None
    batch: str = ""
    package_id: str = ""
    status: str = ""
    tag: str = ""
    lab_status: str = ""
    lab_url: str = ""
    labs: tuple[Lab, ...] = ()
    tested_date: date | None = None
    packaged_date: date | None = None
    expires_date: date | None = None
    vendor: str = ""
    image_url: str = ""
    medical_only: bool = False
    is_cannabis: bool = True
    pricing_tier_name: str = ""
    tags: tuple[Tag, ...] = ()
    potency_mg: Decimal | None = None
    modified_at: datetime | None = None

    def digest(self) -> bytes:
        """24 bytes that change when anything but `modified_at` changes; the first 16 only when more than amounts do."""
        return digest_of(self, AMOUNTS)


class Amounts(Struct, frozen=True, gc=False):
    """Of a package whose words are known what else there is of a StockRow."""

    inventory_id: int
    quantity: Decimal
    price: Decimal
    allocated: Decimal | None = None
    unit_cost: Decimal | None = None
    med_price: Decimal | None = None
    rec_price: Decimal | None = None
    rooms: tuple[Room, ...] = ()
    modified_at: datetime | None = None

    def digest(self) -> bytes:
        """The last eight bytes of the row's."""
        return digest_of_amounts(astuple(self)[1:-1])


SHAPE = Shape(StockRow, names=WIRE_NAMES, key="inventory_id", inner=LISTS)
GLANCE = Glance(Amounts, SHAPE, names=WIRE_NAMES, inner=LISTS)


def read_inventory(body: bytes, known: Known = Kept) -> Read[StockRow]:
    """Every row of the page: the good ones as values, the others with all their reasons, and the inventory ids of those
    whose fingerprints are known (`read_rows`). Raises Unreachable when the body is no JSON list."""
    return read_rows(body, SHAPE, known, GLANCE)
