"""Accounts: who, for which organization, at which location."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "apps.accounts"
    verbose_name = "Accounts"

    def ready(self):
        from apps.core import topics
        from apps.core.invariants import keep

        from . import rules
        from .topics import own_runs, own_self

        topics.own("me", own_self)
        topics.own("runs", own_runs)
        keep(*rules.INVARIANTS)
