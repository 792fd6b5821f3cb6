"""Turns of the timetable as unique rows on the database's clock: two beats, or one that jumped, start a turn once."""

from django.db import connection

TAKE = """
INSERT INTO core_slot (schedule, starts_at)
VALUES (%s, to_timestamp(floor(extract(epoch FROM clock_timestamp()) / %s) * %s))
ON CONFLICT DO NOTHING RETURNING id
"""


def take(schedule: str, *, every: float) -> bool:
    """True for the one caller that starts this turn, `every` seconds long. Enqueue in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [schedule, every, every])
        return cursor.fetchone() is not None
