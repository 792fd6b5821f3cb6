"""Celery on Redis as its documentation says for work that must not be lost: acks_late, one message at a time."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery

from reup.local import child
from reup.local.places import ROOT

from .counting import Counter

app = Celery("peer", broker=os.environ.get("PEER_BROKER", "memory://"), set_as_current=False)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"global_keyprefix": os.environ.get("PEER_PREFIX", "peer:")},
)
COMMAND = ["celery", "-A", "tests.bench.jobs.celery_peer", "worker", "--pool", "prefork", "--concurrency", "2"]
BARE = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
_counter: Counter | None = None


@app.task(name="peer.count")
def count(number: int) -> None:
    global _counter
    if _counter is None:
        _counter = Counter(os.environ["PEER_REDIS"], os.environ["PEER_NAME"], int(os.environ["PEER_TASKS"]))
    _counter.count()


@contextmanager
def work(counter: Counter) -> Iterator[None]:
    from django.conf import settings

    prefix = f"{settings.REDIS_PREFIX}peer:"
    broker = settings.CELERY_BROKER_URL
    app.conf.update(broker_url=broker, broker_transport_options={"global_keyprefix": prefix})
    with app.pool.acquire(block=True) as line:
        for number in range(counter.tasks):
            count.apply_async([number], connection=line)
    environment = {
        "PEER_BROKER": broker,
        "PEER_PREFIX": prefix,
        "PEER_REDIS": settings.LIVE_REDIS_URL,
        "PEER_NAME": counter.name,
        "PEER_TASKS": str(counter.tasks),
    }
    with _worker(environment):
        yield


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[None]:
    without_django = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", *COMMAND, *BARE]
    process = child.spawn(command, env=without_django | environment, cwd=ROOT, **quiet)
    try:
        yield
    finally:
        child.stop(process, by=signal.SIGKILL)
