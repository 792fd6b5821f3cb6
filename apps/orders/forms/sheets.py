"""Lists of SKUs and quantities as people have them: typed, pasted, or in a CSV or XLSX file. Nothing in them is run.

Limits: a file of 1 MB (8 MB unpacked), 500 rows. Cells are text; a formula is not read as one.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from apps.core.errors import Refused

MOST_ROWS, MOST_COLUMNS, MOST_BYTES, MOST_UNPACKED = 500, 40, 1_000_000, 8_000_000
WORDS = {
    "sku": {"sku", "item", "code", "productcode", "itemcode", "productsku"},
    "quantity": {"quantity", "qty", "units", "amount", "count"},
    "cases": {"cases", "case", "packs"},
}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
SPLIT = re.compile(r"[\t,;|]+|\s{2,}|\s+(?=\S+$)")


@dataclass(frozen=True)
class Row:
    """A row as it was sent: where it stood, and its two cells as text. `cases`: the quantity counts cases."""

    number: int
    sku: str
    quantity: str
    cases: bool = False


def pasted(text: str) -> list[Row]:
    """`SKU, quantity` a line; the quantity is what stands last. A first line of column names is left out."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    _fits(len(lines))
    cells = [(number, [cell.strip() for cell in SPLIT.split(line) if cell and cell.strip()]) for number, line in lines]
    if cells and _columns(cells[0][1])[0] is not None:
        cells = cells[1:]
    return [Row(number, row[0] if row else "", row[-1] if len(row) > 1 else "") for number, row in cells]


def uploaded(file: Any) -> list[Row]:
    """Of a file with `name`, `size` and `read()`. Raises Refused 400 `file-unread` with what is wrong with it."""
    if file.size > MOST_BYTES:
        raise _unread(_("The file is larger than 1 MB. Split it, or paste the two columns."))
    data = file.read()
    table = _workbook(data) if data[:2] == b"PK" else _csv(data)
    return _rows(table)


def _workbook(data: bytes) -> list[list]:
    """The active sheet's first columns. openpyxl is asked for so many rows and columns and no more: import-export's own
    XLSX reader takes what the sheet claims to have, which a small file can claim to be billions of cells."""
    from openpyxl import load_workbook  # takes a moment to load

    try:
        with ZipFile(BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise _unread(_("The workbook is too large once unpacked. Save the one sheet with the two columns."))
        sheet = load_workbook(BytesIO(data), read_only=True, data_only=True).active
        return [list(row) for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)]
    except (BadZipFile, KeyError, ValueError, OSError, SyntaxError, AttributeError) as error:
        raise _unread(_("This file could not be read as XLSX. Save it again, or save it as CSV.")) from error


def _csv(data: bytes) -> list[list]:
    from import_export.formats.base_formats import CSV
    from tablib.exceptions import TablibException

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text or not text.strip():
        raise _unread(_("This file holds no text. CSV and XLSX can be read."))
    first = text.splitlines()[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        dataset = CSV().create_dataset(text, delimiter=delimiter, headers=False)
    except (TablibException, ValueError) as error:
        raise _unread(_("A row has more columns than the first one. Every row needs the same columns.")) from error
    return [list(row) for row in dataset]


def _rows(table: list[list]) -> list[Row]:
    sku, quantity, cases = _columns([_text(cell) for cell in table[0]]) if table else (None, None, False)
    named = sku is not None
    if named and quantity is None:
        raise _unread(_("There is a column for the SKU and none for the quantity. Name one “Quantity”."))
    sku, quantity = (sku, quantity) if named else (0, 1)
    found = []
    for number, cells in enumerate(table[named:], 1 + named):
        texts = [_text(cell) for cell in cells] + [""] * MOST_COLUMNS
        if any(texts):
            found.append(Row(number, texts[sku], texts[quantity], cases))
    _fits(len(found))
    return found


def _columns(names: list[str]) -> tuple[int | None, int | None, bool]:
    """Where the SKU and the quantity stand, and whether it counts cases; None where no name says so."""
    plain = [re.sub(r"[^a-z]", "", name.lower()) for name in names]
    places = {kind: next((n for n, name in enumerate(plain) if name in words), None) for kind, words in WORDS.items()}
    if places["quantity"] is not None or places["cases"] is None:
        return places["sku"], places["quantity"], False
    return places["sku"], places["cases"], True


def _text(cell: Any) -> str:
    """A cell as one reads it: 5, not 5.0."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)).normalize():f}"
    return str(cell).strip()[:120]


def _fits(rows: int) -> None:
    if rows > MOST_ROWS:
        raise _unread(_("%(n)d rows are more than the 500 that one order takes. Split the list.") % {"n": rows})


def _unread(text: str) -> Refused:
    return Refused(text, code="file-unread", status=400)
