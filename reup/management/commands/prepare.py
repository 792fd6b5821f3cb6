"""`manage.py prepare`: database and static files made ready, once per release; the demo where it is asked for."""

import contextlib
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django_celery_beat.models import PeriodicTask

from apps.core import jobs
from apps.core.roles import as_owner
from apps.core.scope import everyone
from reup import demo_people

ONE_AT_A_TIME = 0x7265757000  # of PostgreSQL's advisory locks: two hosts releasing at once take turns


class Command(BaseCommand):
    help = "Migrates, collects static files that changed, and fills the demo into an empty database (REUP_DEMO=1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-static", dest="static", action="store_false", help="leave static files alone")
        parser.add_argument("--no-demo", dest="demo", action="store_false", help="never fill the demo")

    def handle(self, *, static: bool, demo: bool, **_: object) -> None:
        with taking_turns():
            self.migrate()
            if demo and settings.REUP_DEMO:
                self.fill()
            recall()
        if static:
            self.collect()

    def migrate(self) -> None:
        with as_owner():
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            call_command("migrate", interactive=False, verbosity=0)
            self.stdout.write("migrations applied")

    def fill(self) -> None:
        """The story into an empty database only; its people are written down for `up` to print."""
        with everyone("is this database empty?"):
            empty = not get_user_model().objects.exists()
        if empty:
            call_command("demo", stdout=io.StringIO())
            jobs.enqueue("catalog.sync_stores", now=True)  # the timetable's own first turn may be a while away
            jobs.enqueue("reup.fill_orders", key="demo", after=5)
            self.stdout.write("demo filled in")
        demo_people.write_down()

    def collect(self) -> None:
        """collectstatic, unless every file is as it was the last time."""
        stamp, now = Path(settings.STATIC_ROOT).with_suffix(".stamp"), fingerprint()
        if not stamp.is_file() or stamp.read_text() != now or not Path(settings.STATIC_ROOT).is_dir():
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp.write_text(now)
            self.stdout.write("static files collected")


@contextlib.contextmanager
def taking_turns() -> Iterator[None]:
    """One `prepare` at a time on a database, from whatever host: a lock on a connection of its own, free at its end."""
    line = connection.get_new_connection(connection.get_connection_params())
    with contextlib.closing(line):
        line.autocommit = True
        line.execute("SET statement_timeout = 0")
        line.execute("SET lock_timeout = 0")
        line.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield


def recall() -> None:
    """Beat writes its lines anew at each start and counts one that never ran from there: restarts could starve it."""
    PeriodicTask.objects.filter(last_run_at=None).update(last_run_at=F("date_changed"))


def fingerprint() -> str:
    """Of all static files by name, size and time, and of what stores them."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for name, path in sorted(static_files()):
        facts = path.stat()
        digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def static_files() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))
