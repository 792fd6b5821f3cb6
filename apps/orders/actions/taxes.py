"""The rates on an order's lines: by the state the goods go to, the day, and each product's category."""

from datetime import datetime
from uuid import UUID

from apps.accounts.rules import local_date
from apps.catalog.models import Product
from apps.orders.models import Order, OrderLine, TaxRule


def rates_now(order: Order, lines: list[OrderLine], now: datetime) -> dict[UUID, list[dict]]:
    """Each line's rates today, by its id. One query, two where a rule is for a category."""
    on = local_date(order.site_zone, now)
    rules = list(TaxRule.objects.in_force(seller=order.seller_id, state=order.deliver_state, on=on))
    categories = _categories(lines) if any(rule.category_id for rule in rules) else {}
    return {line.pk: [rule.rate() for rule in rules if _on(rule, categories.get(line.product_id))] for line in lines}


def _on(rule: TaxRule, category) -> bool:
    return rule.category_id in (None, category)


def _categories(lines: list[OrderLine]) -> dict:
    found = Product.objects.filter(pk__in=[line.product_id for line in lines])
    return dict(found.values_list("pk", "category_id"))
