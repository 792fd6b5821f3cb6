"""Compliance: what the state must know, and what it answered."""

from django.apps import AppConfig


class Compliance(AppConfig):
    name = "apps.compliance"
    verbose_name = "Compliance"

    def ready(self):
        from apps.core.invariants import keep

        from .invariants import INVARIANTS

        keep(*INVARIANTS)
