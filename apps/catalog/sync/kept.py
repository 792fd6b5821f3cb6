"""What the shelf holds of a location, in one read: enough to see which rows of a page are as they were."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from struct import iter_unpack
from typing import NamedTuple
from uuid import UUID

import psycopg
from django.db import connection

from apps.gateways.dutchie.payloads.digest import DIGEST, LOOKS

# Every run reads of every package, mostly to find that it is as it was: all of them in one value, so many bytes each.
SO_MANY = "CASE WHEN length({0}) = {1} THEN {0} ELSE decode(repeat('00', {1}), 'hex') END"
NONE = bytes(LOOKS)
PRESENT = f"""
SELECT string_agg(int8send(inventory_id) || int8send(link_id) || boolsend(product_id IS NULL)
                  || {SO_MANY.format("fingerprint", LOOKS)} || {SO_MANY.format("digest", DIGEST)}, '')
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


class Shelf(NamedTuple):
    """The present packages: `packages` tells their links by inventory id, `waiting` the links that wait for staff,
    `known` their inventory ids by fingerprint, `digests` what they were when they were last told of."""

    packages: dict[int, int]
    waiting: frozenset[int]
    known: dict[bytes, int]
    digests: dict[int, bytes]


@contextmanager
def asked_for_shelf(location_id: UUID) -> Iterator[Callable[[], Shelf]]:
    """What is yielded tells the shelf. It is asked for at once: PostgreSQL looks while the caller does other things."""
    connection.ensure_connection()
    plain = connection.connection
    with plain.pipeline(), psycopg.Cursor(plain) as cursor:
        cursor.execute(PRESENT, [location_id], binary=True)
        yield cache(lambda: _shelf(cursor.fetchone()[0] or b""))


def _shelf(packed: bytes) -> Shelf:
    present = list(iter_unpack(f"!qq?{LOOKS}s{DIGEST}s", packed))
    known = {fingerprint: package for package, _, _, fingerprint, _ in present}
    known.pop(NONE, None)  # of rows kept before there were fingerprints
    return Shelf(
        packages={package: link for package, link, _, _, _ in present},
        waiting=frozenset(link for _, link, waits, _, _ in present if waits),
        known=known,
        digests={package: digest for package, _, _, _, digest in present},
    )


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
