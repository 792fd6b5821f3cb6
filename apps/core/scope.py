"""Whose rows these are: one ambient scope, entered by middleware, jobs and sockets, kept by row-level security.

No scope, no rows. Scopes nest; the settings are set at once on entering, so that rolling back a transaction that began
inside a scope comes back to that scope, and one that began outside comes back to the outer one.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import connection
from psycopg.pq import TransactionStatus

from . import soon

APP, EVERYONE = "reup_app", "reup_everyone"  # the roles of roles.py


@dataclass(frozen=True)
class Scope:
    """Rows of `organization` may be read and written; of `reads` (connected wholesalers), what they share may be read.

    `user` opens a person's own rows (memberships, wallets). `everyone` is the reason for seeing all organizations.
    """

    organization: UUID | None = None
    user: UUID | None = None
    reads: tuple[UUID, ...] = ()
    everyone: str = ""


NOBODY = Scope()
_current: ContextVar[Scope] = ContextVar("scope", default=NOBODY)


def current() -> Scope:
    return _current.get()


@contextmanager
def scope(
    organization=None, *, user: UUID | None = None, reads: Iterable[UUID] = (), everyone: str = ""
) -> Iterator[Scope]:
    """Enter a scope. `organization` is one, or its id."""
    with entered(Scope(getattr(organization, "pk", organization), user, tuple(reads), everyone)) as entered_scope:
        yield entered_scope


@contextmanager
def everyone(why: str) -> Iterator[Scope]:
    """See all organizations for a stated reason, keeping who is asking."""
    with entered(replace(current(), everyone=why)) as entered_scope:
        yield entered_scope


def overall(sql: str, values, *, why: str, at_leisure: bool = False) -> list[tuple]:
    """One statement's rows, seen as in `everyone`, in one trip to the database instead of three."""
    before = soon.SOON if at_leisure and not connection.in_atomic_block else ""
    if current().everyone:
        return soon.together(before, sql, values)
    return soon.together(before + f"SET ROLE {EVERYONE};", f"/* {why} */ {sql}", values, f"; SET ROLE {APP}")


@contextmanager
def entered(wanted: Scope) -> Iterator[Scope]:
    token = _current.set(wanted)
    try:
        apply(connection)
        yield wanted
    finally:
        _current.reset(token)
        if _usable(connection):
            apply(connection)


def apply(connection) -> None:
    """Tell the connection whose rows it may see. A connection not yet opened is told when it opens (roles.py)."""
    if connection.connection is None:
        return
    wanted = current()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, false), set_config('app.org', %s, false),"
            " set_config('app.user', %s, false), set_config('app.reads', %s, false)",
            [
                EVERYONE if wanted.everyone else APP,
                str(wanted.organization or ""),
                str(wanted.user or ""),
                ",".join(map(str, wanted.reads)),
            ],
        )


def _usable(connection) -> bool:
    """False for a broken transaction: rolling it back brings the outer scope's settings back by itself; and for a lost
    connection: the next one takes up its scope when it opens."""
    if connection.connection is None or connection.connection.closed or connection.needs_rollback:
        return False
    return connection.connection.info.transaction_status in (TransactionStatus.IDLE, TransactionStatus.INTRANS)
