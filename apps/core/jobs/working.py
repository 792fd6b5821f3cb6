"""Jobs at work: claimed in batches, kept by a heartbeat, marked only by who still holds them."""

import json
import random
import time
from collections import deque
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
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
MARK_SECONDS = 0.05  # so much of its work, at most, a killed worker leaves to be done again
CLAIM_SECONDS, MOST = 0.1, 200  # as many as are done in so long, from one to so many
BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while the machine sleeps, as leases do

# Found first, then changed by their numbers: whatever the planner believes of the table, it reads no more than these.
# `statement_timestamp`, for the index can be asked for what is before it; not so for a time that moves meanwhile.
CLAIM = """
UPDATE core_job SET state = 'running', attempts = attempts + 1, fence = fence + 1, updated_at = clock_timestamp(),
       lease_until = clock_timestamp() + %(lease)s * interval '1 second'
WHERE id = ANY(ARRAY(
    SELECT id FROM core_job WHERE queue = %(queue)s AND state = 'ready' AND not_before <= statement_timestamp()
    ORDER BY not_before, id LIMIT %(most)s FOR UPDATE SKIP LOCKED))
RETURNING id, name, organization_id, kwargs, attempts, fence
"""
KEEP = """
UPDATE core_job SET lease_until = clock_timestamp() + %s * interval '1 second'
WHERE state = 'running' AND (id, fence) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[])) RETURNING id
"""
DONE = """
UPDATE core_job SET state = 'done', error = '', lease_until = NULL, finished_at = clock_timestamp(),
       updated_at = clock_timestamp()
WHERE state = 'running' AND (id, fence) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[])) RETURNING id
"""


class Claimed(NamedTuple):
    """A job in this worker's hands. A later claim has a higher `fence`, and then this one marks nothing any more."""

    id: int
    name: str
    organization_id: UUID | None
    kwargs: str
    attempts: int
    fence: int


class Hands:
    """What this worker has claimed: jobs that wait, jobs done and not yet marked, and until when (by its own clock)
    their leases hold without asking. Also used by the heartbeat's thread."""

    def __init__(self):
        self.waiting: deque[Claimed] = deque()
        self.done: deque[Claimed] = deque()
        self.marked_at = self.sure_until = 0.0

    def take(self, claimed: list[Claimed], asked_at: float) -> None:
        self.waiting.extend(claimed)
        self.marked_at, self.sure_until = asked_at, asked_at + settings.LEASE_SECONDS / 2

    def holds(self, job: Claimed) -> bool:
        """A worker that was away, longer than half a lease, asks before it begins another."""
        return _now() < self.sure_until or bool(_keep([job]))

    def finish(self, job: Claimed) -> None:
        """Marked with its neighbours: a commit for each would take longer than most jobs do."""
        self.done.append(job)
        if _now() - self.marked_at > MARK_SECONDS:
            self.mark()

    def mark(self) -> None:
        self.marked_at = _now()
        done = [self.done.popleft() for _ in range(len(self.done))]
        if done:
            _mark_done(done)

    def beat(self) -> None:
        self.mark()
        asked_at, waiting = _now(), list(self.waiting)
        if waiting and _keep(waiting) == len(waiting):
            self.sure_until = asked_at + settings.LEASE_SECONDS / 2


def drain(queue: str = "default", *, seconds: float = 240) -> int:
    """Claim and do ready jobs until none is left or the time is up. Returns how many were done."""
    until, done, hands = time.monotonic() + seconds, 0, Hands()
    first = most = QUEUES[queue]
    with heartbeat(hands.beat):
        while time.monotonic() < until:
            asked_at = _now()
            claimed = _claim(queue, most)
            if not claimed:
                return done
            hands.take(claimed, asked_at)
            _do_all(claimed, hands)
            done += len(claimed)
            most = 1 if first == 1 else fitting(len(claimed), _now() - asked_at)
    nudge(queue)
    return done


def fitting(count: int, seconds: float, *, within: float = CLAIM_SECONDS) -> int:
    """How many to take next, where `count` took so long: quick ones share a trip to the database, slow ones are left
    for other workers."""
    return max(1, min(MOST, int(count * within / max(seconds, 1e-6))))


def _now() -> float:
    return time.clock_gettime(BOOT)


def _claim(queue: str, most: int = MOST) -> list[Claimed]:
    values = {"lease": settings.LEASE_SECONDS, "queue": queue, "most": most}
    return sorted(Claimed(*row) for row in scope.overall(CLAIM, values, why="claiming jobs"))


def _do_all(claimed: list[Claimed], hands: Hands) -> None:
    """One after the other; neighbours of one organization share their scope."""
    for organization_id, jobs in groupby(claimed, key=lambda job: job.organization_id):
        with scope.scope(organization_id):
            for job in jobs:
                _in_turn(job, hands)
    hands.mark()


def _in_turn(job: Claimed, hands: Hands) -> None:
    with structlog.contextvars.bound_contextvars(job=job.id, job_name=job.name):
        if not hands.holds(job):
            log.warning("job_lease_lost", fence=job.fence)
        elif _do(job):
            hands.finish(job)
    hands.waiting.popleft()


def _keep(jobs: list[Claimed]) -> int:
    """Prolong the leases of those still in our hands; how many those are."""
    return len(_run(KEEP, [settings.LEASE_SECONDS], jobs, why="keeping jobs' leases"))


def _mark_done(jobs: list[Claimed]) -> None:
    marked = _run(DONE, [], jobs, why="marking jobs")
    for job in jobs:
        if job.id not in marked:
            log.warning("job_lease_lost", job=job.id, job_name=job.name, fence=job.fence)


def _run(sql: str, values: Iterable, jobs: list[Claimed], *, why: str) -> set[int]:
    """The ids of those that were still ours. A mark or a lease that a power cut takes back is another run at most."""
    _renewed()
    ours = [job.id for job in jobs], [job.fence for job in jobs]
    rows = scope.overall(sql, [*values, *ours], why=why, at_leisure=True)
    return {row[0] for row in rows}


def _do(job: Claimed) -> bool:
    """Whether it is done; what refused or failed is marked here."""
    try:
        _task(job.name).run(**json.loads(job.kwargs))
    except Refused as refusal:
        _mark(job, end, state=Job.State.DEAD, error=refusal.detail)
    except Exception as error:
        log.exception("job_failed", attempts=job.attempts)
        _fail(job, f"{type(error).__name__}: {error}"[:500])
    else:
        return True
    return False


def _task(name: str):
    """The task of that name. Outside a Celery worker nobody has imported the tasks yet."""
    tasks = current_app.tasks
    if name not in tasks:
        current_app.autodiscover_tasks(force=True)
    return tasks[name]


def _fail(job: Claimed, error: str) -> None:
    if job.attempts >= ATTEMPTS:
        return _mark(job, end, state=Job.State.DEAD, error=error)
    wait = random.uniform(1, min(5 * 2**job.attempts, 3600))  # noqa: S311  (full jitter, reliability.md D06)
    return _mark(job, wait_again, not_before=Now() + timedelta(seconds=wait), error=error)


def _mark(job: Claimed, how, **values) -> None:
    _renewed()
    with scope.scope(everyone="marking a job"):
        if not how(Job.objects.filter(pk=job.id, fence=job.fence, state=Job.State.RUNNING), **values):
            log.warning("job_lease_lost", fence=job.fence)


def _renewed() -> None:
    """The work may have lost the connection; what follows takes a new one."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
