"""What the shelf holds of a location, in one read: enough to see which rows of a page are as they were."""

from typing import NamedTuple
from uuid import UUID

from django.db import connection

# Written out, for it reads every package in every run: the ORM would make objects of what is only compared.
PRESENT = """
SELECT inventory_id, link_id, product_id IS NULL, fingerprint FROM catalog_stockitem
WHERE location_id = %s AND gone_at IS NULL
"""
DIGESTS = """
SELECT inventory_id, CASE WHEN gone_at IS NULL THEN digest ELSE '' END FROM catalog_stockitem
WHERE location_id = %s AND inventory_id = ANY(%s)
"""


class Kept(NamedTuple):
    """One present package. `waits`: its link waits for staff."""

    inventory_id: int
    link_id: int
    waits: bool
    fingerprint: bytes


class Shelf(NamedTuple):
    """`packages` by inventory id; `known` is the inventory id by fingerprint, as `read_inventory` asks for it."""

    packages: dict[int, Kept]
    known: dict[bytes, int]


def shelf(location_id: UUID) -> Shelf:
    """The present packages of a location."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, [location_id])
        present = list(map(Kept._make, cursor.fetchall()))
    known = {kept.fingerprint: kept.inventory_id for kept in present}
    known.pop(b"", None)  # of rows kept before there were fingerprints
    return Shelf({kept.inventory_id: kept for kept in present}, known)


def digests(location_id: UUID, inventory_ids: list[int]) -> dict[int, bytes]:
    """What these packages were when they were last told of; empty for one that is gone, so that its return counts."""
    with connection.cursor() as cursor:
        cursor.execute(DIGESTS, [location_id, inventory_ids])
        return dict(cursor.fetchall())
