"""Jobs at work: claimed in batches, kept by a heartbeat, marked only by who still holds them."""

import json
import random
import time
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from apps.core import scope
from apps.core.errors import Refused
from apps.core.locks import heartbeat
from apps.core.models import Job

from .waiting import ATTEMPTS, QUEUES, end, nudge, wait_again

log = structlog.get_logger(__name__)

CLAIM = """
UPDATE core_job SET state = 'running', attempts = attempts + 1, fence = fence + 1, updated_at = clock_timestamp(),
       lease_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE id IN (
    SELECT id FROM core_job WHERE queue = %(queue)s AND state = 'ready' AND not_before <= clock_timestamp()
    ORDER BY not_before, id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id, name, organization_id, kwargs, attempts, fence
"""
KEEP = """
UPDATE core_job SET lease_until = clock_timestamp() + %s * interval '1 second'
WHERE state = 'running' AND (id, fence) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))
"""


class Claimed(NamedTuple):
    """A job in this worker's hands. A later claim has a higher `fence`, and then this one marks nothing any more."""

    id: int
    name: str
    organization_id: UUID | None
    kwargs: str
    attempts: int
    fence: int


def drain(queue: str = "default", *, seconds: float = 240) -> int:
    """Claim and do ready jobs until none is left or the time is up. Returns how many were done."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        claimed = _claim(queue)
        if not claimed:
            return done
        _do_all(claimed)
        done += len(claimed)
    nudge(queue)
    return done


def _claim(queue: str) -> list[Claimed]:
    values = {"lease": settings.LEASE_SECONDS, "queue": queue, "most": QUEUES.get(queue, 20)}
    with scope.scope(everyone="claiming jobs"), connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return sorted(Claimed(*row) for row in cursor.fetchall())


def _do_all(claimed: list[Claimed]) -> None:
    """One after the other; the lease of all that still wait here is kept meanwhile."""
    waiting = list(claimed)
    with heartbeat(lambda: _keep(list(waiting))):
        for job in claimed:
            with structlog.contextvars.bound_contextvars(job=job.id, job_name=job.name):
                if _keep([job]):
                    _do(job)
                else:
                    log.warning("job_lease_lost", fence=job.fence)
            waiting.remove(job)


def _keep(jobs: list[Claimed]) -> int:
    """Prolong the leases of those still in our hands; how many those are."""
    values = [settings.LEASE_SECONDS, [job.id for job in jobs], [job.fence for job in jobs]]
    with scope.scope(everyone="keeping jobs' leases"), connection.cursor() as cursor:
        cursor.execute(KEEP, values)
        return cursor.rowcount


def _do(job: Claimed) -> None:
    try:
        with scope.scope(job.organization_id):
            _task(job.name).run(**json.loads(job.kwargs))
    except Refused as refusal:
        _mark(job, end, state=Job.State.DEAD, error=refusal.detail)
    except Exception as error:
        log.exception("job_failed", attempts=job.attempts)
        _fail(job, f"{type(error).__name__}: {error}"[:500])
    else:
        _mark(job, end, state=Job.State.DONE, error="")


def _task(name: str):
    """The task of that name. Outside a Celery worker nobody has imported the tasks yet."""
    if name not in current_app.tasks:
        current_app.autodiscover_tasks(force=True)
    return current_app.tasks[name]


def _fail(job: Claimed, error: str) -> None:
    if job.attempts >= ATTEMPTS:
        return _mark(job, end, state=Job.State.DEAD, error=error)
    wait = random.uniform(1, min(5 * 2**job.attempts, 3600))  # noqa: S311  (full jitter, reliability.md D06)
    return _mark(job, wait_again, not_before=Now() + timedelta(seconds=wait), error=error)


def _mark(job: Claimed, how, **values) -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()  # the work may have lost it; the mark takes a new one
    with scope.scope(everyone="marking a job"):
        if not how(Job.objects.filter(pk=job.id, fence=job.fence, state=Job.State.RUNNING), **values):
            log.warning("job_lease_lost", fence=job.fence)
