"""FC53: Redis forgets everything again and again while 600 jobs wait, and restarts without its data: none is lost."""

import signal
import time
from collections import Counter

import pytest
from redis import Redis as Client

from apps.core import fast
from apps.core.models import Job, Slot
from apps.core.scope import everyone
from reup.local.engines import Redis
from tests import make
from tests.core.effects import LINE
from tests.make import PASSWORD
from tests.processes import running, script

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = ("-m", "celery", "-A", "tests.core.effects", "worker", "--pool", "solo", "--loglevel", "WARNING")
# The worker stands still while its nudges are written and forgotten, else it could hear of them in between.
FORGET_FIVE_TIMES = """
import os, signal, time
import redis
from django.conf import settings
from django.db import transaction
from apps.core import jobs
from apps.core.models import Job
from apps.core.scope import everyone

def done():
    with everyone("test"):
        return Job.objects.filter(state="done").count()

forgetful = redis.Redis.from_url(settings.LIVE_REDIS_URL)
for turn in range(6):
    os.kill({worker}, signal.SIGSTOP)
    with transaction.atomic():
        for number in range(100 * turn, 100 * turn + 100):
            jobs.enqueue("test.effect", number=number)
    if turn < 5:
        assert forgetful.info("keyspace"), "there was nothing to forget"
        forgetful.flushall()
        before = done()
        os.kill({worker}, signal.SIGCONT)
        jobs.sweep()
        while done() == before:
            time.sleep(0.05)
"""
SWEEP_EVERY_SECOND = """
import time
import django
django.setup()
from apps.core import jobs

while True:
    jobs.sweep()
    time.sleep(1)
"""


def states() -> Counter:
    with everyone("test"):
        return Counter(Job.objects.values_list("state", flat=True))


def wait_for(condition, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"It did not happen in {seconds} s: {states()}"
        time.sleep(0.1)


def signed_in(client_of, person) -> None:
    """A person signs in with a password, and a page opens."""
    browser = client_of()
    answer = browser.post("/accounts/login/", {"username": person.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    assert browser.get("/portal/catalog/").status_code == 200


@pytest.fixture
def redis(tmp_path, settings, monkeypatch):
    """A Redis of the test's own, which this process uses too for everything but Celery."""
    with Redis(tmp_path / "redis", throwaway=True) as server:
        monkeypatch.setattr(fast, "_quiet_until", 0.0)
        settings.LIVE_REDIS_URL = f"{server.url}?db=2"
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": f"{server.url}?db=1"}}
        yield server


def test_fc53_six_hundred_jobs_are_done_once_each_though_redis_forgets_everything(redis):
    with running(*WORKER, REDIS_URL=redis.url) as worker:
        wait_for(lambda: "brpop" in {client["cmd"] for client in Client.from_url(redis.url).client_list()}, seconds=20)
        fed = script(FORGET_FIVE_TIMES.format(worker=worker.pid), REDIS_URL=redis.url)
        assert fed.returncode == 0, fed.stderr
        assert states()["ready"] >= 100
        redis.kill()
        redis.start()
        assert Client.from_url(redis.url).dbsize() == 0
        worker.send_signal(signal.SIGCONT)
        time.sleep(1)
        assert states()["ready"] >= 100, "somebody told the worker before the sweep did"

        with running("-c", SWEEP_EVERY_SECOND, REDIS_URL=redis.url):
            wait_for(lambda: states() == {"done": 600}, seconds=45)

    assert Slot.objects.filter(schedule=LINE).count() == 600
    with everyone("test"):
        assert Counter(Job.objects.values_list("attempts", "error")) == {(1, ""): 600}


def test_fc53_sessions_and_sign_ins_stay_while_redis_forgets_and_while_it_is_away(redis, cast, client_of):
    browser = client_of(cast.buyer)
    assert browser.get("/portal/catalog/").status_code == 200

    Client.from_url(redis.url).flushall()
    assert browser.get("/portal/catalog/").status_code == 200
    signed_in(client_of, make.user(at=cast.retailer, role="buyer"))

    redis.kill()
    assert browser.get("/portal/catalog/").status_code == 200
    signed_in(client_of, make.user(at=cast.retailer, role="buyer"))
