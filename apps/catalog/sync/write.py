"""Step 5: write what changed, and nothing else.

Rows go by COPY into a temporary table and on from there in a few statements: row-level security forbids COPY into the
table itself, and one statement a row would be a hundred times slower.
"""

import psycopg
from django.db import connection
from django.utils import timezone

from apps.catalog import actions
from apps.catalog.actions.reserving import settle_seen
from apps.catalog.actions.shelves import links_stay
from apps.gateways.dutchie.payloads import StockRow

from . import sql
from .added import add_products
from .aside import keep_bad_rows
from .staged import lines
from .work import InventoryWork

WORTH_KEEPING = 0.05  # share of the shelf; from so many rows on that only look different, their new looks are kept


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
            for some in lines(work, rows):
                copy.write(some)
    changed, digest = _in_one_go(
        values,
        [
            sql.RELINK,
            sql.CHANGES,
            *([sql.CHANGE] if len(rows) > len(work.created) else []),
            *([sql.ADD] if work.created else []),
            *([sql.GONE] if work.gone else []),
            sql.SHELF,
            sql.DIGEST,
        ],
    )[-2:]
    work.lines = [product for _location, product in changed]
    [[work.digest]] = digest
    settle_seen(location=work.location.pk, now=now)


def _in_one_go(values: dict, statements: list[str]) -> list[list[tuple]]:
    """What each statement answers; none waits for the answer of the one before it."""
    plain = connection.connection
    with connection.wrap_database_errors:
        with plain.pipeline():
            asked = [psycopg.Cursor(plain).execute(text, values) for text in statements]
        return [cursor.fetchall() if cursor.description else [] for cursor in asked]
