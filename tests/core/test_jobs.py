"""Later is a row: written with its cause or not at all, done by one worker at a time, found again after any crash."""

import signal
import socket
import threading
import time
from contextlib import closing, nullcontext
from datetime import timedelta

import pytest
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from apps.core import fast, jobs
from apps.core.errors import Refused
from apps.core.jobs import working
from apps.core.models import Job
from apps.core.scope import current, everyone, scope
from reup.local.engines import Redis
from tests import make
from tests.processes import running, script
from tests.trouble import cut_off

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def task():
    """`task(function)` makes it the Celery task `test.<its name>`, for this test."""
    made = []

    def register(function):
        name = f"test.{function.__name__}"
        current_app.task(function, name=name)
        made.append(name)
        return name

    yield register
    for name in made:
        current_app.tasks.pop(name)


@pytest.fixture
def diary(task) -> list:
    """What `test.note` was called with, in which organization's scope."""
    lines = []

    def note(**facts):
        lines.append((current().organization, facts))

    task(note)
    return lines


@pytest.fixture(autouse=True)
def no_worker_hears(monkeypatch):
    """Nudges of these tests go nowhere; the sweep and `drain` are called by hand."""
    monkeypatch.setattr("apps.core.jobs.waiting._send", lambda queue: None)


@pytest.fixture(autouse=True)
def redis_is_asked_anew(monkeypatch):
    monkeypatch.setattr(fast, "_quiet_until", 0.0)


def only() -> Job:
    with everyone("test"):
        return Job.objects.get()


def states() -> list[str]:
    with everyone("test"):
        return list(Job.objects.order_by("pk").values_list("state", flat=True))


def change(**values) -> None:
    with everyone("test"):
        Job.objects.update(**values)


LONG_AGO = timezone.now() - timedelta(days=1)


# --- written


def test_a_job_of_a_rolled_back_cause_was_never_written(diary):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.enqueue("test.note")
        raise ZeroDivisionError

    assert jobs.drain() == 0
    assert states() == []


def test_a_job_is_done_once_in_the_scope_it_was_written_in(diary):
    organization = make.organization()
    with scope(organization):
        jobs.enqueue("test.note", product=7)

    assert jobs.drain() == 1
    assert jobs.drain() == 0
    assert diary == [(organization.pk, {"product": 7})]
    assert states() == ["done"]


def test_a_job_for_later_waits_for_its_time(diary):
    jobs.enqueue("test.note", after=30)

    assert jobs.drain() == 0
    assert timedelta(seconds=25) < only().not_before - timezone.now() < timedelta(seconds=31)


def test_ids_and_moments_are_written_as_text(diary):
    organization = make.organization()
    jobs.enqueue("test.note", location_id=organization.pk)
    jobs.drain()

    assert diary == [(None, {"location_id": str(organization.pk)})]


# --- one waiting is enough


def test_of_two_with_one_key_one_waits(diary):
    jobs.enqueue("test.note", key="store 1")
    jobs.enqueue("test.note", key="store 1")
    jobs.enqueue("test.note", key="store 2")
    jobs.enqueue("test.other", key="store 1")

    assert len(states()) == 3


def test_the_waiting_one_comes_forward_when_asked_for_sooner(diary):
    jobs.enqueue("test.note", key="store 1", after=600)
    jobs.enqueue("test.note", key="store 1")
    jobs.enqueue("test.note", key="store 1", after=600)

    assert jobs.drain() == 1


def test_a_second_is_kept_while_the_first_runs(task):
    ran = []

    def again(**_):
        ran.append(1)
        if len(ran) == 1:
            jobs.enqueue("test.again", key="store 1")

    jobs.enqueue(task(again), key="store 1")

    assert jobs.drain() == 2
    assert len(ran) == 2


def test_a_waiting_job_is_not_begun_before_a_writer_who_leant_on_it_commits(diary):
    """Else it would run without seeing the change it was asked for, and no other would come."""
    jobs.enqueue("test.note", key="store 1")
    drained = []

    def work():
        drained.append(jobs.drain())
        connection.close()

    with transaction.atomic():
        make.organization()
        jobs.enqueue("test.note", key="store 1")
        worker = threading.Thread(target=work)
        worker.start()
        worker.join()
    work()

    assert drained == [0, 1]


# --- claimed


def test_eight_workers_never_do_one_job_twice(task):
    done, lock = [], threading.Lock()

    def count(*, number, **_):
        with lock:
            done.append(number)

    name = task(count)
    for number in range(200):
        jobs.enqueue(name, number=number)

    def work():
        jobs.drain()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(done) == list(range(200))


