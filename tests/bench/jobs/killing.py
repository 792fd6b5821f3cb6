"""Two workers, one killed every second: each job writes down when it was begun and until when its lease held."""

import json
import time
from collections import defaultdict
from functools import partial

import redis
import structlog
from django.conf import settings
from django.db import connection, connections
from django.test import override_settings

from apps.core import jobs
from apps.core.models import Job
from apps.core.scope import everyone

from . import ours
from .forked import forked, kill, start

LEASE = 1  # seconds
EVERY = 1.0
PATIENCE = 60.0


def under_kills(count: int) -> dict[str, int]:
    """How many jobs were lost, and how many were begun while somebody else's lease still held."""
    name = f"{settings.REDIS_PREFIX}runs"
    client = redis.Redis.from_url(settings.LIVE_REDIS_URL)
    client.delete(name)
    ours.job_is(partial(_write_down, client, name))
    with everyone("bench"):
        Job.objects.all().delete()
    ours.fill(count)
    with override_settings(LEASE_SECONDS=LEASE):
        killed = _work()
    runs = defaultdict(list)
    for line in client.lrange(name, 0, -1):
        job, began, lease = json.loads(line)
        runs[job].append((began, lease))
    client.delete(name)
    left = _left()
    if not killed:
        raise RuntimeError("All was done before the first kill.")
    return {"jobs lost": count - len(runs) + left, "begun within another's lease": sum(map(_too_soon, runs.values()))}


def _write_down(client: redis.Redis, name: str) -> None:
    job = structlog.contextvars.get_contextvars()["job"]
    with everyone("bench"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp()), extract(epoch FROM lease_until) FROM core_job WHERE id = %s",
            [job],
        )
        began, lease = map(float, cursor.fetchone())
    client.rpush(name, json.dumps([job, began, lease]))


def _too_soon(runs: list[tuple[float, float]]) -> int:
    runs.sort()
    return sum(later <= lease for (_, lease), (later, _) in zip(runs, runs[1:], strict=False))


def _work() -> int:
    """Kills until all is done; how many."""
    connections.close_all()
    kills, until = 0, time.monotonic() + PATIENCE
    with forked(ours.drain_for_ever, count=2) as workers:
        next_kill = time.monotonic() + EVERY
        while _left() and time.monotonic() < until:
            jobs.sweep()
            time.sleep(0.1)
            if time.monotonic() >= next_kill:
                kill(workers.pop(0))
                kills, next_kill = kills + 1, time.monotonic() + EVERY
                connections.close_all()
                workers.append(start(ours.drain_for_ever))
    return kills


def _left() -> int:
    with everyone("bench"):
        return Job.objects.exclude(state=Job.State.DONE).count()
