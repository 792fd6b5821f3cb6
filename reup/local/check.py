"""When a started ReUp counts as up: its web and its emulators answer, and an inventory sync has come through."""

import contextlib
import os
import time
import urllib.error
from collections.abc import Callable

import psycopg

from reup.local import emulators
from reup.local.emulators import DIRECT
from reup.local.ground import Start
from reup.local.places import LocalError
from reup.local.progress import say, step

PATIENCE = 120  # seconds, for each wait
DONE = ("completed", "completed_with_quarantine")
Look = Callable[[], None]  # raises where waiting has become pointless


def web(start: Start, look: Look) -> None:
    """Wait for /readyz: PostgreSQL, migrations and disk are there."""
    address = f"{start.url}/readyz"
    wait(lambda: status(address) == 200, why=lambda: f"{address} is not ready: {words(address)}", look=look)


def emulator(url: str, token: str, look: Look) -> None:
    wait(lambda: emulators.ready(url, token), why=lambda: f"{url} does not answer", look=look)


def first_sync(start: Start, look: Look) -> None:
    """Wait for one inventory run that has completed, with or without quarantine."""
    database = start.settings.get("DATABASE_URL") or os.environ["DATABASE_URL"]
    wait(lambda: has_synced(database), why=lambda: "no inventory sync has completed", look=look)


def finish(start: Start, look: Look) -> int:
    """The end of `--check`: its one line on standard output."""
    if start.demo:
        with step("first sync"):
            first_sync(start, look)
    say(start.report(ok=True), result=True)
    return 0


def wait(until: Callable[[], bool], *, why: Callable[[], str], look: Look, patience: float = PATIENCE) -> None:
    """Ask `until` four times a second, for `patience` seconds."""
    deadline = time.monotonic() + patience
    while not until():
        look()
        if time.monotonic() > deadline:
            raise LocalError(f"{why()} (waited {patience:.0f} s)")
        time.sleep(0.25)


def status(url: str) -> int:
    try:
        return DIRECT.open(url, timeout=5).status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def words(url: str) -> str:
    """What the address itself says about its state."""
    try:
        return DIRECT.open(url, timeout=5).read(500).decode(errors="replace")
    except urllib.error.HTTPError as refused:
        return refused.read(500).decode(errors="replace")
    except OSError as error:
        return str(error)


def has_synced(database_url: str) -> bool:
    with contextlib.suppress(psycopg.Error), psycopg.connect(database_url, connect_timeout=5) as connection:
        connection.execute("SET ROLE reup_everyone")  # row-level security shows nothing to a role without a scope
        found = connection.execute("SELECT 1 FROM core_syncrun WHERE state = ANY(%s) LIMIT 1", [list(DONE)])
        return found.fetchone() is not None
    return False
