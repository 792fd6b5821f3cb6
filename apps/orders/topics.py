"""Who may hear `order.<number>`, and `orders.<organization>` for one's lists."""

from apps.core.scope import current
from apps.orders.models import Order


def may_hear_order(user, number: str) -> bool:
    return Order.objects.visible_to(user).filter(number=number).exists()


def own_orders(user, key: str) -> bool:
    return bool(current().organization) and str(current().organization) == key
