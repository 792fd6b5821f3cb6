"""migrate, as the tables' owner: everything else works under a role that row-level security binds."""

from django.core.management.commands.migrate import Command as Migrate

from apps.core.roles import as_owner


class Command(Migrate):
    def execute(self, *args, **options):
        with as_owner():
            return super().execute(*args, **options)
