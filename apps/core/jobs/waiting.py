"""Jobs that wait: written, woken, taken back from the dead, put back by staff."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from celery import current_app
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.core import fast, scope
from apps.core.models import Job

ATTEMPTS = 12
# Queue → jobs in the first claim, later as many as are quick; of long ones each is claimed alone, in a queue of theirs.
QUEUES = {"default": 20, "sync": 1}
_held: ContextVar[set[str] | None] = ContextVar("nudges held", default=None)
GONE = "its worker went away"

# A waiting job with the same key is locked until this transaction ends: a worker that claimed it now would not see yet
# what this transaction changes.
WRITE = """
INSERT INTO core_job (name, organization_id, key, kwargs, queue, state, not_before, attempts, fence, error,
                      created_at, updated_at)
VALUES (%(name)s, %(organization)s, %(key)s, %(kwargs)s, %(queue)s, 'ready',
        clock_timestamp() + %(after)s * interval '1 second', 0, 0, '', clock_timestamp(), clock_timestamp())
ON CONFLICT (name, key) WHERE state = 'ready' AND key <> '' DO UPDATE
SET not_before = least(core_job.not_before, excluded.not_before), updated_at = clock_timestamp()
"""


def enqueue(name: str, *, key: str = "", queue: str = "default", after: float = 0, organization=None, **kwargs) -> None:
    """Write a job in this transaction. `name` is `<app>.<verb>`, a task; `kwargs` are ids and plain values only.

    With a `key`, one waiting job is enough: a second is not written. `after` seconds pass first. The job runs in the
    scope of `organization` (this scope's, unless told otherwise). `queue` is one of QUEUES.
    """
    if queue not in QUEUES:
        raise ValueError(f"There is no queue {queue!r}; nobody would wake a worker for it.")
    organization_id: UUID | None = getattr(organization, "pk", organization) or scope.current().organization
    values = {"name": name, "organization": organization_id, "key": key, "queue": queue, "after": after}
    values |= {"kwargs": json.dumps(kwargs, cls=DjangoJSONEncoder)}
    scope.overall(WRITE, values, why="writing a job")
    if not after:
        transaction.on_commit(lambda: nudge(queue))


def nudge(queue: str) -> None:
    """Wake a worker. When Redis is away, leave it to the sweep: the row is already safe.

    Asked by ping first: the broker's client waits seconds for a Redis that is away, and for one that hangs, for ever.
    """
    if (held := _held.get()) is not None:
        held.add(queue)
        return
    fast.hint("nudge", lambda redis: redis.ping() and _send(queue))


@contextmanager
def one_nudge() -> Iterator[None]:
    """For a worker that writes many jobs in a row: others are woken once, at the block's end."""
    token = _held.set(set())
    try:
        yield
    finally:
        queues = _held.get()
        _held.reset(token)
        for queue in sorted(queues or ()):
            nudge(queue)


def _send(queue: str) -> None:
    current_app.send_task("core.drain", kwargs={"queue": queue}, expires=60)


def sweep() -> int:
    """Take back what died with its worker, wake a worker where something is due. Returns how many were taken back."""
    with scope.scope(everyone="sweeping jobs"):
        late = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=Now())
        found = late.values_list("pk", "attempts")[:1000]
        rescued = sum(_rescue(late.filter(pk=pk), attempts) for pk, attempts in found)
        for queue in QUEUES:
            if Job.objects.filter(queue=queue, state=Job.State.READY, not_before__lte=Now()).exists():
                nudge(queue)
    return rescued


def again(job_id: int) -> bool:
    """Put a dead job back to work (staff asked). Returns whether it was one."""
    dead = Job.objects.filter(pk=job_id, state=Job.State.DEAD)
    queue = dead.values_list("queue", flat=True).first()
    if not (queue and wait_again(dead, attempts=0, not_before=Now(), error="", finished_at=None)):
        return False
    transaction.on_commit(lambda: nudge(queue))
    return True


def wait_again(jobs: QuerySet, **values) -> int:
    """Back among the waiting. Where one with the same key waits already, that one is enough and this one is done."""
    try:
        with transaction.atomic():
            return jobs.update(state=Job.State.READY, lease_until=None, **values)
    except IntegrityError:
        return end(jobs, state=Job.State.DONE, error="another with its key waits in its place")


def end(jobs: QuerySet, **values) -> int:
    """Done or dead: over either way, until staff say otherwise."""
    return jobs.update(lease_until=None, finished_at=Now(), **values)


def _rescue(job: QuerySet, attempts: int) -> int:
    """A job that takes its worker with it every time must not do so for ever."""
    if attempts >= ATTEMPTS:
        return end(job, state=Job.State.DEAD, error=GONE)
    return wait_again(job, not_before=Now(), error=GONE)