def test_a_late_worker_with_an_old_fence_marks_nothing(task):
    def slow(**_):
        change(lease_until=LONG_AGO)
        jobs.sweep()
        (claimed,) = working._claim("default")
        assert claimed.fence == 2

    jobs.enqueue(task(slow))
    jobs.drain()

    job = only()
    assert (job.state, job.fence, job.attempts) == ("running", 2, 2)


def test_a_worker_that_was_away_leaves_the_rest_of_its_batch_to_the_one_who_took_it(task, settings, monkeypatch):
    ran, now = [], working._now

    def first(**_):
        ran.append("first")
        monkeypatch.setattr(working, "_now", lambda: now() + settings.LEASE_SECONDS)
        with everyone("test"):
            Job.objects.exclude(name="test.first").update(lease_until=LONG_AGO)
        jobs.sweep()
        assert [job.name for job in working._claim("default")] == ["test.second"]

    def second(**_):
        ran.append("second")

    jobs.enqueue(task(first))
    jobs.enqueue(task(second))
    jobs.drain()

    assert ran == ["first"]
    assert states() == ["done", "running"]


def test_a_long_jobs_lease_is_kept_by_heartbeats(task, settings):
    settings.LEASE_SECONDS = 1
    rescued = []

    def long(**_):
        time.sleep(2.5)
        rescued.append(jobs.sweep())

    jobs.enqueue(task(long))
    jobs.drain()

    assert rescued == [0]
    assert only().state == "done"


# --- refused, failed, dead


def test_a_refusal_is_final_and_keeps_its_words(task):
    def refuse(**_):
        raise Refused("Northlight has no Dutchie key.")

    jobs.enqueue(task(refuse))
    jobs.drain()

    assert (only().state, only().error) == ("dead", "Northlight has no Dutchie key.")


def test_a_failure_comes_again_after_a_wait_that_grows(task):
    def fail(**_):
        raise ValueError("not today")

    jobs.enqueue(task(fail))
    jobs.drain()

    job = only()
    assert (job.state, job.attempts, job.error) == ("ready", 1, "ValueError: not today")
    assert timedelta(seconds=0) < job.not_before - timezone.now() < timedelta(seconds=10)
    assert [round(_most_wait(attempts)) for attempts in (1, 5, 11)] == [10, 160, 3600]


def _most_wait(attempts: int) -> float:
    """The longest of many waits after so many attempts, as `_fail` draws them."""
    drawn = []

    def mark(job, how, *, not_before, **_):
        drawn.append(not_before.rhs.value.total_seconds())

    patch = pytest.MonkeyPatch()
    with patch.context() as patched:
        patched.setattr(working, "_mark", mark)
        patched.setattr(working.random, "uniform", lambda least, most: most)
        working._fail(working.Claimed(1, "x", None, "{}", attempts, 1), "x")
    return max(drawn)


def test_after_twelve_attempts_it_is_dead_and_staff_can_put_it_back(task):
    broken = [True]

    def fail(**_):
        if broken:
            raise ValueError("not today")

    jobs.enqueue(task(fail))
    change(attempts=11)
    jobs.drain()
    job = only()
    assert (job.state, job.attempts) == ("dead", 12)

    broken.clear()
    with everyone("test"):
        assert jobs.again(job.pk)
        assert not jobs.again(job.pk)
    jobs.drain()
    assert (only().state, only().error) == ("done", "")


def test_a_job_nobody_knows_is_tried_again_for_a_newer_worker_may(diary):
    jobs.enqueue("test.unknown")
    jobs.drain()

    assert only().state == "ready"
    assert "NotRegistered" in only().error or "KeyError" in only().error


def test_a_failure_gives_way_to_a_waiting_twin(task):
    def fail(**_):
        jobs.enqueue("test.fail", key="store 1", after=60)
        raise ValueError("not today")

    jobs.enqueue(task(fail), key="store 1")
    jobs.drain()

    assert states() == ["done", "ready"]


def test_two_of_one_key_whose_workers_died_come_back_as_one(diary):
    for _ in range(2):
        jobs.enqueue("test.note", key="store 1")
        working._claim("default")
    change(lease_until=LONG_AGO)

    assert jobs.sweep() == 2
    assert sorted(states()) == ["done", "ready"]


def test_a_job_that_kills_every_worker_is_given_up(diary):
    jobs.enqueue("test.note")
    change(attempts=11)
    working._claim("default")
    change(lease_until=LONG_AGO)
    jobs.sweep()

    assert (only().state, only().error) == ("dead", "its worker went away")


def test_a_job_whose_connection_was_lost_is_marked_over_a_new_one(task):
    def lose(**_):
        cut_off(connection)
        Job.objects.count()

    jobs.enqueue(task(lose))
    jobs.drain()

    assert only().state == "ready"
    assert "OperationalError" in only().error


# --- crashes


