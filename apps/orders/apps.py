"""Orders: from a draft to a confirmed delivery."""

from django.apps import AppConfig


class Orders(AppConfig):
    name = "apps.orders"
    verbose_name = "Orders"

    def ready(self):
        from apps.core import topics

        from .topics import may_hear_order, own_orders

        topics.own("order", may_hear_order)
        topics.own("orders", own_orders)
