"""What must always hold over products and stock."""

from apps.core.invariants import Invariant

SUMS = """
SELECT location_id, product_id, sum(quantity) AS quantity, count(*) AS packages FROM catalog_stockitem
WHERE product_id IS NOT NULL AND gone_at IS NULL AND quantity > 0 AND lower(status) IN ('', 'active') GROUP BY 1, 2
"""

INVARIANTS = [
    Invariant(
        name="a shelf line is the sum of its packages that may be sold",
        rows="SELECT count(*) FROM catalog_shelfline",
        broken=f"SELECT coalesce(line.location_id, sums.location_id)::text || ' ' ||"
        " coalesce(line.product_id, sums.product_id)::text"
        f" FROM catalog_shelfline line FULL JOIN ({SUMS}) sums USING (location_id, product_id)"
        " WHERE coalesce(line.quantity, 0) <> coalesce(sums.quantity, 0)",
    ),
    Invariant(
        name="what a shelf line promises is the sum of its reservations",
        rows="SELECT count(*) FROM catalog_shelfline",
        broken="SELECT line.id FROM catalog_shelfline line LEFT JOIN (SELECT shelf_line_id,"
        " coalesce(sum(quantity) FILTER (WHERE state = 'HELD'), 0) AS held,"
        " coalesce(sum(quantity) FILTER (WHERE state = 'ALLOCATED'), 0) AS allocated FROM catalog_reservation"
        " WHERE state IN ('HELD', 'ALLOCATED') GROUP BY 1) rows ON rows.shelf_line_id = line.id"
        " WHERE (line.held, line.allocated) IS DISTINCT FROM (coalesce(rows.held, 0), coalesce(rows.allocated, 0))",
    ),
    Invariant(
        name="what is leaving a shelf line is the sum of its unseen issues",
        rows="SELECT count(*) FROM catalog_stockissue",
        broken="SELECT line.id FROM catalog_shelfline line LEFT JOIN (SELECT shelf_line_id, sum(quantity) AS quantity"
        " FROM catalog_stockissue WHERE seen_at IS NULL GROUP BY 1) gone ON gone.shelf_line_id = line.id"
        " WHERE line.leaving <> coalesce(gone.quantity, 0)",
    ),
    Invariant(
        name="stock carries its link's product",
        rows="SELECT count(*) FROM catalog_stockitem",
        broken="SELECT stock.id FROM catalog_stockitem stock JOIN catalog_productlink link ON link.id = stock.link_id"
        " WHERE stock.product_id IS DISTINCT FROM link.product_id",
    ),
    Invariant(
        name="stock, link, product and location are one organization's",
        rows="SELECT count(*) FROM catalog_stockitem",
        broken="SELECT stock.id FROM catalog_stockitem stock JOIN catalog_productlink link ON link.id = stock.link_id"
        " JOIN accounts_location place ON place.id = stock.location_id"
        " LEFT JOIN catalog_product product ON product.id = stock.product_id"
        " WHERE stock.organization_id <> link.organization_id OR stock.organization_id <> place.organization_id"
        " OR stock.organization_id <> product.organization_id",
    ),
    Invariant(
        name="a run's change rows are those its audit record vouches for",
        rows="SELECT count(*) FROM core_auditentry WHERE action = 'inventory.synced'",
        broken="SELECT entry.data->>'run' FROM core_auditentry entry CROSS JOIN LATERAL ("
        " SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', inventory_id, field, old, new), E'\\n'"
        " ORDER BY inventory_id, field, id), ''), 'UTF8')), 'hex') AS digest FROM catalog_stockchange"
        " WHERE run_id = (entry.data->>'run')::bigint) AS found"
        " WHERE entry.action = 'inventory.synced' AND entry.data->>'digest' NOT IN ('', found.digest)",
    ),
]
