"""Orders: from a draft to a confirmed delivery."""

from django.apps import AppConfig


class Orders(AppConfig):
    name = "apps.orders"
    verbose_name = "Orders"

    def ready(self):
        from apps.catalog.events import stock_changed
        from apps.compliance.events import report_settled, transfer_seen
        from apps.core import topics
        from apps.core.invariants import keep

        from .rules import books
        from .topics import may_hear_order, own_orders

        topics.own("order", may_hear_order)
        topics.own("orders", own_orders)
        stock_changed.reaches("orders.note_stock")
        report_settled.reaches("orders.note_report", about=_an_order)
        transfer_seen.reaches("orders.note_transfer", about=_an_order)
        keep(*books.INVARIANTS)


def _an_order(facts: dict) -> bool:
    return bool(facts["order_number"])
