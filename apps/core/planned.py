"""Statements that are planned once a connection: for the few that cost more to plan than to do."""

from collections.abc import Mapping, Sequence
from time import monotonic

from django.db import connection
from psycopg import Cursor


def planned(sql: str, values: Mapping | Sequence) -> list[tuple]:
    """Run it as a prepared statement and return its rows. Django's own cursors write values into the text, so that
    PostgreSQL plans each anew. Only for statements whose good plan does not depend on the values."""
    connection.ensure_connection()
    began = monotonic()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        rows = cursor.execute(sql, values, prepare=True).fetchall()
    if connection.queries_logged:  # as Django's own cursors write down what they ask
        connection.queries_log.append({"sql": sql, "time": f"{monotonic() - began:.3f}"})
    return rows
