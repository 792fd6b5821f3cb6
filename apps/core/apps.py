"""Core: how we record, run and push. It knows no other app."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class Core(AppConfig):
    name = "apps.core"
    verbose_name = "Operations"

    def ready(self):
        from . import logs, roles  # noqa: F401  (logs registers itself)

        connection_created.connect(roles.step_into_role, dispatch_uid="core.role")
        post_migrate.connect(roles.grant, sender=self, dispatch_uid="core.grant")
