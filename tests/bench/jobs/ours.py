"""ReUp's jobs: rows under leases, drained as a Celery worker's child does it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from celery import current_app
from django.db import connection, connections

from apps.core import jobs
from apps.core.models import Job
from apps.core.scope import everyone
from reup.bench.bench import WrongAnswer

from .counting import Counter
from .forked import forked

NAME = "bench.count"
FILL = """
INSERT INTO core_job (name, key, kwargs, queue, state, not_before, attempts, fence, error, created_at, updated_at)
SELECT %s, '', jsonb_build_object('number', n), 'default', 'ready', clock_timestamp() + %s * interval '1 second', 0, 0,
       '', clock_timestamp(), clock_timestamp() FROM generate_series(1, %s) n
"""


def job_is(work: Callable[[], None]) -> None:
    def job(**_):
        work()

    current_app.tasks.pop(NAME, None)
    current_app.task(job, name=NAME)


def fill(count: int, *, after: float = 0) -> None:
    with everyone("bench"), connection.cursor() as cursor:
        cursor.execute(FILL, [NAME, after, count])


def drain_for_ever() -> None:
    while True:
        jobs.drain()
        time.sleep(0.01)


@contextmanager
def work(counter: Counter) -> Iterator[None]:
    job_is(counter.count)
    with everyone("bench"):
        Job.objects.all().delete()
    fill(counter.tasks)
    connections.close_all()
    with forked(drain_for_ever, count=2):
        yield
        _all_done(counter.tasks)


def _all_done(tasks: int) -> None:
    with everyone("bench"):
        done = Job.objects.filter(state=Job.State.DONE, attempts=1).count()
    if done != tasks:
        raise WrongAnswer(f"{done} of {tasks} jobs are marked as done once.")
