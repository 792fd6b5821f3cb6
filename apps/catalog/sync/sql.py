"""The sync's statements. Each says the whole of what it does to many rows at once."""

from apps.catalog.actions import shelves

# What a row says for itself; the others are the same for all rows of a run.
COLUMNS = [
    "inventory_id",
    "link_id",
    "product_id",
    "name",
    "sku",
    "quantity",
    "unit",
    "allocated",
    "unit_cost",
    "price",
    "med_price",
    "rec_price",
    "batch",
    "package_id",
    "tag",
    "status",
    "lab_status",
    "lab_url",
    "potency",
    "potency_unit",
    "labs",
    "tested_date",
    "packaged_date",
    "expires_date",
    "digest",
    "fingerprint",
]
OF_RUN = {
    "organization_id": "%(organization)s",
    "location_id": "%(location)s",
    "run_id": "%(run)s",
    "created_at": "%(now)s",
    "updated_at": "%(now)s",
}
STAGED = ", ".join(COLUMNS)

# One table a connection: to make one anew in each run costs more than most runs write.
STAGE = f"""
CREATE TEMPORARY TABLE IF NOT EXISTS stage_stock ON COMMIT DELETE ROWS
AS SELECT {STAGED} FROM catalog_stockitem WITH NO DATA;
DELETE FROM stage_stock
"""  # noqa: S608
COPY = f"COPY stage_stock ({STAGED}) FROM STDIN (FORMAT csv, NULL 'None')"

# Fields staff read in a run's differences: the column, and how it reads as plain text.
PLAIN, NUMBER = "{0}::text", "trim_scale({0})::text"
SHOWN = {
    "quantity": ("quantity", NUMBER),
    "price": ("price", NUMBER),
    "med price": ("med_price", NUMBER),
    "rec price": ("rec_price", NUMBER),
    "cost": ("unit_cost", NUMBER),
    "allocated": ("allocated", NUMBER),
    "name": ("name", PLAIN),
    "sku": ("sku", PLAIN),
    "batch": ("batch", PLAIN),
    "tag": ("tag", PLAIN),
    "status": ("status", PLAIN),
    "lab status": ("lab_status", PLAIN),
    "potency": ("potency", NUMBER),
    "potency unit": ("potency_unit", PLAIN),
    "best before": ("expires_date", PLAIN),
    "product": ("product_id", PLAIN),
}


def _cases(row: str) -> str:
    """The value of the field that `field` names, as plain text."""
    told = (f"WHEN '{name}' THEN {text.format(f'{row}.{column}')}" for name, (column, text) in SHOWN.items())
    return f"CASE field {' '.join(told)}"


DIFFERING = ", ".join(
    f"CASE WHEN had.{column} IS DISTINCT FROM stage.{column} THEN '{name}' END" for name, (column, _) in SHOWN.items()
)
CHANGES = f"""
INSERT INTO catalog_stockchange
    (organization_id, run_id, location_id, product_id, inventory_id, name, field, old, new, at)
SELECT %(organization)s, %(run)s, %(location)s, found.*, %(now)s FROM (
    SELECT stage.product_id, stage.inventory_id, stage.name, field, coalesce({_cases("had")} END, '') AS old,
           coalesce({_cases("stage")} WHEN 'new' THEN trim_scale(stage.quantity)::text END, '') AS new
    FROM stage_stock stage
    LEFT JOIN (SELECT * FROM catalog_stockitem WHERE location_id = %(location)s) had USING (inventory_id)
    CROSS JOIN LATERAL unnest(CASE WHEN had.id IS NULL THEN ARRAY['new'] ELSE ARRAY[{DIFFERING}] END) AS field
    UNION ALL
    SELECT product_id, inventory_id, name, 'gone', trim_scale(quantity)::text, ''
    FROM catalog_stockitem WHERE location_id = %(location)s AND inventory_id = ANY(%(gone)s)
) AS found WHERE old <> new
"""  # noqa: S608

ADD = f"""
INSERT INTO catalog_stockitem ({", ".join(OF_RUN)}, {STAGED})
SELECT {", ".join(OF_RUN.values())}, {STAGED} FROM stage_stock stage
WHERE NOT EXISTS (SELECT 1 FROM catalog_stockitem had
                  WHERE had.location_id = %(location)s AND had.inventory_id = stage.inventory_id)
ORDER BY inventory_id
"""  # noqa: S608

# Nobody else writes here, the lease sees to that: no need to lock each row first, as ON CONFLICT does.
CHANGE = f"""
UPDATE catalog_stockitem AS had SET gone_at = NULL, run_id = %(run)s, updated_at = %(now)s,
    {", ".join(f"{column} = stage.{column}" for column in COLUMNS if column != "inventory_id")}
FROM stage_stock stage WHERE had.location_id = %(location)s AND had.inventory_id = stage.inventory_id
"""  # noqa: S608

GONE = """
UPDATE catalog_stockitem SET gone_at = %(now)s, run_id = %(run)s, updated_at = %(now)s
WHERE location_id = %(location)s AND inventory_id = ANY(%(gone)s)
"""

# A decision that was made since these rows were matched: they carry what their links say now.
RELINK = """
UPDATE stage_stock AS stage SET product_id = link.product_id FROM catalog_productlink link
WHERE link.id = stage.link_id AND link.product_id IS DISTINCT FROM stage.product_id
"""

# The shelf lines of every product this run touched (their product before it, too), summed anew from their packages.
SHELF = shelves.statement("""
    SELECT %(location)s::uuid AS location_id, product_id FROM stage_stock
    UNION SELECT location_id, product_id FROM catalog_stockitem
          WHERE location_id = %(location)s AND inventory_id = ANY(%(gone)s)
    UNION SELECT location_id, old::uuid FROM catalog_stockchange
          WHERE run_id = %(run)s AND field = 'product' AND old <> ''
""")

# One digest over the run's change rows: what the audit record of the run vouches for.
DIGEST = """
SELECT encode(sha256(convert_to(coalesce(string_agg(
    concat_ws('|', inventory_id, field, old, new), E'\\n' ORDER BY inventory_id, field, id), ''), 'UTF8')), 'hex')
FROM catalog_stockchange WHERE run_id = %(run)s
"""

KEEP_BAD = """
INSERT INTO catalog_quarantinedrow AS kept (organization_id, location_id, run_id, source, position, fingerprint, raw,
    reasons, times_seen, state, last_seen_at, created_at, updated_at, decided_by, why)
VALUES (%(organization)s, %(location)s, %(run)s, %(source)s, %(position)s, %(fingerprint)s, %(raw)s,
    %(reasons)s, 1, 'open', %(now)s, %(now)s, %(now)s, '', '')
ON CONFLICT (location_id, fingerprint) DO UPDATE SET times_seen = kept.times_seen + 1, run_id = excluded.run_id,
    position = excluded.position, last_seen_at = excluded.last_seen_at, updated_at = excluded.updated_at,
    state = CASE WHEN kept.state = 'ignored' THEN kept.state ELSE 'open' END
"""
