"""What the shelf holds of a location, in one read: enough to see which rows of a page are as they were."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from struct import iter_unpack, unpack
from uuid import UUID

import psycopg
from django.db import connection

from apps.gateways.dutchie.payloads import Kept
from apps.gateways.dutchie.payloads.digest import DIGEST, LOOKS

# Every run reads of every package, mostly to find that it is as it was: each column in one value, so many bytes a row.
SO_MANY = "string_agg(CASE WHEN length({0}) = {1} THEN {0} ELSE decode(repeat('00', {1}), 'hex') END, '')"
BOTH = 2 * LOOKS  # fingerprints: a row's, and that of its words
NONE = bytes(LOOKS)
PRESENT = f"""
SELECT string_agg(int8send(inventory_id), ''), string_agg(int8send(link_id), ''),
       string_agg(boolsend(product_id IS NULL), ''), {SO_MANY.format("fingerprint", BOTH)},
       {SO_MANY.format("digest", DIGEST)}
FROM catalog_stockitem WHERE location_id = %s AND gone_at IS NULL
"""  # noqa: S608
GONE = """
SELECT string_agg(int8send(inventory_id), '')
FROM catalog_stockitem WHERE location_id = %s AND inventory_id = ANY(%s) AND gone_at IS NOT NULL
"""
AMOUNTS = """
SELECT string_agg(int8send(inventory_id) || int8send((quantity * 10000)::bigint)
                  || int8send((price * 10000)::bigint), '')
FROM catalog_stockitem WHERE location_id = %s AND gone_at IS NULL
"""


class Shelf:
    """The present packages. Each column's values are packed, in the same order: ids, links, whether the link waits for
    staff, fingerprints, digests."""

    def __init__(self, ids=b"", links=b"", waits=b"", looks=b"", digests=b""):
        self._ids, self._links = _numbers(ids), _numbers(links)
        self._waits, self._looks, self._digests = waits, looks, digests

    @cached_property
    def packages(self) -> dict[int, int]:
        """Links by inventory id."""
        return dict(zip(self._ids, self._links, strict=True))

    @cached_property
    def waiting(self) -> frozenset[int]:
        """The links that wait for staff."""
        return frozenset(link for link, waits in zip(self._links, self._waits, strict=True) if waits)

    @cached_property
    def known(self) -> Kept:
        """What needn't be read of a page's rows."""
        looks = _pieces(self._looks, LOOKS)
        rows = dict(zip(looks[::2], self._ids, strict=True))
        rows.pop(NONE, None)  # of rows kept before there were fingerprints
        return Kept(rows, dict(zip(self._ids, looks[1::2], strict=True)))

    @cached_property
    def digests(self) -> dict[int, bytes]:
        """What the packages were when they were last told of, by inventory id."""
        return dict(zip(self._ids, _pieces(self._digests, DIGEST), strict=True))


def _numbers(packed: bytes) -> tuple[int, ...]:
    return unpack(f"!{len(packed) // 8}q", packed)


def _pieces(packed: bytes, size: int) -> tuple[bytes, ...]:
    return unpack(f"{size}s" * (len(packed) // size), packed)


@contextmanager
def asked_for_shelf(location_id: UUID) -> Iterator[Callable[[], Shelf]]:
    """What is yielded tells the shelf. It is asked for at once: PostgreSQL looks while the caller does other things."""
    connection.ensure_connection()
    plain = connection.connection
    with plain.pipeline(), psycopg.Cursor(plain) as cursor:
        cursor.execute(PRESENT, [location_id], binary=True)
        yield cache(lambda: Shelf(*(column or b"" for column in cursor.fetchone())))


def gone(location_id: UUID, inventory_ids: list[int]) -> set[int]:
    """Those of the packages that were here once."""
    found = iter_unpack("!q", _packed(GONE, [location_id, inventory_ids])) if inventory_ids else ()
    return {package for (package,) in found}


def amounts(location_id: UUID) -> list[tuple[int, int, int]]:
    """Inventory id, quantity and price of the present packages; the latter in ten-thousandths."""
    return list(iter_unpack("!qqq", _packed(AMOUNTS, [location_id])))


def _packed(sql: str, values: list) -> bytes:
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        [[packed]] = cursor.execute(sql, values, binary=True).fetchall()
    return packed or b""