DIES_AT_WORK = """
import os, signal
from celery import current_app
from apps.core import jobs

@current_app.task(name="test.die")
def die(**_):
    os.kill(os.getpid(), signal.SIGKILL)

jobs.drain()
"""
ENQUEUE_AND_FLUSH = """
import redis
from django.conf import settings
from django.db import transaction
from apps.core import jobs

for _ in range(20):
    jobs.enqueue("core.clean")
redis.Redis.from_url(settings.LIVE_REDIS_URL).flushall()
"""
SWEEP = "from apps.core import jobs; jobs.sweep()"


def test_the_job_of_a_killed_worker_is_done_by_the_next_after_its_lease(task):
    ran = []

    def die(**_):
        ran.append(1)

    jobs.enqueue(task(die))
    worker = script(DIES_AT_WORK, LEASE_SECONDS="1")
    assert worker.returncode == -signal.SIGKILL, worker.stderr
    assert only().state == "running"
    assert jobs.drain() == 0

    time.sleep(1.2)
    assert jobs.sweep() == 1
    assert jobs.drain() == 1
    assert (ran, only().state, only().attempts) == ([1], "done", 2)


def test_what_redis_forgot_the_sweep_finds(tmp_path):
    """Twenty jobs, their nudges flushed out of Redis, a real worker: it hears of them by the sweep."""
    with Redis(tmp_path / "redis", throwaway=True) as redis:
        written = script(ENQUEUE_AND_FLUSH, REDIS_URL=redis.url)
        assert written.returncode == 0, written.stderr
        with running("-m", "celery", "-A", "reup", "worker", "--pool", "solo", REDIS_URL=redis.url):
            time.sleep(4)
            assert states() == ["ready"] * 20
            assert script(SWEEP, REDIS_URL=redis.url).returncode == 0
            until = time.monotonic() + 20
            while set(states()) != {"done"} and time.monotonic() < until:
                time.sleep(0.2)

    assert states() == ["done"] * 20


ENQUEUE_AND_TELL_SECONDS = """
import time
from apps.core import jobs

began = time.monotonic()
for _ in range(5):
    jobs.enqueue("test.note")
print(time.monotonic() - began)
"""


@pytest.mark.parametrize("trouble", ["no socket", "hangs"])
def test_without_redis_a_request_waits_less_than_a_second_and_the_job_is_safe(diary, tmp_path, trouble):
    with _listening_without_answer(tmp_path / "s") if trouble == "hangs" else nullcontext():
        written = script(ENQUEUE_AND_TELL_SECONDS, REDIS_URL=f"unix://{tmp_path}/s")

    assert float(written.stdout) < 1, written.stderr
    assert jobs.drain() == 5


def _listening_without_answer(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(20)
    return closing(listener)


# --- many


def test_a_sweep_and_a_claim_read_no_more_where_many_jobs_wait_for_their_time(diary):
    """Counted in rows that PostgreSQL passed over, not in time."""
    from tests.bench.jobs import ours

    ours.fill(5_000, after=3600)
    with everyone("test"), connection.cursor() as cursor:
        cursor.execute("ANALYZE core_job")
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + working.CLAIM, {"lease": 1, "queue": "default", "most": 20})
        plan = str(cursor.fetchone()[0])
    assert "job_ready" in plan
    assert "'Rows Removed by Filter': 5000" not in plan

    jobs.enqueue("test.note")
    assert jobs.drain() == 1


def test_quick_jobs_are_claimed_many_at_once_and_slow_ones_left_to_others():
    assert working.fitting(20, seconds=0.005) == working.MOST
    assert working.fitting(20, seconds=0.1) == 20
    assert working.fitting(20, seconds=60) == 1


def test_a_queue_nobody_drains_is_refused():
    with pytest.raises(ValueError, match="no queue 'defualt'"):
        jobs.enqueue("test.note", queue="defualt")


def test_what_was_done_and_not_yet_marked_is_done_again_after_a_kill_and_the_rest_too(diary):
    for _ in range(3):
        jobs.enqueue("test.note")
    first, *rest = working._claim("default")
    hands = working.Hands()
    hands.take([first, *rest], working._now())
    hands.finish(first)
    assert states() == ["running"] * 3

    change(lease_until=LONG_AGO)  # the worker is gone
    assert jobs.sweep() == 3
    assert jobs.drain() == 3
    assert states() == ["done"] * 3


def test_the_heartbeat_marks_what_was_done_before_a_long_job(task, settings):
    settings.LEASE_SECONDS = 1
    seen = []

    def quick(**_):
        pass

    def long(**_):
        time.sleep(0.6)
        seen.extend(states())

    jobs.enqueue(task(quick))
    jobs.enqueue(task(long))
    jobs.drain()

    assert seen == ["done", "running"]
