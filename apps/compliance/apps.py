"""Compliance: what the state must know, and what it answered."""

from django.apps import AppConfig


class Compliance(AppConfig):
    name = "apps.compliance"
    verbose_name = "Compliance"

    def ready(self):
        from apps.core import topics
        from apps.core.invariants import keep

        from .invariants import INVARIANTS
        from .topics import own_receiving

        topics.own("receiving", own_receiving)

        keep(*INVARIANTS)
