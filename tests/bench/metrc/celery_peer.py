"""The same call as a Celery task on Redis, acks_late, and nothing else: no row, no lease, no look-up, no trail."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import requests
from celery import Celery

from reup.local import child
from reup.local.places import ROOT

from .state import ADJUST, FREE, VENDOR, State

app = Celery("peer", broker=os.environ.get("PEER_BROKER", "memory://"), set_as_current=False)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"global_keyprefix": os.environ.get("PEER_PREFIX", "peer:")},
)
COMMAND = ["celery", "-A", "tests.bench.metrc.celery_peer", "worker", "--pool", "prefork", "--concurrency", "2"]
BARE = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
PATIENCE = 120
_session = requests.Session()
_session.trust_env = False


@app.task(name="peer.adjust")
def adjust(url: str, licence: str, key: str, row: dict) -> None:
    answer = _session.post(url + ADJUST, json=[row], params={"licenseNumber": licence}, auth=(VENDOR, key), timeout=30)
    answer.raise_for_status()


def sent(metrc: State, count: int) -> float:
    from .ours import LICENCES, PACKAGES, rate

    metrc.open(licences=LICENCES, packages=PACKAGES, limits=FREE, faults={})
    with _worker(_ready()):
        _file(metrc, count)
        until = time.monotonic() + PATIENCE
        while len(metrc.notes()) < count and time.monotonic() < until:
            time.sleep(0.2)
    return rate(metrc, count)


def _ready() -> dict[str, str]:
    from django.conf import settings

    prefix = f"{settings.REDIS_PREFIX}peer:"
    app.conf.update(broker_url=settings.CELERY_BROKER_URL, broker_transport_options={"global_keyprefix": prefix})
    return {"PEER_BROKER": settings.CELERY_BROKER_URL, "PEER_PREFIX": prefix}


def _file(metrc: State, count: int) -> None:
    with app.pool.acquire(block=True) as line:
        for number in range(count):
            place = metrc.licences[number % len(metrc.licences)]
            labels = place["labels"]
            row = {
                "Label": labels[number // len(metrc.licences) % len(labels)],
                "Quantity": 1,
                "UnitOfMeasure": "Each",
                "AdjustmentReason": "Scale Variance",
                "AdjustmentDate": date.today().isoformat(),
                "ReasonNote": f"peer-{number}",
            }
            adjust.apply_async([metrc.url, place["licence"], place["key"], row], connection=line)


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
