"""Statements that take longer to plan than to run, planned once a connection: many small reads under row security.

PostgreSQL plans them anew by itself when the role changes, or a table or its statistics do.
"""

from weakref import WeakKeyDictionary

from django.db import connection

_known: WeakKeyDictionary = WeakKeyDictionary()  # psycopg's connection → names of what is prepared on it


def fetch(name: str, types: str, sql: str, values: list) -> tuple:
    """The first row. `sql` has `$1`, `$2` … for the values, whose types are named in order."""
    with connection.cursor() as cursor:
        names = _known.setdefault(connection.connection, set())
        if name not in names:
            with connection.wrap_database_errors:
                connection.connection.execute(f"PREPARE {name} ({types}) AS {sql}")
            names.add(name)
        cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values)
        return cursor.fetchone()
