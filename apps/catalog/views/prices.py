"""Why a price is what it is: the batch that expires first names it; the other batches' prices stand beside it."""

from collections import defaultdict

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.catalog.models import ShelfLine, StockItem
from apps.catalog.models.standing import Standing
from apps.core.look.text import money, when

MOST = 6  # batches told in a row; the product's page has them all


def explain(lines: list[ShelfLine], place, told: str) -> None:
    """Gives each line `batches` and `price_why` {reason, steps, source}; one read for all of them."""
    batches = defaultdict(list)
    found = StockItem.objects.for_sale().filter(location=place, product__in=[line.product_id for line in lines])
    for item in found.only("product_id", "batch", "tag", "inventory_id", "price", "expires_date"):
        batches[item.product_id].append(item)
    for line in lines:
        line.batches = batches[line.product_id]
        line.price_why = why(line, line.batches, told)


def why(line: ShelfLine, batches: list[StockItem], told: str) -> dict:
    """`told` is the line that says where the price comes from."""
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
    return {"reason": reason, "steps": steps, "source": told}


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
