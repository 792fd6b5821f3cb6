"""Orders: from a draft to a confirmed delivery."""

from django.apps import AppConfig


class Orders(AppConfig):
    name = "apps.orders"
    verbose_name = "Orders"
