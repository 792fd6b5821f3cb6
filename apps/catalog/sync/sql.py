"""The sync's statements. Each says the whole of what it does to many rows at once."""

from dataclasses import dataclass

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
AMOUNTS = [
    "inventory_id",
    "quantity",
    "allocated",
    "unit_cost",
    "price",
    "med_price",
    "rec_price",
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

# A change row of each field that differs, found in one pass over the joined rows.
CHANGES = """
INSERT INTO catalog_stockchange
    (organization_id, run_id, location_id, product_id, inventory_id, name, field, old, new, at)
SELECT %(organization)s, %(run)s, %(location)s, {told}.product_id, inventory_id, {told}.name, field,
       coalesce({old}, ''), coalesce({new}, ''), %(now)s
FROM {some} stage
JOIN (SELECT * FROM catalog_stockitem WHERE location_id = %(location)s) had USING (inventory_id)
CROSS JOIN LATERAL unnest(array_remove(ARRAY[{differing}], NULL)) AS field
"""

# Nobody else writes here, the lease sees to that: no need to lock each row first, as ON CONFLICT does.
CHANGE = """
UPDATE catalog_stockitem AS had SET gone_at = NULL, run_id = %(run)s, updated_at = %(now)s, {columns}
FROM {some} stage WHERE had.location_id = %(location)s AND had.inventory_id = stage.inventory_id
"""

MAKE = """
CREATE TEMPORARY TABLE IF NOT EXISTS {table} ON COMMIT DELETE ROWS
AS SELECT {names} FROM catalog_stockitem WITH NO DATA
"""
EMPTY = "DELETE FROM {table}"


@dataclass(frozen=True)
class Staged:
    """A temporary table that rows go to by COPY, one a connection: to make it anew in each run would cost more than
    most runs write."""

    table: str
    columns: list[str]

    @property
    def made(self) -> list[str]:
        return [text.format(table=self.table, names=self.names) for text in (MAKE, EMPTY)]

    @property
    def copy(self) -> str:
        return f"COPY {self.table} ({self.names}) FROM STDIN (FORMAT csv, NULL 'None')"

    @property
    def changes(self) -> str:
        shown = {name: told for name, told in SHOWN.items() if told[0] in self.columns}
        return CHANGES.format(
            some=self.some,
            told="stage" if "name" in self.columns else "had",
            old=_told(shown, "had"),
            new=_told(shown, "stage"),
            differing=", ".join(
                f"CASE WHEN had.{column} IS DISTINCT FROM stage.{column} THEN '{name}' END"
                for name, (column, _) in shown.items()
            ),
        )

    @property
    def change(self) -> str:
        columns = (f"{column} = stage.{column}" for column in self.columns if column != "inventory_id")
        return CHANGE.format(some=self.some, columns=", ".join(columns))

    @property
    def some(self) -> str:
        """The rows, and how many: of a temporary table PostgreSQL doesn't know, and it would read the whole shelf."""
        return f"(SELECT * FROM {self.table} LIMIT %({self.table})s)"  # noqa: S608

    @property
    def names(self) -> str:
        return ", ".join(self.columns)


def _told(shown: dict, row: str) -> str:
    """The value of the field that `field` names, as plain text."""
    cases = (f"WHEN '{name}' THEN {text.format(f'{row}.{column}')}" for name, (column, text) in shown.items())
    return f"CASE field {' '.join(cases)} END"


WHOLE = Staged("stage_stock", COLUMNS)
MOVED = Staged("stage_moved", AMOUNTS)

# Each tells the change rows of what it wrote itself.
ADD = f"""
WITH added AS (
    INSERT INTO catalog_stockitem ({", ".join(OF_RUN)}, {WHOLE.names})
    SELECT {", ".join(OF_RUN.values())}, {WHOLE.names} FROM stage_stock stage
    WHERE NOT EXISTS (SELECT 1 FROM catalog_stockitem had
                      WHERE had.location_id = %(location)s AND had.inventory_id = stage.inventory_id)
    ORDER BY inventory_id RETURNING product_id, inventory_id, name, quantity
)
INSERT INTO catalog_stockchange
    (organization_id, run_id, location_id, product_id, inventory_id, name, field, old, new, at)
SELECT %(organization)s, %(run)s, %(location)s, product_id, inventory_id, name, 'new', '',
       trim_scale(quantity)::text, %(now)s FROM added
"""  # noqa: S608
GONE = """
WITH gone AS (
    UPDATE catalog_stockitem SET gone_at = %(now)s, run_id = %(run)s, updated_at = %(now)s
    WHERE location_id = %(location)s AND inventory_id = ANY(%(gone)s)
    RETURNING product_id, inventory_id, name, quantity
)
INSERT INTO catalog_stockchange
    (organization_id, run_id, location_id, product_id, inventory_id, name, field, old, new, at)
SELECT %(organization)s, %(run)s, %(location)s, product_id, inventory_id, name, 'gone',
       trim_scale(quantity)::text, '', %(now)s FROM gone
"""

# A decision that was made since these rows were matched: they carry what their links say now.
RELINK = """
UPDATE stage_stock AS stage SET product_id = link.product_id FROM catalog_productlink link
WHERE link.id = stage.link_id AND link.product_id IS DISTINCT FROM stage.product_id
"""

# The shelf lines of every product this run touched (their product before it, too), summed anew from their packages.
SHELF_OF_MOVED = shelves.statement("""
    SELECT DISTINCT location_id, product_id FROM catalog_stockchange WHERE run_id = %(run)s
""")
SHELF = shelves.statement("""
    SELECT %(location)s::uuid AS location_id, product_id FROM stage_stock
    UNION SELECT location_id, product_id FROM catalog_stockchange WHERE run_id = %(run)s
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
