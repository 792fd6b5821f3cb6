"""Are the shelf lines' sums those of their rows? Shown as a difference, mended when somebody allowed says so."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from apps.core import audit

from .holding import as_seller

DIFFERENCES = """
WITH rows AS (
    SELECT shelf_line_id, coalesce(sum(quantity) FILTER (WHERE state = 'HELD'), 0) AS held,
           coalesce(sum(quantity) FILTER (WHERE state = 'ALLOCATED'), 0) AS allocated
    FROM catalog_reservation WHERE state IN ('HELD', 'ALLOCATED') GROUP BY 1
), issues AS (
    SELECT shelf_line_id, sum(quantity) AS leaving FROM catalog_stockissue WHERE seen_at IS NULL GROUP BY 1
)
SELECT line.id, product.name, line.held, coalesce(rows.held, 0), line.allocated, coalesce(rows.allocated, 0),
       line.leaving, coalesce(issues.leaving, 0)
FROM catalog_shelfline line JOIN catalog_product product ON product.id = line.product_id
LEFT JOIN rows ON rows.shelf_line_id = line.id LEFT JOIN issues ON issues.shelf_line_id = line.id
WHERE (line.held, line.allocated, line.leaving)
    IS DISTINCT FROM (coalesce(rows.held, 0), coalesce(rows.allocated, 0), coalesce(issues.leaving, 0))
ORDER BY line.id
"""
MEND = "UPDATE catalog_shelfline SET held = %s, allocated = %s, leaving = %s WHERE id = %s"


@dataclass(frozen=True)
class Difference:
    """What a shelf line says, and what its rows add up to."""

    shelf_line: UUID
    product: str
    held: Decimal
    held_rows: Decimal
    allocated: Decimal
    allocated_rows: Decimal
    leaving: Decimal
    leaving_rows: Decimal


def reconcile(*, seller: UUID) -> list[Difference]:
    """Every shelf line of the seller whose sums are not those of its rows. Writes nothing."""
    with as_seller(seller), connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return [Difference(*row) for row in cursor.fetchall()]


@transaction.atomic
def mend(*, seller: UUID, by) -> list[Difference]:
    """Set the sums to what the rows say, with the differences in the audit trail."""
    with as_seller(seller), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM catalog_shelfline ORDER BY id FOR NO KEY UPDATE")
        found = reconcile(seller=seller)
        for one in found:
            cursor.execute(MEND, [one.held_rows, one.allocated_rows, one.leaving_rows, one.shelf_line])
        if found:
            audit.record(by, "stock.reconciled", None, organization=seller, lines=[str(one) for one in found])
    return found
