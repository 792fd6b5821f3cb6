"""Catalog: what lies on which shelf."""

from django.apps import AppConfig


class Catalog(AppConfig):
    name = "apps.catalog"
    verbose_name = "Catalog"

    def ready(self):
        from apps.compliance.events import packages_seen
        from apps.core import topics
        from apps.core.invariants import keep

        from .invariants import INVARIANTS
        from .topics import may_hear_inventory

        topics.own("inventory", may_hear_inventory)
        keep(*INVARIANTS)
        packages_seen.reaches("catalog.compare_packages")
