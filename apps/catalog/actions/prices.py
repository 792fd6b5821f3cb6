"""What a seller offers a buyer for products: their prices, tiers and packs, read in one statement however many."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from apps.accounts.models import Location, Organization
from apps.catalog.models import Product, ShelfLine
from apps.catalog.models.pricing import Packed, Pricing, Step, pricing
from apps.catalog.prices import Listed, Offer, Pack, Tier, offer, packed
from apps.core.errors import Refused


def offers(
    *,
    seller: Organization | UUID,
    buyer: Organization | UUID,
    products: Iterable[Product],
    on: date,
    place: Location | UUID | None = None,
) -> dict[UUID, Offer]:
    """Each product's offer to the buyer on a day, by its id. One query, however many products. Rows or ids.

    The shelf's price is that of `place`, one of the seller's; without one, of the shelf that has most of the product.
    """
    own = [product for product in products if product.organization_id == getattr(seller, "pk", seller)]
    return any_offers(products=own, buyer=buyer, on=on, place=place)


def any_offers(
    *, products: Iterable[Product], buyer: Organization | UUID, on: date, place: Location | UUID | None = None
) -> dict[UUID, Offer]:
    """The same for products of several sellers."""
    wanted = {product.pk: product for product in products}
    read = pricing(
        products=wanted, shelves=wanted, place=getattr(place, "pk", place), buyer=getattr(buyer, "pk", buyer), on=on
    )
    return _offers(wanted.values(), {product: (price, unit) for product, price, unit in read.shelves}, read)


def shelf_offers(*, lines: Iterable[ShelfLine], buyer: Organization | UUID, on: date) -> dict[UUID, Offer]:
    """The same for lines of shelves already read with their products, one line a product: one query."""
    by_product = {line.product_id: line for line in lines}
    read = pricing(products=by_product, shelves=(), place=None, buyer=getattr(buyer, "pk", buyer), on=on)
    shelves = {product: (line.price, line.unit) for product, line in by_product.items()}
    return _offers([line.product for line in by_product.values()], shelves, read)


def check(offer: Offer, quantity) -> None:
    """Raises the refusal that `Offer.check` found."""
    refused: Refused | None = offer.check(quantity)
    if refused:
        raise refused


def _offers(products: Iterable[Product], shelves: dict[UUID, tuple], read: Pricing) -> dict[UUID, Offer]:
    """`shelves` are (price, unit) by product."""
    lists, packs = {product: _listed(steps) for product, steps in read.steps}, _packs(read.packs)
    made = {}
    for product in products:
        price, unit = shelves.get(product.pk, (None, ""))
        made[product.pk] = offer(
            product_id=product.pk,
            product=product.name,
            unit=unit,
            shelf_price=price,
            lists=lists.get(product.pk, ()),
            pack=packed(packs[product.pk]),
        )
    return made


def _listed(steps: list[Step]) -> list[Listed]:
    """What each of the buyer's lists in force says of one product."""
    return [
        Listed(name, priority, tuple(Tier(start, price) for _name, _priority, start, price in tiers))
        for (name, priority), tiers in groupby(steps, key=itemgetter(0, 1))
    ]


def _packs(rules: list[Packed]) -> dict[UUID, list[Pack]]:
    """Each product's pack rules, in the order they were read."""
    found = defaultdict(list)
    for product, minimum, multiple in rules:
        found[product].append(Pack(minimum, multiple))
    return found
