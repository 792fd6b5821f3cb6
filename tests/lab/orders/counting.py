"""What the tables say after a run, beside what the clients were told. Restated here in SQL of its own."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from apps.catalog.actions import reserving
from apps.core import invariants
from apps.core.scope import everyone, scope

from .clients import Told

OVERSOLD = """
SELECT coalesce(sum(greatest(promised.quantity - line.quantity, 0)), 0), coalesce(sum(promised.quantity), 0)
FROM catalog_shelfline line JOIN (
    SELECT shelf_line_id, sum(quantity) AS quantity FROM catalog_reservation
    WHERE state IN ('HELD', 'ALLOCATED', 'CONSUMED') GROUP BY 1
) promised ON promised.shelf_line_id = line.id
WHERE line.organization_id = %s
"""
ORDERS = """
SELECT orders.number, orders.state, count(line.id), coalesce(sum(line.ordered), 0),
       (SELECT count(*) FROM catalog_reservation held WHERE held."order" = orders.id AND held.state = 'HELD'),
       (SELECT coalesce(sum(held.quantity), 0) FROM catalog_reservation held
        WHERE held."order" = orders.id AND held.state = 'HELD'),
       (SELECT count(*) FROM orders_orderevent event WHERE event.order_id = orders.id AND event.action = 'submit')
FROM orders_order orders LEFT JOIN orders_orderline line ON line.order_id = orders.id
WHERE orders.seller_id = %s GROUP BY orders.id
"""


@dataclass(frozen=True)
class Found:
    """`lost`: told and not there. `doubled`: there once more than it was asked for. `drift`: sums that aren't their
    rows', and any other broken invariant. `sold` and `oversold` are units."""

    oversold: int
    lost: int
    doubled: int
    drift: int
    unanswered: int
    sold: int


def count(seller, told: list[Told]) -> Found:
    with everyone("lab"), connection.cursor() as cursor:
        cursor.execute(OVERSOLD, [seller])
        oversold, sold = cursor.fetchone()
        cursor.execute(ORDERS, [seller])
        rows = {number: Row(*row) for number, *row in cursor.fetchall()}
    return Found(
        oversold=int(oversold),
        lost=sum(_is_lost(one, rows) for one in told),
        doubled=max(len(rows) - len(told), 0) + _twice(told) + sum(row.is_doubled() for row in rows.values()),
        drift=_drift(seller),
        unanswered=sum(one.submitted is None for one in told),
        sold=int(sold),
    )


@dataclass(frozen=True)
class Row:
    """An order as it stands: its lines and units, and what is held for it."""

    state: str
    lines: int
    units: Decimal
    holds: int
    held: Decimal
    submits: int

    def is_held(self) -> bool:
        return (self.state, self.holds, self.held) == ("PENDING", self.lines, self.units)

    def is_doubled(self) -> bool:
        return self.holds > self.lines or self.held > self.units or self.submits > 1


def _is_lost(told: Told, rows: dict[str, Row]) -> bool:
    """An order somebody was told of is there, with the lines that were asked; submitted, it has its goods; refused, it
    is the draft it was and has none."""
    row = rows.get(told.number)
    if told.number is None:
        return False
    if row is None or row.units != sum(line["quantity"] for line in told.asked.body["lines"]):
        return True
    if told.submitted is None:
        return False
    return not row.is_held() if told.submitted else (row.state, row.holds) != ("DRAFT", 0)


def _twice(told: list[Told]) -> int:
    """Keys that were answered with another key's order."""
    return sum(times - 1 for times in Counter(one.number for one in told if one.number).values())


def _drift(seller) -> int:
    with scope(seller):
        sums = len(reserving.reconcile(seller=seller))
    with everyone("lab"):
        return sums + sum(rule["violations"] for rule in invariants.check())
