"""Step 5: write what changed, and nothing else.

Rows go by COPY into a temporary table and on from there in a few statements: row-level security forbids COPY into the
table itself, and one statement a row would be a hundred times slower.
"""

import msgspec
from django.db import connection
from django.utils import timezone

from apps.catalog import actions, rules
from apps.catalog.actions.reserving import settle_seen
from apps.catalog.actions.shelves import links_stay
from apps.gateways.dutchie.payloads import StockRow

from . import sql
from .added import add_products
from .aside import keep_bad_rows
from .work import InventoryWork

WORTH_KEEPING = 0.05  # share of the shelf; from so many rows on that only look different, their new looks are kept
_json = msgspec.json.Encoder()


def update(work: InventoryWork) -> tuple[int, str]:
    """Under the run's leases: a worker that was taken for dead writes nothing."""
    for lease in work.leases:
        lease.still()
    links_stay(work.location.organization_id)
    now = timezone.now()
    actions.pass_by(location=work.location)
    keep_bad_rows(work, now)
    add_products(work)
    rows = _to_write(work)
    if rows or work.gone:
        _write_stock(work, rows, now)
    written = len(work.created) + len(work.updated) + len(work.gone)
    return (
        written,
        f"{written:,} stock rows · {len(work.lines):,} shelf lines · {len(work.new_products):,} new products",
    )


def _to_write(work: InventoryWork) -> list[StockRow]:
    """What changed; and where many rows only look different, those too, or each run would read them anew."""
    many = len(work.reworded) > WORTH_KEEPING * len(work.shelf.packages)
    return work.created + work.updated + (work.reworded if many else [])


def _write_stock(work: InventoryWork, rows: list[StockRow], now) -> None:
    values = {
        "location": work.location.pk,
        "run": work.run.pk,
        "now": now,
        "organization": work.location.organization_id,
        "gone": work.gone,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.STAGE)
        with cursor.copy(sql.COPY) as copy:
            for row in rows:
                copy.write_row(_staged(work, row))
        cursor.execute(sql.RELINK)
        cursor.execute(sql.CHANGES, values)
        if len(rows) > len(work.created):
            cursor.execute(sql.CHANGE, values)
        if work.created:
            cursor.execute(sql.ADD, values)
        if work.gone:
            cursor.execute(sql.GONE, values)
        cursor.execute(sql.SHELF, values)
        work.lines = [product for _location, product in cursor.fetchall()]
        cursor.execute(sql.DIGEST, values)
        work.digest = cursor.fetchone()[0]
    settle_seen(location=work.location.pk, now=now)


def _staged(work: InventoryWork, row: StockRow) -> tuple:
    """One row in the order of `sql.COLUMNS`."""
    link = work.links[row.product_id]
    potency, potency_unit = rules.potency(row.labs)
    return (
        row.inventory_id,
        link.pk,
        link.product_id,
        row.name,
        row.sku,
        row.quantity,
        row.unit,
        row.allocated,
        row.unit_cost,
        row.price,
        row.med_price,
        row.rec_price,
        row.batch,
        row.package_id,
        row.tag,
        row.status,
        row.lab_status,
        row.lab_url,
        potency,
        potency_unit,
        _json.encode(row.labs).decode(),
        row.tested_date,
        row.packaged_date,
        row.expires_date,
        work.digests[row.inventory_id],
        work.prints[row.inventory_id],
    )
