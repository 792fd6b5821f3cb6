"""A worker that is killed at any step: nothing is lost, nothing doubled, and the run ends well under its own number."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from apps.catalog import actions
from apps.catalog.models import Product, StockChange, StockItem
from apps.core import invariants, jobs
from apps.core.models import AuditEntry, Job, Lease, StreamEvent, SyncRun
from apps.core.scope import everyone
from tests import make
from tests.catalog.test_sync import STEPS, package

WORKER = """
import django
django.setup()
from apps.core import jobs
jobs.drain("sync")
"""
POINTS = [*(f"before {step}" for step in STEPS), "after update", "after log"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]


def worker(world, *, faultpoint: str = "") -> subprocess.Popen:
    """A worker process on this test's database, working until nothing is left to do or a fault point stops it."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "REUP_TEST_DATABASE": connection.settings_dict["NAME"],
        "DUTCHIE_POS_URL": world.url,
        "REUP_FAULTPOINT": faultpoint,
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)


def work(world, *, faultpoint: str = "") -> int:
    """Let one worker work; returns how it ended."""
    return worker(world, faultpoint=faultpoint).wait(timeout=60)


def leases_run_out() -> None:
    """As if the killed worker's leases had run out: nobody waits a minute in a test."""
    with everyone("test"), connection.cursor() as cursor:
        cursor.execute("UPDATE core_job SET lease_until = clock_timestamp() - interval '1 s' WHERE state = 'running'")
        Lease.objects.update(until="2000-01-01T00:00:00Z")
        jobs.sweep()


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_step_leaves_a_run_that_ends_well(cast, world, point):
    with everyone("test"):
        actions.enqueue_sync(location=cast.place, trigger="test")
    assert work(world, faultpoint=f"{point}:kill") == -9
    with everyone("test"):
        killed = SyncRun.objects.get()
        assert killed.state == "running"
        assert not StockItem.objects.exists()

    leases_run_out()
    assert work(world) == 0

    with everyone("test"):
        run = SyncRun.objects.get()
        assert (run.pk, run.state, run.attempt) == (killed.pk, "completed", 2)
        assert [step.name for step in run.steps.all()] == STEPS
        assert StockItem.objects.count() == StockChange.objects.filter(field="new").count() == run.counts["created"]
        assert AuditEntry.objects.filter(action="inventory.synced").count() == 1
        assert StreamEvent.objects.filter(topic=f"inventory.{cast.place.pk}").count() == 1
        assert Job.objects.get(name="catalog.sync_inventory").state == "done"
        assert [rule["name"] for rule in invariants.check() if rule["violations"]] == []


def test_a_worker_taken_for_dead_writes_nothing(cast, world, tmp_path):
    """It fetched, and slept past its lease; another one took over and finished. What the first still has is refused."""
    with everyone("test"):
        actions.enqueue_sync(location=cast.place, trigger="test")
    row, woken = package(world), tmp_path / "woken"
    sleeper = worker(world, faultpoint=f"before update:until={woken}")
    wait_for_the_run(step="compare")
    leases_run_out()
    world.world.change("inventory", row["id"], quantityAvailable=3)

    assert work(world) == 0
    woken.touch()
    assert sleeper.wait(timeout=60) == 0

    with everyone("test"):
        assert StockItem.objects.get(inventory_id=row["id"]).quantity == 3
        assert AuditEntry.objects.filter(action="inventory.synced").count() == 1
        assert [rule["name"] for rule in invariants.check() if rule["violations"]] == []


def wait_for_the_run(*, step: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with everyone("test"):
            run = SyncRun.objects.first()
            if run and run.steps.filter(name=step, state="completed").exists():
                return
        time.sleep(0.05)
    raise AssertionError(f"No worker came past {step}.")


def test_two_locations_of_one_company_at_once_make_each_product_once(cast, world):
    lansing = make.location(organization=cast.wholesaler, lsp=822, loc=4102, key="pos-northlight-lansing")
    with everyone("test"):
        for place in (cast.place, lansing):
            actions.enqueue_sync(location=place, trigger="test")

    both = [worker(world, faultpoint=""), worker(world, faultpoint="")]

    assert [each.wait(timeout=60) for each in both] == [0, 0]
    with everyone("test"):
        assert set(SyncRun.objects.values_list("location_id", "state")) == {
            (cast.place.pk, "completed"),
            (lansing.pk, "completed"),
        }
        skus = list(Product.objects.exclude(sku="").values_list("sku", flat=True))
        assert len(skus) == len(set(skus))
