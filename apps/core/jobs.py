"""Later is a row with a name: written with its cause, claimed in batches, done under a lease and a fence.

Celery only brings the nudge. A job may run twice (its worker was killed after the work and before the mark), never not at all.
"""

import random
import time
from datetime import timedelta

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from . import scope
from .errors import Refused
from .locks import heartbeat
from .models import Job

log = structlog.get_logger(__name__)
ATTEMPTS = 12
QUEUES = {"default": 20, "sync": 1}  # queue → jobs a claim; a long job must not sit on a batch of others

CLAIM = """
UPDATE core_job SET state = 'running', attempts = attempts + 1, fence = fence + 1, updated_at = clock_timestamp(),
       lease_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE id IN (
    SELECT id FROM core_job WHERE queue = %(queue)s AND state = 'ready' AND not_before <= clock_timestamp()
    ORDER BY not_before, id LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id, name, organization_id, kwargs, attempts, fence
"""
RESCUE = """
UPDATE core_job SET state = 'ready', not_before = clock_timestamp(), error = 'its worker went away'
WHERE id IN (
    SELECT id FROM core_job WHERE state = 'running' AND lease_until < clock_timestamp()
    ORDER BY lease_until LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""
_quiet_until = 0.0


def enqueue(name: str, *, key: str = "", queue: str = "default", after: float = 0, organization=None, **kwargs) -> None:
    """Write a job in this transaction. `name` is `<app>.<verb>`, a task; `kwargs` are ids and plain values only.

    With a `key`, one waiting job is enough: a second is not written. `after` seconds pass first. The job runs in the scope of
    `organization` (this scope's, unless told otherwise).
    """
    organization_id = getattr(organization, "pk", organization) or scope.current().organization
    values = {"name": name, "key": key, "queue": queue, "organization_id": organization_id, "kwargs": kwargs}
    if after:
        values["not_before"] = Now() + timedelta(seconds=after)
    Job.objects.bulk_create([Job(**values)], ignore_conflicts=bool(key))
    if not after:
        transaction.on_commit(lambda: nudge(queue))


def nudge(queue: str) -> None:
    """Wake a worker. When Redis is away, say so once and leave it to the sweep: the row is already safe."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task("core.drain", kwargs={"queue": queue}, expires=60)
    except Exception as error:  # whatever the broker's client raises, the caller's work is done
        _quiet_until = time.monotonic() + 10
        log.warning("nudge_failed", queue=queue, error=type(error).__name__)


def drain(queue: str = "default", *, seconds: float = 240) -> int:
    """Claim and do ready jobs until none is left or the time is up. Returns how many were done."""
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        with scope.scope(everyone="claiming jobs"):
            claimed = _claim(queue)
        if not claimed:
            return done
        done += _do_all(claimed)
    nudge(queue)
    return done


def sweep() -> int:
    """Take back what died with its worker, and wake a worker where something is due. Returns how many were taken back."""
    with scope.scope(everyone="sweeping jobs"):
        with connection.cursor() as cursor:
            cursor.execute(RESCUE)
            rescued = cursor.rowcount
        due = Job.objects.filter(state=Job.State.READY, not_before__lte=Now())
        for queue in due.order_by().values_list("queue", flat=True).distinct():
            nudge(queue)
    return rescued


def again(job_id: int) -> bool:
    """Put a dead job back to work (staff asked). Returns whether it was one."""
    changed = Job.objects.filter(pk=job_id, state=Job.State.DEAD).update(
        state=Job.State.READY, attempts=0, not_before=Now(), error="", finished_at=None
    )
    if changed:
        transaction.on_commit(lambda: nudge(Job.objects.values_list("queue", flat=True).get(pk=job_id)))
    return bool(changed)


def _claim(queue: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": settings.LEASE_SECONDS, "queue": queue, "most": QUEUES.get(queue, 20)})
        return sorted(cursor.fetchall())


def _do_all(claimed: list[tuple]) -> int:
    waiting = [row[0] for row in claimed]

    def keep():
        with scope.scope(everyone="keeping jobs' leases"):
            Job.objects.filter(pk__in=list(waiting), state=Job.State.RUNNING).update(
                lease_until=Now() + timedelta(seconds=settings.LEASE_SECONDS)
            )

    with heartbeat(keep):
        for row in claimed:
            _do(*row)
            waiting.remove(row[0])
    return len(claimed)


def _do(pk: int, name: str, organization_id, kwargs: dict, attempts: int, fence: int) -> None:
    with structlog.contextvars.bound_contextvars(job=pk, job_name=name):
        try:
            with scope.scope(organization_id):
                current_app.tasks[name].run(**kwargs)
        except Refused as refusal:
            _finish(pk, fence, state=Job.State.DEAD, error=refusal.detail)
        except Exception as error:
            log.exception("job_failed", attempts=attempts)
            _fail(pk, fence, attempts, f"{type(error).__name__}: {error}"[:500])
        else:
            _finish(pk, fence, state=Job.State.DONE, error="")


def _fail(pk: int, fence: int, attempts: int, error: str) -> None:
    if attempts >= ATTEMPTS:
        return _finish(pk, fence, state=Job.State.DEAD, error=error)
    wait = random.uniform(1, min(5 * 2**attempts, 3600))  # noqa: S311  (full jitter, reliability.md D06)
    return _mark(pk, fence, state=Job.State.READY, not_before=Now() + timedelta(seconds=wait), error=error)


def _finish(pk: int, fence: int, **values) -> None:
    _mark(pk, fence, finished_at=Now(), **values)


def _mark(pk: int, fence: int, **values) -> None:
    with scope.scope(everyone="marking a job"):
        mine = Job.objects.filter(pk=pk, fence=fence, state=Job.State.RUNNING).update(lease_until=None, **values)
    if not mine:
        log.warning("job_lease_lost", job=pk, fence=fence)
