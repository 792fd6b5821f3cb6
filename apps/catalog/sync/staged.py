"""Rows as the lines that COPY reads (CSV): what is quoted is text, and a bare None is null."""

from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec

from apps.catalog import rules
from apps.gateways.dutchie.payloads import Amounts, StockRow

from .sql import AMOUNTS, COLUMNS
from .work import InventoryWork

AT_ONCE = 500  # rows a message: PostgreSQL reads one while the next is made
TEXTS = {"name", "sku", "unit", "batch", "package_id", "tag", "status", "lab_status", "lab_url", "potency_unit", "labs"}
LOOKS = {"digest", "fingerprint"}
_json = msgspec.json.Encoder()
_day = lru_cache(5_000)(str)  # a shelf's labels name few days, and each of them often


def _line(columns: list[str]) -> str:
    forms = ('"%s"' if column in TEXTS else r"\x%s" if column in LOOKS else "%s" for column in columns)
    return ",".join(forms) + "\n"


LINE, AMOUNTS_LINE = _line(COLUMNS), _line(AMOUNTS)


def lines(work: InventoryWork, rows: list[StockRow]) -> Iterator[str]:
    """So many lines at once as are worth a message."""
    links = {key: (link.pk, str(link.product_id)) for key, link in work.links.items()}
    return _some_at_once(rows, lambda row: LINE % _values(work, row, *links[row.product_id]))


def amounts_lines(work: InventoryWork, rows: list[StockRow | Amounts]) -> Iterator[str]:
    """The same of rows that only moved."""
    return _some_at_once(rows, lambda row: AMOUNTS_LINE % _amounts(work, row))


def _some_at_once(rows: list, line: Callable[..., str]) -> Iterator[str]:
    for begin in range(0, len(rows), AT_ONCE):
        yield "".join(map(line, rows[begin : begin + AT_ONCE]))


def _amounts(work: InventoryWork, row: StockRow | Amounts) -> tuple:
    """In the order of `sql.AMOUNTS`."""
    return (
        row.inventory_id,
        row.quantity,
        row.allocated,
        row.unit_cost,
        row.price,
        row.med_price,
        row.rec_price,
        work.digests[row.inventory_id].hex(),
        work.prints[row.inventory_id].hex(),
    )


def _values(work: InventoryWork, row: StockRow, link: int, product: str) -> tuple:
    """In the order of `sql.COLUMNS`."""
    potency, potency_unit = rules.potency(row.labs)
    return (
        row.inventory_id,
        link,
        product,
        row.name.replace('"', '""'),
        row.sku.replace('"', '""'),
        row.quantity,
        row.unit.replace('"', '""'),
        row.allocated,
        row.unit_cost,
        row.price,
        row.med_price,
        row.rec_price,
        row.batch.replace('"', '""'),
        row.package_id.replace('"', '""'),
        row.tag.replace('"', '""'),
        row.status.replace('"', '""'),
        row.lab_status.replace('"', '""'),
        row.lab_url.replace('"', '""'),
        potency,
        potency_unit.replace('"', '""'),
        _json.encode(row.labs).decode().replace('"', '""'),
        _day(row.tested_date),
        _day(row.packaged_date),
        _day(row.expires_date),
        work.digests[row.inventory_id].hex(),
        work.prints[row.inventory_id].hex(),
    )
