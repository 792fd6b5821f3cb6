"""Packages as the back office tells them, read into the same stock rows as the POS's.

No public source shows such a row: the POS inventory's words are expected, in camelCase or PascalCase, each where it is
sent. Dates are the store's own without a zone, "11/17/2026, 5:42:00 PM".
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

import msgspec
from msgspec import Raw

from apps.gateways.dutchie import BACKOFFICE
from apps.gateways.dutchie.payloads.explain import explain
from apps.gateways.dutchie.payloads.rows import BadRow, Kept, Known, Read
from apps.gateways.dutchie.payloads.split import BROKEN, DEPTH, TOKEN, split
from apps.gateways.dutchie.payloads.stock import SHAPE, StockRow, read_inventory
from apps.gateways.failures import Unreachable

TOTAL = re.compile(rb'"totalCount"\s*:\s*(\d{1,9})\b')
ITEMS = re.compile(rb'"items"\s*:\s*\[')
DAYS = ("testedDate", "packagedDate", "expirationDate")
MODIFIED, MODIFIED_UTC = "lastModifiedDate", "lastModifiedDateUtc"
WRITTEN = ("%m/%d/%Y, %I:%M:%S %p", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y")


def page_in(body: bytes) -> tuple[int, list[bytes]]:
    """(totalCount, rows as they came) of a getPackagesV5 answer, even where a row inside is no JSON. Raises Unreachable
    when either is missing, or the answer stops in the middle."""
    total, items = TOTAL.search(body), ITEMS.search(body)
    if not (total and items):
        raise Unreachable(BACKOFFICE, "The answer holds no list of packages.")
    return int(total[1]), split(_list(body, items.end() - 1))


def _list(body: bytes, begin: int) -> bytes:
    """From the bracket that opens at `begin` to the one that closes it."""
    depth = 0
    for token in TOKEN.finditer(body, begin):
        depth += DEPTH.get(token[0], 0)
        if depth == 0:
            return body[begin : token.end()]
    raise Unreachable(BACKOFFICE, "The answer stops in the middle.")


def read_packages(body: bytes, known: Known = Kept, *, zone: tzinfo) -> Read[StockRow]:
    """As `read_inventory`, the bad rows as they came. `zone` is the store's: its moments are told in it."""
    sent: list[tuple[int, bytes, bytes]] = []
    broken: list[BadRow] = []
    for index, raw in enumerate(split(body)):
        try:
            sent.append((index, raw, _as_the_pos_says_it(raw, zone)))
        except BROKEN:
            broken.append(BadRow(index, raw, explain(raw, SHAPE)))
    read = read_inventory(b"[" + b",".join(told for _, _, told in sent) + b"]", known)
    bad = [replace(bad, index=sent[bad.index][0], raw=sent[bad.index][1]) for bad in read.bad]
    return replace(read, bad=sorted([*bad, *broken], key=lambda bad: bad.index))


def _as_the_pos_says_it(raw: bytes, zone: tzinfo) -> bytes:
    """The row with the POS's names and forms of dates; every other value byte for byte."""
    row = {_name(name): value for name, value in msgspec.json.decode(raw, type=dict[str, Raw]).items()}
    changed = _read(row.pop(MODIFIED, None))
    if changed:
        row[MODIFIED_UTC] = _wire(changed.replace(tzinfo=zone).astimezone(UTC).isoformat())
    for name in DAYS:
        if day := _read(row.get(name)):
            row[name] = _wire(day.date().isoformat())
    return msgspec.json.encode(row)


def _name(name: str) -> str:
    return name.lower() if name.isupper() else name[:1].lower() + name[1:]


def _read(value: Raw | None) -> datetime | None:
    """A moment in one of the forms the back office writes; None for nothing and for any other form."""
    text = msgspec.json.decode(value) if value else None
    for form in WRITTEN if isinstance(text, str) else ():
        try:
            return datetime.strptime(str(text), form)  # noqa: DTZ007 (the store's own time, its zone is added by the caller)
        except ValueError:
            continue
    return None


def _wire(text: str) -> Raw:
    return Raw(msgspec.json.encode(text))
