"""Summing shelf lines anew from their packages, for the sync and for people's decisions; and keeping the two apart."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

# The package that expires first, the one to be taken first, tells price and potency. Product by product, each by the
# index: which other plan is best would hang on how many are touched, and PostgreSQL can't know.
LINES = """
WITH touched AS ({touched}), sums AS (
    SELECT touched.location_id, touched.product_id, coalesce(first.quantity, 0) AS quantity,
        coalesce(first.packages, 0) AS packages, best_before_date, unit, price, potency, potency_unit
    FROM touched LEFT JOIN LATERAL (
        SELECT sum(quantity) OVER () AS quantity, count(*) OVER () AS packages, min(expires_date) OVER () AS
            best_before_date, unit, price, potency, potency_unit
        FROM catalog_stockitem WHERE location_id = touched.location_id AND product_id = touched.product_id
            AND gone_at IS NULL AND quantity > 0 AND lower(status) IN ('', 'active')
        ORDER BY expires_date NULLS LAST, id LIMIT 1
    ) AS first ON true
    WHERE touched.product_id IS NOT NULL
)
INSERT INTO catalog_shelfline AS line
    (id, organization_id, location_id, product_id, quantity, unit, packages, price, potency, potency_unit,
     best_before_date, version, run_id, changed_at, created_at, updated_at)
SELECT gen_random_uuid(), %(organization)s, location_id, product_id, quantity, coalesce(unit, ''), packages, price,
       potency, coalesce(potency_unit, ''), best_before_date, 1, %(run)s, %(now)s, %(now)s, %(now)s
FROM sums ORDER BY location_id, product_id
ON CONFLICT (location_id, product_id) DO UPDATE SET
    quantity = excluded.quantity, packages = excluded.packages,
    unit = CASE WHEN excluded.packages = 0 THEN line.unit ELSE excluded.unit END,
    price = coalesce(excluded.price, line.price),
    potency = excluded.potency, potency_unit = excluded.potency_unit, best_before_date = excluded.best_before_date,
    version = line.version + 1, run_id = coalesce(excluded.run_id, line.run_id), changed_at = excluded.changed_at,
    updated_at = excluded.updated_at
WHERE (line.quantity, line.packages, line.price, line.potency, line.best_before_date)
    IS DISTINCT FROM (excluded.quantity, excluded.packages, coalesce(excluded.price, line.price), excluded.potency,
                      excluded.best_before_date)
RETURNING location_id, product_id
"""
NAMED = """
SELECT location_id, product_id FROM unnest(%(locations)s::uuid[]) AS places (location_id)
CROSS JOIN unnest(%(products)s::uuid[]) AS known (product_id)
"""
LOCK, LOCK_SHARED = (f"SELECT pg_advisory_xact_lock{kind}(hashtextextended(%s, 0))" for kind in ("", "_shared"))


def statement(touched: str) -> str:
    """One statement that sums the lines which `touched` selects as `(location_id, product_id)`. Its values:
    `organization`, `run` (or None) and `now`, beside those of `touched`."""
    return LINES.format(touched=touched)


def reshelve(
    *, organization_id: UUID, location_ids: Iterable[UUID], product_ids: Iterable[UUID], now
) -> dict[UUID, list[UUID]]:
    """Sum these products' lines at these locations anew. Returns the products whose line changed, by location."""
    values = {"organization": organization_id, "run": None, "now": now}
    values |= {"locations": list(location_ids), "products": list(product_ids)}
    with connection.cursor() as cursor:
        cursor.execute(statement(NAMED), values)
        changed: dict[UUID, list[UUID]] = {}
        for location, product in cursor.fetchall():
            changed.setdefault(location, []).append(product)
    return changed


def links_stay(organization_id: UUID) -> None:
    """Until this transaction ends no decision changes the organization's links. For the sync, which writes by them."""
    _lock(LOCK_SHARED, organization_id)


def links_change(organization_id: UUID) -> None:
    """Wait for the organization's syncs that are writing now, and keep others waiting until this transaction ends."""
    _lock(LOCK, organization_id)


def _lock(sql: str, organization_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"links:{organization_id}"])
