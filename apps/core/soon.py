"""Small writes that may reach the disk a moment after we went on: leases, and steps for those who watch.

A power cut takes back the last half second of them, never one that a careful commit came after. A lease that is gone
lets nobody write twice: its holder's number is no longer the row's.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SOON = "SET LOCAL synchronous_commit TO off;"


def execute(sql: str, values) -> tuple | None:
    """Run one statement, in a transaction of its own unless one is open; its first row, if it gives any."""
    return next(iter(rows(sql, values)), None)


def rows(sql: str, values) -> list[tuple]:
    """The same; all rows."""
    return together("" if connection.in_atomic_block else SOON, sql, values)


def together(before: str, sql: str, values, after: str = "") -> list[tuple]:
    """One message, and so one transaction: a statement's rows, with others before it and after it."""
    with connection.cursor() as cursor:
        cursor.execute(before + sql + after, values)
        for _ in range(before.count(";")):
            cursor.nextset()
        return cursor.fetchall() if cursor.description else []


@contextmanager
def writing() -> Iterator[None]:
    """The same for several statements."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute(SOON)
        yield
