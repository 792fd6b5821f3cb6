"""Hold and release: one statement each, however many lines."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.db import connection

from apps.catalog.models import Reservation
from apps.core import scope
from apps.core.errors import Refused
from apps.core.planned import planned

# All or nothing: the rows are locked first, in the order of their keys, so that two orders of the same goods never wait
# for each other; where one line falls short, nothing is written and the shortfalls are the answer. The ids stand in the
# update once more, or row security has it read all the seller's lines.
HOLD = """
WITH wanted AS (
    SELECT * FROM unnest(%(lines)s::uuid[], %(shelf)s::uuid[], %(quantities)s::numeric[])
    AS asked (line, shelf_line_id, quantity)
), asked AS (
    SELECT shelf_line_id, sum(quantity) AS quantity FROM wanted GROUP BY shelf_line_id
), locked AS (
    SELECT id, organization_id, quantity - held - allocated - leaving - safety AS free FROM catalog_shelfline
    WHERE id = ANY(%(shelf)s::uuid[]) ORDER BY id FOR NO KEY UPDATE
), short AS (
    SELECT asked.shelf_line_id, asked.quantity, coalesce(locked.free, 0) AS free
    FROM asked LEFT JOIN locked ON locked.id = asked.shelf_line_id
    WHERE locked.id IS NULL OR locked.free < asked.quantity
), held AS (
    UPDATE catalog_shelfline line SET held = line.held + asked.quantity FROM asked
    WHERE line.id = asked.shelf_line_id AND line.id = ANY(%(shelf)s::uuid[]) AND NOT EXISTS (SELECT FROM short)
), kept AS (
    INSERT INTO catalog_reservation (organization_id, shelf_line_id, "order", line, quantity, state, made_at)
    SELECT locked.organization_id, wanted.shelf_line_id, %(order)s, wanted.line, wanted.quantity, 'HELD', %(now)s
    FROM wanted JOIN locked ON locked.id = wanted.shelf_line_id WHERE NOT EXISTS (SELECT FROM short)
)
SELECT shelf_line_id, quantity, free FROM short
"""
RELEASE = """
WITH locked AS (
    SELECT id FROM catalog_shelfline WHERE id IN (
        SELECT shelf_line_id FROM catalog_reservation WHERE "order" = %(order)s AND state = ANY(%(states)s))
    ORDER BY id FOR NO KEY UPDATE
), ended AS (
    UPDATE catalog_reservation SET state = 'RELEASED', ended_at = %(now)s
    WHERE "order" = %(order)s AND state = ANY(%(states)s) AND (%(line)s::uuid IS NULL OR line = %(line)s)
    AND shelf_line_id IN (SELECT id FROM locked)
    RETURNING shelf_line_id, package_id, quantity
), sums AS (
    SELECT shelf_line_id, coalesce(sum(quantity) FILTER (WHERE package_id IS NULL), 0) AS held,
           coalesce(sum(quantity) FILTER (WHERE package_id IS NOT NULL), 0) AS allocated
    FROM ended GROUP BY shelf_line_id
), lowered AS (
    UPDATE catalog_shelfline line SET held = line.held - sums.held, allocated = line.allocated - sums.allocated
    FROM sums WHERE line.id = sums.shelf_line_id
)
SELECT shelf_line_id, held + allocated FROM sums
"""

# Goods that are given back and goods that are taken for them, in one order of their keys.
BOTH = """
SELECT id FROM catalog_shelfline WHERE id = ANY(%(shelf)s::uuid[]) OR id IN (
    SELECT shelf_line_id FROM catalog_reservation WHERE "order" = %(order)s AND state = ANY(%(states)s))
ORDER BY id FOR NO KEY UPDATE
"""


@dataclass(frozen=True)
class Want:
    """A line of an order, and how much it asks of which shelf line."""

    line: UUID
    shelf_line: UUID
    quantity: Decimal


@dataclass(frozen=True)
class ShortLine:
    """What was asked of a shelf line, and what nobody else has a claim on (never below 0)."""

    shelf_line: UUID
    asked: Decimal
    available: Decimal


class Short(Refused):
    """Not enough stock: nothing was reserved. `lines` are all that fall short."""

    code = "insufficient-stock"

    def __init__(self, lines: list[ShortLine]):
        super().__init__("There is not enough stock.")
        self.lines = lines


def as_seller(seller: UUID) -> AbstractContextManager:
    """The scope that stock is kept in: a buyer's order moves the seller's rows."""
    if scope.current().organization == seller and not scope.current().everyone:
        return nullcontext()
    return scope.entered(replace(scope.current(), organization=seller, reads=()))


def hold(*, seller: UUID, order: UUID, wants: Iterable[Want], now) -> None:
    """Promise the goods to the order's lines. Raises `Short` with every line that isn't there in full."""
    wanted = list(wants)
    values = {
        "lines": [want.line for want in wanted],
        "shelf": [want.shelf_line for want in wanted],
        "quantities": [want.quantity for want in wanted],
        "order": order,
        "now": now,
    }
    with as_seller(seller):
        short = planned(HOLD, values)
    if short:
        raise Short([ShortLine(line, asked, max(left, Decimal(0))) for line, asked, left in short])


def release(*, seller: UUID, order: UUID, now, line: UUID | None = None, states=Reservation.STANDING) -> None:
    """Give back what the order (or its line) still has; what ended already stays as it is, so that twice is once."""
    values = {"order": order, "line": line, "states": [str(state) for state in states], "now": now}
    with as_seller(seller), connection.cursor() as cursor:
        cursor.execute(RELEASE, values)


def hold_instead(*, seller: UUID, order: UUID, wants: Iterable[Want], now) -> None:
    """Promise the order these goods in place of what it holds, which may be others. Raises `Short` as `hold` does: what
    was held is given back by then."""
    wanted = list(wants)
    states = [str(state) for state in Reservation.STANDING]
    values = {"shelf": [want.shelf_line for want in wanted], "order": order, "states": states}
    with as_seller(seller):
        with connection.cursor() as cursor:
            cursor.execute(BOTH, values)
        release(seller=seller, order=order, now=now)
        hold(seller=seller, order=order, wants=wanted, now=now)
