"""The stores of the ingest workload and the pages their POS would send: the same for every contestant, from a seed."""

import json
import random
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

PRODUCTS = 1_000  # of a tenant
STORES_A_TENANT = 5
BRANDS = ["Cinder Hollow", "Slow Orchard", "Tidewater", "Marrow & Pine", "Kestrel", "North Fork", "Ditch Lily"]
FORMS = [("Flower", "3.5g", 3.5), ("Pre-Rolls", "1g", 1.0), ("Vape", "0.5g", 0.5), ("Edibles", "100mg", 12.0)]
STRAINS = ["Blue Slate", "Papaya Lane", "Night Ferry", "Copper Kush", "Lemon Static", "Old Garden", "Gelato Mile"]
QUANTITY, MOMENT = "77777.5", "2026-05-01T12:13:14.123"  # stand for themselves until a row is written out


@dataclass
class Store:
    """A location and its packages. Each package is kept as the bytes around its quantity and its moment of change."""

    organization: UUID
    location: UUID
    lsp: int
    first: int
    packages: list[list[bytes]] = field(default_factory=list)
    quantities: list[int] = field(default_factory=list)
    moment: int = 0

    def change(self, share: float) -> None:
        """Every 1/share-th package sells one and restocks when it is empty; another hundredth the next time."""
        if not share:
            return
        self.moment += 1
        step = round(1 / share)
        for number in range(self.moment % step, len(self.packages), step):
            self.quantities[number] = self.quantities[number] - 1 or 60
            head, _, middle, _, tail = self.packages[number]
            self.packages[number] = [head, _tenths(self.quantities[number]), middle, _moment(self.moment), tail]

    def body(self, *, bad: bool = True) -> bytes:
        """The page as the POS sends it; with one `bad` row among the good."""
        rows = [b"".join(parts) for parts in self.packages]
        return b"[" + b",".join([*rows, *([BAD] if bad else [])]) + b"]"

    def expected(self) -> dict[int, Decimal]:
        """Quantity by inventory id."""
        return {self.first + number: Decimal(quantity) for number, quantity in enumerate(self.quantities)}


def store(organization: UUID, location: UUID, *, number: int, rows: int) -> Store:
    """`number` counts the stores; tenants have `STORES_A_TENANT` each."""
    chance = random.Random(number)
    made = Store(organization, location, lsp=800 + number // STORES_A_TENANT, first=number * 1_000_000 + 1)
    for row in range(rows):
        text = json.dumps(_package(chance, made, row), separators=(",", ":"))
        head, rest = text.split(QUANTITY, 1)
        middle, tail = rest.split(MOMENT, 1)
        made.quantities.append(1 + chance.randrange(60))
        pieces = head.encode(), _tenths(made.quantities[-1]), middle.encode(), _moment(0), tail.encode()
        made.packages.append(list(pieces))
    return made


def product_of(lsp: int, number: int) -> int:
    """Dutchie's number of a tenant's product."""
    return lsp * 10_000 + number


def _package(chance: random.Random, made: Store, row: int) -> dict:
    """The 25 fields that become columns, two of them lists: what the goals were set on. Dutchie sends some more."""
    number = row % PRODUCTS
    category, size, weight = FORMS[number % len(FORMS)]
    strain, brand = STRAINS[number % len(STRAINS)], BRANDS[number % len(BRANDS)]
    price = 8 + number % 90 + 0.5
    day = f"2026-{1 + row % 6:02}-{1 + row % 28:02}T00:00:00"
    labs = [("THC", 15 + number % 17 + 0.41), ("CBD", 0.3)]
    return {
        "inventoryId": made.first + row,
        "productId": product_of(made.lsp, number),
        "sku": f"{made.lsp}-{number:05}",
        "productName": f"{brand} | {strain} {number} | {size}",
        "brandName": brand,
        "category": category,
        "quantityAvailable": float(QUANTITY),
        "quantityUnits": "ea",
        "allocatedQuantity": float(row % 3),
        "unitWeight": weight,
        "unitCost": round(price * 0.45, 4),
        "unitPrice": price,
        "medUnitPrice": price,
        "recUnitPrice": None,
        "batchName": f"B-{chance.randrange(10**6)}",
        "packageId": f"P-{made.first + row}",
        "packageStatus": "Active",
        "externalPackageId": f"1A40503{made.first + row:017}",
        "labResults": [{"labTest": test, "value": value, "labResultUnit": "Percentage"} for test, value in labs],
        "labTestStatus": "Passed",
        "testedDate": day,
        "packagedDate": day,
        "expirationDate": day.replace("2026", "2027"),
        "lastModifiedDateUtc": MOMENT,
        "tags": [],
    }


BAD = b'{"inventoryId":999999999,"productId":1,"quantityAvailable":3,"unitPrice":-4,"productName":"A price below zero"}'


def _tenths(quantity: int) -> bytes:
    return f"{quantity}.0".encode()


def _moment(number: int) -> bytes:
    return f"2026-05-{1 + number // 1440 % 28:02}T{number // 60 % 24:02}:{number % 60:02}:14.123".encode()
