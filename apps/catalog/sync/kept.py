"""What the shelf holds of a location, in one read: enough to see which rows of a page are as they were."""

from typing import NamedTuple
from uuid import UUID

from apps.catalog.models import StockItem


class Kept(NamedTuple):
    """One present package. `waits`: its link waits for staff."""

    inventory_id: int
    link_id: int
    waits: bool
    digest: bytes


class Shelf(NamedTuple):
    """`packages` by inventory id; `known` is the inventory id by fingerprint, as `read_inventory` asks for it."""

    packages: dict[int, Kept]
    known: dict[bytes, int]


def shelf(location_id: UUID) -> Shelf:
    """The present packages of a location."""
    present = StockItem.objects.filter(location_id=location_id).present()
    rows = list(present.values_list("inventory_id", "link_id", "product_id", "digest", "fingerprint"))
    return Shelf(
        {id_: Kept(id_, link, product is None, bytes(digest)) for id_, link, product, digest, _ in rows},
        {bytes(print_): id_ for id_, *_, print_ in rows if print_},
    )
