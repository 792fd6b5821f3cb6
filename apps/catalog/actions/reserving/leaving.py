"""Goods that leave with an order, and the POS that notices later."""

from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from apps.catalog.models import Reservation, StockIssue

from .holding import as_seller

# What was allocated has left. The POS counts it still: each issue says how low its package must come, after all those
# that left it before, until the POS is known to have seen it.
CONSUME = """
WITH locked AS (
    SELECT id FROM catalog_shelfline WHERE id IN (
        SELECT shelf_line_id FROM catalog_reservation WHERE "order" = %(order)s AND state = 'ALLOCATED')
    ORDER BY id FOR NO KEY UPDATE
), gone AS (
    UPDATE catalog_reservation SET state = 'CONSUMED', ended_at = %(now)s
    WHERE "order" = %(order)s AND state = 'ALLOCATED' AND shelf_line_id IN (SELECT id FROM locked)
    RETURNING organization_id, shelf_line_id, package_id, quantity
), packages AS (
    SELECT organization_id, shelf_line_id, package_id, sum(quantity) AS quantity FROM gone GROUP BY 1, 2, 3
), issued AS (
    INSERT INTO catalog_stockissue
        (organization_id, shelf_line_id, package_id, "order", kind, quantity, until_quantity, at)
    SELECT packages.organization_id, packages.shelf_line_id, packages.package_id, %(order)s, 'SHIPPED',
           packages.quantity, item.quantity - packages.quantity - coalesce((
               SELECT sum(earlier.quantity) FROM catalog_stockissue earlier
               WHERE earlier.package_id = item.id AND earlier.seen_at IS NULL), 0), %(now)s
    FROM packages JOIN catalog_stockitem item ON item.id = packages.package_id
), sums AS (
    SELECT shelf_line_id, sum(quantity) AS quantity FROM gone GROUP BY 1
)
UPDATE catalog_shelfline line SET allocated = line.allocated - sums.quantity, leaving = line.leaving + sums.quantity
FROM sums WHERE line.id = sums.shelf_line_id
"""
SEEN = """
WITH seen AS (
    UPDATE catalog_stockissue issue SET seen_at = %(now)s FROM catalog_stockitem item
    WHERE issue.seen_at IS NULL AND item.id = issue.package_id AND item.location_id = %(location)s
    AND (item.gone_at IS NOT NULL OR item.quantity <= issue.until_quantity)
    RETURNING issue.shelf_line_id, issue.quantity
), sums AS (
    SELECT shelf_line_id, sum(quantity) AS quantity FROM seen GROUP BY 1
), locked AS (
    SELECT id FROM catalog_shelfline WHERE id IN (SELECT shelf_line_id FROM sums) ORDER BY id FOR NO KEY UPDATE
)
UPDATE catalog_shelfline line SET leaving = line.leaving - sums.quantity FROM sums
WHERE line.id = sums.shelf_line_id AND line.id IN (SELECT id FROM locked)
"""
TAKE_BACK = """
WITH locked AS (
    SELECT id FROM catalog_shelfline WHERE id IN (
        SELECT shelf_line_id FROM catalog_reservation WHERE "order" = %(order)s AND state = 'CONSUMED')
    ORDER BY id FOR NO KEY UPDATE
), back AS (
    UPDATE catalog_reservation SET state = 'ALLOCATED', ended_at = NULL
    WHERE "order" = %(order)s AND state = 'CONSUMED' AND shelf_line_id IN (SELECT id FROM locked)
    RETURNING shelf_line_id, quantity
), undone AS (
    UPDATE catalog_stockissue SET kind = 'TAKEN_BACK', seen_at = %(now)s WHERE "order" = %(order)s AND seen_at IS NULL
    RETURNING shelf_line_id, quantity
), allocated AS (SELECT shelf_line_id, sum(quantity) AS quantity FROM back GROUP BY 1
), leaving AS (SELECT shelf_line_id, sum(quantity) AS quantity FROM undone GROUP BY 1)
UPDATE catalog_shelfline line SET allocated = line.allocated + allocated.quantity,
    leaving = line.leaving - coalesce(leaving.quantity, 0)
FROM allocated LEFT JOIN leaving USING (shelf_line_id) WHERE line.id = allocated.shelf_line_id
"""


def consume(*, seller: UUID, order: UUID, now) -> None:
    """The order's packages have left."""
    _run(seller, CONSUME, {"order": order, "now": now})


def take_back(*, seller: UUID, order: UUID, now) -> None:
    """They had not left after all: allocated to the order again. What the POS saw leave it will count again itself."""
    _run(seller, TAKE_BACK, {"order": order, "now": now})


def settle_seen(*, location: UUID, now) -> None:
    """The POS has counted anew: what it has seen leave no longer has to be kept apart. In the sync's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, {"location": location, "now": now})


def unseen(*, seller: UUID, before) -> list[StockIssue]:
    """Issues older than `before` that the POS has not noticed: its count is wrong, or ours is."""
    with as_seller(seller):
        returned = Reservation.objects.filter(order=OuterRef("order"), state="ALLOCATED")
        late = StockIssue.objects.filter(seen_at=None, at__lt=before).exclude(Exists(returned))
        return list(late.select_related("package", "shelf_line__product"))


def _run(seller: UUID, sql: str, values: dict) -> None:
    with as_seller(seller), connection.cursor() as cursor:
        cursor.execute(sql, values)
