"""The roof as an app: it owns the commands that see every other one."""

from django.apps import AppConfig


class Roof(AppConfig):
    name = "reup"
    label = "reup"

    def ready(self):
        from apps.accounts import keyed

        from . import policy

        keyed.judged_by(policy.scope_of)
