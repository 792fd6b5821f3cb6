"""Accounts: who, for which organization, at which location."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "apps.accounts"
    verbose_name = "Accounts"

    def ready(self):
        from apps.core import topics
        from apps.core.invariants import keep
        from apps.core.live import people

        from . import rules
        from .actions import sessions
        from .middleware import owes_factor, scope_for
        from .topics import own_runs, own_self

        topics.own("me", own_self)
        topics.own("runs", own_runs)
        people.work_in(scope_for)
        people.ask_of_programs(sessions.lives)
        people.ask_of_browsers(owes_factor)
        keep(*rules.INVARIANTS)
