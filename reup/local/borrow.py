"""Any management command on one machine: it gets the engines, the demo and the emulators it needs, while it runs."""

import contextlib
import os
import sys
from collections.abc import Iterator

from reup.local import emulators, running
from reup.local.lease import Lease
from reup.local.places import VAR, make_secrets

WITHOUT_DATABASE = {
    *("check", "collectstatic", "compilemessages", "diffsettings", "evaluate_deals", "findstatic", "help"),
    *("makemessages", "makemigrations", "match_products", "sandbox", "spectacular", "startapp", "version"),
}
AS_IT_IS = {
    "bench",
    "lab",
    "dbshell",
    "flush",
    "migrate",
    "optimizemigration",
    "prepare",
    "showmigrations",
    "sqlflush",
    "sqlmigrate",
}
URLS = ("DATABASE_URL", "REDIS_URL")


def run(argv: list[str]) -> None:
    """Django's own command line, on prepared ground."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reup.settings")
    name = argv[1] if len(argv) > 1 else "help"
    if not needs_ground(name, argv):
        execute_from_command_line(argv)
        return
    with ground(name):
        if name not in AS_IT_IS:
            prepare(fill=name != "demo")
        execute_from_command_line(argv)


def needs_ground(name: str, argv: list[str]) -> bool:
    """Not where a database is named, in production, or where the command needs none."""
    elsewhere = os.environ.get("DATABASE_URL") or os.environ.get("REUP_ENV") == "production"
    plain = name in WITHOUT_DATABASE or name.startswith("-") or {"--help", "-h"} & set(argv[2:])
    return not (elsewhere or plain)


@contextlib.contextmanager
def ground(name: str) -> Iterator[None]:
    """The environment of a command: `up`'s own where it runs, else engines and the emulators this command calls."""
    make_secrets()
    for key, value in running.facts().get("environment", {}).items():
        os.environ.setdefault(key, value)
    os.environ.setdefault("REUP_DEMO", "1")
    with contextlib.ExitStack() as stack:
        lease = stack.enter_context(Lease(url for url in URLS if not os.environ.get(url)))
        os.environ.update(lease.urls)
        if os.environ["REUP_DEMO"] == "1":
            called = emulators.missing(emulators.CALLED_BY.get(name, []))
            os.environ.update(stack.enter_context(emulators.running(called, logs=VAR / "log")))
        yield


def prepare(*, fill: bool) -> None:
    """Migrations and, into an empty database, the demo; nothing of it on standard output."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("prepare", static=False, demo=fill, stdout=sys.stderr)
