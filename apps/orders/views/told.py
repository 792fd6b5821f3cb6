"""An order's lines for pages: with the drawing of the product, why the price is what it is, and what is compared."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from apps.catalog.models import Product
from apps.catalog.prices import told as price_told
from apps.orders import rules
from apps.orders.models import Order, OrderLine, finding

ACCEPTED_ON = frozenset({rules.State.ACCEPTED, rules.State.PREPARING}) | rules.HAS_LEFT


def lines_of(order: Order) -> list[OrderLine]:
    """In their order; `form` draws the product, `price_why` is the trail kept on the line. Two reads."""
    lines = list(order.lines.order_by("position"))
    found = Product.objects.filter(pk__in=[line.product_id for line in lines]).select_related("category")
    products = {product.pk: product for product in found}
    for line in lines:
        line.order = order
        if product := products.get(line.product_id):  # not seen any more where the two are no longer connected
            line.product = product
        line.form = product.category.form if product and product.category else "jar"
        line.price_why = price_told(line.why, order.currency) | {"source": _source(order)}
    return lines


def _source(order: Order) -> str:
    if order.state == rules.State.DRAFT:
        return _("Today's price; frozen when the order is submitted")
    return _("Kept on the line since the order was submitted")


def columns(order: Order) -> dict[str, bool]:
    """Which quantities the table shows beside what was ordered."""
    return {
        "accepted": order.state in ACCEPTED_ON,
        "shipped": order.state in rules.HAS_LEFT,
        "received": order.state in (rules.State.DELIVERED, rules.State.CONFIRMED, rules.State.RETURNED),
    }


def many(counts: Iterable[int]) -> int | str:
    """Of a tab's states; counting stops where nobody counts any more: `1,000+`."""
    counts, most = list(counts), finding.MOST_COUNTED
    return sum(counts) if max(counts) < most else f"{most:,}+"
