"""What a queue in PostgreSQL can't beat: a table of its own without any promise but the lease, 200 a claim."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connections

from .counting import Counter
from .forked import forked

MAKE = """
DROP TABLE IF EXISTS bench_job;
CREATE UNLOGGED TABLE bench_job (id bigint PRIMARY KEY, state text, lease_until timestamptz);
"""
CLAIM = """
UPDATE bench_job SET state = 'running', lease_until = clock_timestamp() + interval '60 seconds'
WHERE id = ANY(ARRAY(SELECT id FROM bench_job WHERE state = 'ready' ORDER BY id LIMIT 200 FOR UPDATE SKIP LOCKED))
RETURNING id
"""


@contextmanager
def work(counter: Counter) -> Iterator[None]:
    with _line() as line:
        for statement in MAKE.strip().split(";\n"):
            line.execute(statement)
        line.execute("INSERT INTO bench_job SELECT n, 'ready' FROM generate_series(1, %s) n", [counter.tasks])
    connections.close_all()
    with forked(lambda: _drain(counter), count=2):
        yield


def _drain(counter: Counter) -> None:
    with _line() as line:
        while ids := [row[0] for row in line.execute(CLAIM)]:
            for _ in ids:
                counter.count()
            line.execute("DELETE FROM bench_job WHERE id = ANY(%s)", [ids])


def _line() -> psycopg.Connection:
    line = connections["default"].get_new_connection(connections["default"].get_connection_params())
    line.autocommit = True
    return line
