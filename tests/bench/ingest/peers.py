"""What else can be done with such a page: other algorithms, stated anew, on tables of their own shaped like ours.

They do less than ReUp: no tenancy, no differences, no audit, no events, no quarantine.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
from django.db import connection
from psycopg.types.json import Jsonb

from apps.accounts.models import Location
from apps.catalog.models import ProductLink, StockItem
from apps.catalog.sync.sql import COLUMNS
from apps.core.scope import scope
from tests import make

from .pages import BAD, Store

OURS = ("link_id", "product_id", "digest", "fingerprint")
WRITTEN = ["organization_id", "location_id", *(column for column in COLUMNS if column not in OURS)]
WRITTEN += ["created_at", "updated_at"]
KEY = ("location_id", "inventory_id")
UPDATED = [
    field.name
    for field in StockItem._meta.local_fields
    if field.name not in ("id", "location", "inventory_id", "organization", "created_at", "gone_at", "fingerprint")
]
COPY = f"COPY peer_raw ({', '.join(WRITTEN)}) FROM STDIN"
BAD_ID = json.loads(BAD)["inventoryId"]


def make_tables(line: psycopg.Connection) -> None:
    """`peer_rows` has the same columns in the order in which one tells of a package, with six indexes that no update
    touches; `peer_raw` has no index and no log."""
    columns = ", ".join(WRITTEN)
    line.execute(f"CREATE TABLE peer_rows AS SELECT {columns} FROM catalog_stockitem WITH NO DATA")
    line.execute("ALTER TABLE peer_rows ADD id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
    line.execute("ALTER TABLE peer_rows ADD UNIQUE (location_id, inventory_id)")
    for column in ("location_id", "organization_id", "sku", "package_id"):
        line.execute(f"CREATE INDEX ON peer_rows ({column})")
    line.execute(f"CREATE UNLOGGED TABLE peer_raw AS SELECT {columns} FROM catalog_stockitem WITH NO DATA")


UPSERT = f"""
INSERT INTO peer_rows ({", ".join(WRITTEN)}) VALUES ({", ".join(["%s"] * len(WRITTEN))})
ON CONFLICT (location_id, inventory_id) DO UPDATE SET
{", ".join(f"{column} = excluded.{column}" for column in WRITTEN if column not in KEY)}
"""


def one_upsert_a_row(line: psycopg.Connection, store: Store, body: bytes) -> int:
    """The system ReUp replaces: parse, then write every row by a statement and a commit of its own."""
    rows = json.loads(body)
    for row in rows:
        line.execute(UPSERT, values(store, row))
    return len(rows)


class BulkCreate:
    """Django's own way, into our own table and so under the same promises: model rows, a thousand a statement."""

    def __init__(self, store: Store):
        self.store = store
        with scope(store.organization):
            self.place = make.location(organization=Location.objects.get(pk=store.location).organization)
            links = ProductLink.objects.filter(lsp=store.lsp)
            self.links = {link.dutchie_product: (link.pk, link.product_id) for link in links}

    def __call__(self, body: bytes) -> int:
        with scope(self.store.organization):
            rows = [row for row in json.loads(body, parse_float=Decimal) if row["productId"] in self.links]
            StockItem.objects.bulk_create(
                [self._row(row) for row in rows],
                batch_size=1000,
                update_conflicts=True,
                unique_fields=["location", "inventory_id"],
                update_fields=UPDATED,
            )
        return len(rows) + 1

    def _row(self, row: dict) -> StockItem:
        named = dict(zip(WRITTEN, values(self.store, row), strict=True))
        link, product = self.links[row["productId"]]
        named |= {
            "location_id": self.place.pk,
            "labs": json.loads(named["labs"]),
            "link_id": link,
            "product_id": product,
        }
        return StockItem(**named, digest=b"", run_id=0)

    def written(self) -> dict[int, Decimal]:
        with scope(self.store.organization):
            return dict(StockItem.objects.filter(location=self.place).values_list("inventory_id", "quantity"))


def values(store: Store, row: dict) -> tuple:
    """A row of the page in the order of `WRITTEN`."""
    now = datetime.now(UTC)
    return (
        store.organization,
        store.location,
        row["inventoryId"],
        row["productName"],
        row.get("sku", ""),
        row["quantityAvailable"],
        row.get("quantityUnits", ""),
        row.get("allocatedQuantity"),
        row.get("unitCost"),
        row["unitPrice"],
        row.get("medUnitPrice"),
        row.get("recUnitPrice"),
        row.get("batchName", ""),
        row.get("packageId", ""),
        row.get("externalPackageId", ""),
        row.get("packageStatus", ""),
        row.get("labTestStatus", ""),
        row.get("labResultUrl") or "",
        *_potency(row.get("labResults", [])),
        json.dumps(row.get("labResults", []), default=str),
        *(_day(row.get(name)) for name in ("testedDate", "packagedDate", "expirationDate")),
        now,
        now,
    )


def _potency(labs: list[dict]) -> tuple:
    return next(((lab["value"], lab["labResultUnit"]) for lab in labs if lab["labTest"] == "THC"), (None, ""))


def _day(text: str | None):
    return text[:10] if text else None


def written(line: psycopg.Connection, store: Store) -> dict[int, Decimal]:
    found = line.execute("SELECT inventory_id, quantity FROM peer_rows WHERE location_id = %s", [store.location])
    return {key: quantity for key, quantity in found if key != BAD_ID}


def kept_rows(line: psycopg.Connection, store: Store) -> list[tuple]:
    """A store's rows as values, read before any clock runs."""
    asked = f"SELECT {', '.join(WRITTEN)} FROM catalog_stockitem WHERE location_id = %s"
    return [
        tuple(Jsonb(value) if isinstance(value, list) else value for value in row)
        for row in line.execute(asked, [store.location])
    ]


def raw_copy(line: psycopg.Connection, rows: list[tuple]) -> None:
    """The limit: the same rows into a table that keeps no log and no order."""
    with line.cursor().copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)


def ready_block(line: psycopg.Connection, store: Store) -> bytes:
    """The rows as COPY takes them, which no program that reads JSON has."""
    asked = (
        f"COPY (SELECT {', '.join(WRITTEN)} FROM catalog_stockitem WHERE location_id = '{store.location}') TO STDOUT"
    )
    with line.cursor().copy(asked) as copy:
        return b"".join(copy)


def raw_copy_of_bytes(line: psycopg.Connection, block: bytes) -> None:
    """PostgreSQL's own share of that limit."""
    with line.cursor().copy(COPY) as copy:
        copy.write(block)


def plain_line() -> psycopg.Connection:
    """A connection as plain programs have it: autocommit, the owner's role."""
    line = connection.get_new_connection(connection.get_connection_params() | {"cursor_factory": psycopg.Cursor})
    line.autocommit = True
    return line
