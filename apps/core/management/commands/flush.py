"""flush, for tests alone: the append-only tables refuse it anywhere else."""

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush
from django.db import connection

from apps.core.roles import APPEND_ONLY, as_owner


class Command(Flush):
    def handle(self, **options):
        if settings.REUP_ENV != "test":
            raise CommandError("The audit trail can't be emptied. Make a new database instead.")
        with as_owner(), connection.cursor() as cursor:
            for table in APPEND_ONLY:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            try:
                super().handle(**options)
            finally:
                for table in APPEND_ONLY:
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
