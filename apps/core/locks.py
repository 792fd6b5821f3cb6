"""One at a time: a lease is a row on the database's clock, with a number that grows: a late holder shows an old one."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.conf import settings
from django.db import Error, OperationalError, connection
from psycopg.errors import LockNotAvailable

from . import soon
from .errors import LeaseLost

PAUSE = 0.2  # seconds between two asks for a lease that is held

TAKE = """
INSERT INTO core_lease (name, fence, until)
SELECT %(name)s, 1, clock_timestamp() + %(seconds)s * interval '1 second'
WHERE NOT EXISTS (SELECT 1 FROM core_lease WHERE name = %(name)s AND until >= clock_timestamp())
ON CONFLICT (name) DO UPDATE SET fence = core_lease.fence + 1, until = excluded.until
WHERE core_lease.until < clock_timestamp() RETURNING fence
"""
KEEP = """
UPDATE core_lease SET until = clock_timestamp() + %s * interval '1 second' WHERE name = %s AND fence = %s
"""


@dataclass(frozen=True)
class Held:
    name: str
    fence: int

    def still(self) -> None:
        """Call inside the transaction that writes: holds the lease row, so that nobody takes over before the commit."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT fence FROM core_lease WHERE name = %s FOR UPDATE", [self.name])
            row = cursor.fetchone()
        if row != (self.fence,):
            raise LeaseLost(f"{self.name} was taken over while this worker was away.")


@contextmanager
def only_one(name: str) -> Iterator[Held | None]:
    """Yield the lease, or None when somebody else holds it. It is kept alive from a thread of its own."""
    fence = _take(name)
    if fence is None:
        yield None
        return
    with heartbeat(lambda: _run(KEEP, [settings.LEASE_SECONDS, name, fence])):
        try:
            yield Held(name, fence)
        finally:
            with suppress(Error):  # after a lost connection the lease simply runs out
                _run("UPDATE core_lease SET until = 'epoch' WHERE name = %s AND fence = %s", [name, fence])


@contextmanager
def in_turn(name: str, *, seconds: float) -> Iterator[Held]:
    """Wait for the lease, at most so long; then LeaseLost."""
    until = time.monotonic() + seconds
    while True:
        with only_one(name) as held:
            if held:
                yield held
                return
        if time.monotonic() > until:
            raise LeaseLost(f"{name} has been held by somebody else for {seconds:.0f} s.")
        time.sleep(PAUSE)


def _take(name: str) -> int | None:
    """The new fence, or None when it is held; a holder writing under it right now (`still`) has its row locked."""
    try:
        return _run(TAKE, {"name": name, "seconds": settings.LEASE_SECONDS})
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return None
        raise


@contextmanager
def heartbeat(beat) -> Iterator[None]:
    """Call `beat` every quarter of a lease, in a thread with a database connection of its own, until the block ends."""
    stop = threading.Event()

    def keep():
        try:
            while not stop.wait(settings.LEASE_SECONDS / 4):
                with suppress(Error):
                    connection.close_if_unusable_or_obsolete()
                    beat()
        finally:
            connection.close()

    thread = threading.Thread(target=keep, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _run(sql: str, values: list | dict) -> int | None:
    row = soon.execute(sql, values)
    return row[0] if row else None
