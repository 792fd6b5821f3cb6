"""What the sweep and a claim cost while many jobs wait for their time."""

import time

from django.db import connection

from apps.core import jobs
from apps.core.models import Job
from apps.core.roles import as_owner
from apps.core.scope import everyone

from . import ours

LATER = 86_400
TIMES = 15


def sweep_seconds(waiting: int) -> list[float]:
    """Of each of some sweeps over so many jobs that are not yet due, one that looks for due ones included."""
    with everyone("bench"):
        Job.objects.all().delete()
    ours.fill(waiting, after=LATER)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE core_job")
    return [_once() for _ in range(TIMES)]


def _once() -> float:
    began = time.perf_counter()
    jobs.sweep()
    jobs.drain()
    return time.perf_counter() - began
