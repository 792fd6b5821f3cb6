"""Why a price is what it is: the buyer's price list decides it, else the batch that expires first."""

from collections import defaultdict

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.catalog.actions.prices import shelf_offers
from apps.catalog.models import ShelfLine, StockItem
from apps.catalog.models.standing import Standing
from apps.catalog.prices import Offer, told
from apps.core.look.text import money, quantity, when

MOST = 6  # batches told in a row; the product's page has them all


def explain(lines: list[ShelfLine], place, source: str, *, buyer, on) -> None:
    """Gives each line `batches` and what `price` gives it; three reads for all of them."""
    batches = defaultdict(list)
    found = StockItem.objects.for_sale().filter(location=place, product__in=[line.product_id for line in lines])
    for item in found.only("product_id", "batch", "tag", "inventory_id", "price", "expires_date"):
        batches[item.product_id].append(item)
    for line in lines:
        line.batches = batches[line.product_id]
    price(lines, source, buyer=buyer, on=on)


def price(lines: list[ShelfLine], source: str, *, buyer, on) -> None:
    """Gives each line, whose `batches` are read, its `offer` to the buyer, `each`, and `price_why` {reason, steps,
    source}. `source` is the line that says where the shelf's price comes from."""
    offers = shelf_offers(lines=lines, buyer=buyer, on=on)
    for line in lines:
        line.offer = offers[line.product_id]
        line.each = line.offer.first.unit_price
        line.price_why = _by_list(line.offer) or why(line, line.batches, source)
        line.price_why["steps"] += _later(line.offer)


def _by_list(offer: Offer) -> dict | None:
    """The trail of a price that a list decided; None where the shelf's holds."""
    first = offer.first.why
    if not any(step["step"] == "list" for step in first):
        return None
    shown = [step for step in first if step["step"] != "next"]
    return told(shown) | {"source": _("Price list “%(name)s”") % {"name": offer.list_name}}


def _later(offer: Offer) -> list[dict]:
    """The ladder's further steps."""
    return [
        {"term": _("From %(n)s") % {"n": quantity(tier.from_quantity)}, "amount": money(tier.price)}
        for tier in offer.ladder[1:]
    ]


def why(line: ShelfLine, batches: list[StockItem], source: str) -> dict:
    """`source` is the line that says where the price comes from."""
    prices = {item.price for item in batches}
    if not batches:
        reason = _("The last price this product had here. No batch of it is in stock.")
    elif len(batches) == 1:
        reason = _("The price of the only batch in stock.")
    elif len(prices) == 1:
        reason = _("All %(n)s batches cost the same.") % {"n": len(batches)}
    else:
        reason = _("The price of the batch that expires first.")
    steps = [{"term": _batch(item), "amount": money(item.price)} for item in batches[:MOST]]
    if len(batches) > MOST:
        steps.append({"term": _("and %(n)s more batches") % {"n": len(batches) - MOST}, "amount": ""})
    steps.append({"term": _("You pay, each"), "amount": money(line.price), "sum": True})
    return {"reason": reason, "steps": steps, "source": source}


def _batch(item: StockItem) -> str:
    name = item.batch or item.tag or str(item.inventory_id)
    if item.expires_date is None:
        return _("%(batch)s, no best-before date") % {"batch": name}
    return _("%(batch)s, best before %(day)s") % {"batch": name, "day": date_format(item.expires_date, "j M y")}


def source(place, stand: Standing, zone: str) -> str:
    if stand.good_at is None:
        return _("Dutchie POS, %(place)s") % {"place": place.name}
    told = {"place": place.name, "at": when(stand.good_at, zone, stand.now)}
    return _("Dutchie POS price, %(place)s · as of %(at)s") % told
