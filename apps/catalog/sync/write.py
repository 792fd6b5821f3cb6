"""Step 5: write what changed, and nothing else.

Rows go by COPY into a temporary table and on from there in a few statements: row-level security forbids COPY into the
table itself, and one statement a row would be a hundred times slower.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import psycopg
from django.db import connection
from django.utils import timezone

from apps.catalog import actions
from apps.catalog.actions.reserving import settle_seen
from apps.catalog.actions.shelves import links_stay
from apps.gateways.dutchie.payloads import Amounts, StockRow

from . import sql
from .added import add_products
from .aside import keep_bad_rows
from .staged import amounts_lines, lines
from .work import InventoryWork

WORTH_KEEPING = 0.05  # share of the shelf; from so many rows on that only look different, their new looks are kept


def update(work: InventoryWork) -> tuple[int, str]:
    """Under the run's leases: a worker that was taken for dead writes nothing."""
    now = timezone.now()
    with _without_waiting():
        for lease in work.leases:
            lease.still()
        links_stay(work.location.organization_id)
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


def _to_write(work: InventoryWork) -> list[StockRow | Amounts]:
    """What changed; and where many rows only look different, those too, or each run would read them anew."""
    many = len(work.reworded) > WORTH_KEEPING * len(work.shelf.packages)
    return work.created + work.updated + (work.reworded if many else [])


def _write_stock(work: InventoryWork, rows: list[StockRow | Amounts], now) -> None:
    moved = [row for row in rows if row.inventory_id in work.moved]
    whole = [row for row in rows if row.inventory_id not in work.moved]
    values = {
        "location": work.location.pk,
        "run": work.run.pk,
        "now": now,
        "organization": work.location.organization_id,
        "gone": work.gone,
        sql.WHOLE.table: len(whole),
        sql.MOVED.table: len(moved),
    }
    with _without_waiting():
        _ask(values, [*(sql.WHOLE.made if whole else []), *(sql.MOVED.made if moved else [])])
    _copy(sql.WHOLE, lines(work, whole))
    _copy(sql.MOVED, amounts_lines(work, moved))
    statements = [
        *([sql.RELINK] if whole else []),
        *([sql.WHOLE.changes, sql.WHOLE.change] if len(whole) > len(work.created) else []),
        *([sql.MOVED.changes, sql.MOVED.change] if moved else []),
        *([sql.ADD] if work.created else []),
        *([sql.GONE] if work.gone else []),
        sql.SHELF if whole else sql.SHELF_OF_MOVED,
        sql.DIGEST,
    ]
    with _without_waiting():
        *_, changed, digest = _ask(values, statements)
        settle_seen(location=work.location.pk, now=now)
    work.lines = [product for _location, product in changed.fetchall()]
    [[work.digest]] = digest.fetchall()


def _copy(staged: sql.Staged, lines: Iterator[str]) -> None:
    for first in lines:
        with connection.cursor() as cursor, cursor.copy(staged.copy) as copy:
            for some in chain([first], lines):
                copy.write(some)


def _ask(values: dict, statements: list[str]) -> list[psycopg.Cursor]:
    """Where each statement's answer will be found."""
    return [psycopg.Cursor(connection.connection).execute(text, values) for text in statements]


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Statements in this block are sent one after the other; only who fetches an answer waits for it."""
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
