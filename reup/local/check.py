"""When a started ReUp counts as up: its web and its emulators answer, and an inventory sync has come through."""

import contextlib
import json
import time
import urllib.error
from collections.abc import Callable

import psycopg

from reup.local.emulators import DIRECT
from reup.local.places import LocalError

PATIENCE = 120  # seconds, for each wait
DONE = ("completed", "completed_with_quarantine")


def wait(until: Callable[[], bool], *, what: str, meanwhile: Callable[[], None], patience: float = PATIENCE) -> None:
    """Ask `until` four times a second; `meanwhile` raises where waiting has become pointless."""
    deadline = time.monotonic() + patience
    while not until():
        meanwhile()
        if time.monotonic() > deadline:
            raise LocalError(f"{what} for {patience:.0f} s")
        time.sleep(0.25)


def web_is_ready(url: str) -> bool:
    """/readyz answers 200: PostgreSQL, migrations and disk are there."""
    try:
        return DIRECT.open(f"{url}/readyz", timeout=5).status == 200
    except (urllib.error.URLError, OSError):
        return False


def why_not_ready(url: str) -> str:
    """What /readyz itself says."""
    try:
        return DIRECT.open(f"{url}/readyz", timeout=5).read(500).decode()
    except urllib.error.HTTPError as refused:
        return refused.read(500).decode(errors="replace")
    except OSError as error:
        return str(error)


def inventory_has_synced(database_url: str) -> bool:
    """Whether any inventory run has completed, with or without quarantine."""
    with contextlib.suppress(psycopg.Error), psycopg.connect(database_url, connect_timeout=5) as connection:
        connection.execute("SET ROLE reup_everyone")  # row-level security shows nothing to a role without a scope
        found = connection.execute("SELECT 1 FROM core_syncrun WHERE state = ANY(%s) LIMIT 1", [list(DONE)])
        return found.fetchone() is not None
    return False


def report(*, ok: bool, started: float, url: str = "", **more: object) -> str:
    """The one line of `up --check`."""
    return json.dumps({"ok": ok, "url": url, **more, "seconds": round(time.time() - started, 1)})
