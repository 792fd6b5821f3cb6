"""Orders: from a draft to a confirmed delivery."""

from django.apps import AppConfig


class Orders(AppConfig):
    name = "apps.orders"
    verbose_name = "Orders"

    def ready(self):
        from apps.core.invariants import keep

        from .rules import books

        keep(*books.INVARIANTS)
