"""A product list as CSV text: what is wrong with it is told with its line, before anything is matched."""

import csv
import io
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from .said import Item

NEEDED = ("id", "name")
OPTIONAL = ("brand", "size", "upc", "sku", "description")
LONGEST = 1_000_000  # characters in one field


class BadList(ValueError):
    """A list that can't be read: what, where, and what to do."""


def read_rows(raw: bytes, name: str) -> list[Item]:
    """The rows of a CSV file (UTF-8, comma, a header with at least `id,name`), or BadList. `name` is for messages."""
    lines = csv.reader(io.StringIO(_text(raw, name), newline=""), strict=True)
    csv.field_size_limit(LONGEST)
    try:
        header = [column.strip().lower() for column in next(lines, [])]
        _check_header(header, name)
        items = [
            _item(dict(zip(header, cells, strict=True)), name, lines.line_num) for cells in _filled(lines, header, name)
        ]
    except csv.Error as error:
        raise BadList(_("%(name)s, line %(line)d: %(error)s.") % {"name": name, "line": lines.line_num, "error": error})
    _check_ids(items, name)
    return items


def _text(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadList(_("%(name)s, line %(line)d: not UTF-8. Save the file as UTF-8.") % {"name": name, "line": line})


def _check_header(header: list[str], name: str) -> None:
    if not any(header):
        raise BadList(_("%(name)s is empty. Its first line must name the columns id and name.") % {"name": name})
    missing = [column for column in NEEDED if column not in header]
    if missing:
        told = {"name": name, "missing": ", ".join(missing), "header": ", ".join(header)}
        raise BadList(_("%(name)s has no column %(missing)s. Its first line says: %(header)s.") % told)
    if twice := sorted({column for column in header if column and header.count(column) > 1}):
        raise BadList(_("%(name)s has the column %(twice)s twice.") % {"name": name, "twice": ", ".join(twice)})


def _filled(lines, header: list[str], name: str):
    for cells in lines:
        if not any(cells):
            continue
        if len(cells) != len(header):
            told = {"name": name, "line": lines.line_num, "cells": len(cells), "columns": len(header)}
            raise BadList(_("%(name)s, line %(line)d: %(cells)d fields where the header has %(columns)d.") % told)
        yield cells


def _item(row: dict[str, str], name: str, line: int) -> Item:
    if not row["id"].strip():
        raise BadList(_("%(name)s, line %(line)d: the id is empty.") % {"name": name, "line": line})
    rest = {column: row.get(column, "").strip() for column in OPTIONAL}
    return Item(id=row["id"].strip(), name=row["name"].strip(), price=price(row.get("price", "")), **rest)


def price(text: str) -> Decimal | None:
    """`$1,299.00` as 1299.00; what is no positive number says nothing."""
    try:
        value = Decimal(text.replace(",", "").strip(" $€£"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and value > 0 else None


def _check_ids(items: list[Item], name: str) -> None:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise BadList(
                _("%(name)s: the id %(id)s stands twice. Each row needs its own.") % {"name": name, "id": item.id}
            )
        seen.add(item.id)
