"""What a seller offers a buyer for products: their prices, tiers and packs, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from apps.accounts.models import Location, Organization
from apps.catalog.models import PackRule, PriceRow, Product, ShelfLine
from apps.catalog.models.prices import holds_on
from apps.catalog.prices import Listed, Offer, Pack, Tier, offer, packed
from apps.core.errors import Refused


def offers(
    *, seller: Organization, buyer: Organization, products: Iterable[Product], on: date, place: Location | None = None
) -> dict[UUID, Offer]:
    """Each product's offer to the buyer on a day, by its id. Three queries, however many products.

    The shelf's price is that of `place`, one of the seller's; without one, of the shelf that has most of the product.
    """
    own = [product for product in products if product.organization_id == seller.pk]
    return any_offers(products=own, buyer=buyer, on=on, place=place)


def any_offers(
    *, products: Iterable[Product], buyer: Organization | UUID, on: date, place: Location | None = None
) -> dict[UUID, Offer]:
    """The same for products of several sellers."""
    wanted = {product.pk: product for product in products}
    shelves = ShelfLine.objects.filter(product__in=wanted, location__is_active=True)
    shelves = shelves.filter(location=place) if place else shelves
    most = shelves.order_by("product_id", "-quantity", "id").distinct("product_id")
    lines = {line.product_id: line for line in most.only("product_id", "price", "unit")}
    return _offers(wanted.values(), lines, getattr(buyer, "pk", buyer), on)


def shelf_offers(*, lines: Iterable[ShelfLine], buyer: Organization | UUID, on: date) -> dict[UUID, Offer]:
    """The same for lines of shelves already read with their products, one line a product: two queries."""
    by_product = {line.product_id: line for line in lines}
    products = [line.product for line in by_product.values()]
    return _offers(products, by_product, getattr(buyer, "pk", buyer), on)


def check(offer: Offer, quantity) -> None:
    """Raises the refusal that `Offer.check` found."""
    refused: Refused | None = offer.check(quantity)
    if refused:
        raise refused


def _offers(products: Iterable[Product], lines: dict[UUID, ShelfLine], buyer: UUID, on: date) -> dict[UUID, Offer]:
    products = list(products)
    ids = [product.pk for product in products]
    lists, packs = _listed(ids, buyer, on), _packs(ids, buyer, on)
    made = {}
    for product in products:
        line = lines.get(product.pk)
        made[product.pk] = offer(
            product_id=product.pk,
            product=product.name,
            unit=line.unit if line else "",
            shelf_price=line.price if line else None,
            lists=lists[product.pk],
            pack=packed(packs[product.pk]),
        )
    return made


def _listed(products: list[UUID], buyer: UUID, on: date) -> dict[UUID, list[Listed]]:
    """What the buyer's lists in force say of each product."""
    rows = PriceRow.objects.filter(holds_on(on, "price_list__"), product__in=products, price_list__buyers__buyer=buyer)
    told = rows.order_by("price_list__priority", "from_quantity").values_list(
        "product_id", "price_list__name", "price_list__priority", "from_quantity", "price"
    )
    tiers: dict = defaultdict(list)
    for product, name, priority, from_quantity, price in told:
        tiers[product, name, priority].append(Tier(from_quantity, price))
    found = defaultdict(list)
    for (product, name, priority), steps in tiers.items():
        found[product].append(Listed(name, priority, tuple(steps)))
    return found


def _packs(products: list[UUID], buyer: UUID, on: date) -> dict[UUID, list[Pack]]:
    """Each product's pack rules, the buyer's lists' by priority, what is for everybody last."""
    mine = holds_on(on, "price_list__") & Q(price_list__buyers__buyer=buyer)
    rules = PackRule.objects.filter(Q(price_list=None) | mine, product__in=products)
    found = defaultdict(list)
    ordered = rules.order_by("price_list__priority").values_list("product_id", "minimum", "multiple")  # nulls last
    for product, minimum, multiple in ordered:
        found[product].append(Pack(minimum, multiple))
    return found
