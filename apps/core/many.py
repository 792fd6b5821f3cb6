"""Many rows of a model in one trip to the database, where Django's `bulk_update` would take longer to write its
statement than PostgreSQL to run it."""

import json
from collections.abc import Sequence
from functools import cache

from django.db import connection
from django.db.models import Model

UPDATE = """
UPDATE {table} AS kept SET {values} FROM jsonb_to_recordset(%s::jsonb) AS new({columns}) WHERE kept.{key} = new.{key}
"""


def update(rows: Sequence[Model], *fields: str) -> None:
    """Write these fields (by their columns' names) of rows of one model. Values are what JSON can say, or what reads as
    their column's type when it is written as text: moments, decimals, UUIDs."""
    if not rows:
        return
    model, key = type(rows[0]), rows[0]._meta.pk.attname
    said = [{name: getattr(row, name) for name in (key, *fields)} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, fields), [json.dumps(said, default=str)])


@cache
def _statement(model: type[Model], fields: tuple[str, ...]) -> str:
    meta = model._meta
    types = {field.attname: field.rel_db_type(connection) for field in meta.concrete_fields}
    return UPDATE.format(
        table=meta.db_table,
        key=meta.pk.attname,
        columns=", ".join(f"{name} {types[name]}" for name in (meta.pk.attname, *fields)),
        values=", ".join(f"{name} = new.{name}" for name in fields),
    )
