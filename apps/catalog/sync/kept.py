"""What the shelf holds of a location, in one read: enough to see which rows of a page are as they were."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from struct import iter_unpack
from typing import NamedTuple
from uuid import UUID

from django.db import connection

# Every run reads of every package, mostly to find that it is as it was: all of them in one value, so many bytes each.
SIXTEEN = "CASE WHEN {0} THEN {1} ELSE decode(repeat('00', 16), 'hex') END"
NONE = bytes(16)
PRESENT = f"""
SELECT string_agg(int8send(inventory_id) || int8send(link_id) || boolsend(product_id IS NULL)
                  || {SIXTEEN.format("length(fingerprint) = 16", "fingerprint")}, '')
FROM catalog_stockitem WHERE location_id = %s AND gone_at IS NULL
"""  # noqa: S608
DIGESTS = f"""
SELECT string_agg(int8send(inventory_id) || {SIXTEEN.format("gone_at IS NULL AND length(digest) = 16", "digest")}, '')
FROM catalog_stockitem WHERE location_id = %s AND inventory_id = ANY(%s)
"""  # noqa: S608
AMOUNTS = """
SELECT string_agg(int8send(inventory_id) || int8send((quantity * 10000)::bigint)
                  || int8send((price * 10000)::bigint), '')
FROM catalog_stockitem WHERE location_id = %s AND gone_at IS NULL
"""


class Shelf(NamedTuple):
    """The present packages: `packages` tells their links by inventory id, `waiting` the links that wait for staff,
    `known` their inventory ids by fingerprint."""

    packages: dict[int, int]
    waiting: frozenset[int]
    known: dict[bytes, int]


@contextmanager
def asked_for_shelf(location_id: UUID) -> Iterator[Callable[[], Shelf]]:
    """What is yielded tells the shelf. It is asked for at once: PostgreSQL looks while the caller does other things."""
    with connection.cursor() as cursor, connection.connection.pipeline():
        cursor.execute(PRESENT, [location_id])
        yield cache(lambda: _shelf(cursor.fetchone()[0] or b""))


def _shelf(packed: bytes) -> Shelf:
    present = list(iter_unpack("!qq?16s", packed))
    known = {fingerprint: package for package, _, _, fingerprint in present}
    known.pop(NONE, None)  # of rows kept before there were fingerprints
    packages = {package: link for package, link, _, _ in present}
    return Shelf(packages, frozenset(link for _, link, waits, _ in present if waits), known)


def digests(location_id: UUID, inventory_ids: list[int]) -> dict[int, bytes]:
    """What these packages were when they were last told of; zeros for one that is gone, so that its return counts."""
    return dict(iter_unpack("!q16s", _packed(DIGESTS, [location_id, inventory_ids])))


def amounts(location_id: UUID) -> list[tuple[int, int, int]]:
    """Inventory id, quantity and price of the present packages; the latter in ten-thousandths."""
    return list(iter_unpack("!qqq", _packed(AMOUNTS, [location_id])))


def _packed(sql: str, values: list) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0] or b""
