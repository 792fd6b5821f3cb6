"""Pages of a list by cursor: as fast at the end as at the start, and no row twice or left out while others come and go.

A cursor is the sort key and id of the row at the page's edge, so the database starts reading there.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

FORWARD, BACK = "n", "p"


class BadCursor(ValueError):
    """The cursor was cut, changed, or made for another order."""


@dataclass(frozen=True)
class Page:
    """`next` and `previous` are cursors, empty where there is no such page."""

    rows: list
    next: str
    previous: str


def page(rows: QuerySet, *, size: int, cursor: str = "", descending: bool = False) -> Page:
    """`rows` are annotated with `key`, never null; ties are broken by `id`. Raises BadCursor."""
    way, edge = _read(cursor, rows) if cursor else (FORWARD, None)
    downward = descending != (way == BACK)
    if edge:
        beyond = "lt" if downward else "gt"
        key, pk = edge
        # The first of the two lets an index on the key begin there; PostgreSQL begins nowhere with an OR alone.
        rows = rows.filter(Q(**{f"key__{beyond}e": key}), Q(**{f"key__{beyond}": key}) | Q(**{f"pk__{beyond}": pk}))
    sign = "-" if downward else ""
    found = list(rows.order_by(f"{sign}key", f"{sign}pk")[: size + 1])
    more, found = len(found) > size, found[:size]
    if way == BACK:
        found.reverse()
    return _page(found, has_next=more if way == FORWARD else True, has_previous=more if way == BACK else bool(edge))


def _page(rows: list, *, has_next: bool, has_previous: bool) -> Page:
    if not rows:
        return Page([], "", "")
    return Page(
        rows,
        next=_write(FORWARD, rows[-1]) if has_next else "",
        previous=_write(BACK, rows[0]) if has_previous else "",
    )


def _write(way: str, row) -> str:
    edge = json.dumps([str(row.key), str(row.pk)], ensure_ascii=False)
    return way + urlsafe_b64encode(edge.encode()).decode().rstrip("=")


def _read(cursor: str, rows: QuerySet) -> tuple[str, tuple]:
    way, text = cursor[:1], cursor[1:]
    try:
        key, pk = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if way not in (FORWARD, BACK) or "\0" in key:
            raise BadCursor(cursor)
        field = rows.query.annotations["key"].output_field
        return way, (field.to_python(key), rows.model._meta.pk.to_python(pk))
    except (BadBase64, ValueError, TypeError, ValidationError) as error:
        raise BadCursor(cursor) from error
