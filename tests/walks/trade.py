"""One row of everything that a seller agrees with a buyer and asks of it, for the town."""

from datetime import time
from decimal import Decimal

from django.utils import timezone

from apps.core.scope import scope
from apps.orders.actions import billing
from apps.orders.models import DeliveryRule, DeliveryRuleBuyer, Invoice, Order, TradeTerms
from apps.orders.rules import State
from tests import make


def agreed(*, shown: str, kept: str, order: Order, product) -> dict:
    """Rows by table. The buyer of `order` reads its own list, round and invoice; of the others nothing."""
    seller, buyer = order.seller, order.buyer
    listed = make.price_list(seller=seller, buyers=[buyer], name=f"{shown} prices", rows=[(product, 0, "9.25")])
    for_others = make.price_list(seller=seller, name=f"{kept} prices", rows=[(product, 0, "1.11")])
    make.pack(product=product, multiple="2", price_list=for_others)
    terms = TradeTerms.objects.create(seller=seller, buyer=buyer, payment="NET_30", credit_limit=Decimal(90_000))
    told = {"location": order.ships_from, "weekdays": [1], "windows": ["08:00-10:00"], "cutoff": time(12)}
    round_ = DeliveryRule.objects.create(area=f"{shown} round", **told)
    hidden = DeliveryRule.objects.create(area=f"{kept} round", for_everyone=False, **told)
    DeliveryRuleBuyer.objects.create(rule=hidden, buyer=seller)
    return {
        "catalog.pricelist": listed,
        "catalog.packrule": make.pack(product=product, multiple="6"),
        "orders.deliveryrule": round_,
        "orders.taxrule": make.tax_rule(organization=seller, name=f"{shown} tax"),
        "orders.tradeterms": terms,
        "orders.invoice": _billed(order),
    }


def _billed(order: Order) -> Invoice:
    """Of an order like it that has shipped: the one in the town stands where it is."""
    line = order.lines.first()
    shelf = [(line.shelf_line, 1)]
    shipped = make.order(seller=order.seller, location=order.location, lines=shelf, note=order.note)
    Order.objects.filter(pk=shipped.pk).update(state=State.SHIPPED, terms="NET_30")
    shipped.refresh_from_db()
    shipped.lines.update(accepted=1, shipped=1)
    with scope(order.seller):
        return billing.issue_invoice(order=Order.objects.get(pk=shipped.pk), by="test", now=timezone.now())
