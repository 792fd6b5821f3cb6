"""Reports in ReUp's own queue: filed as an act files them, sent by workers that drain it as Celery's children do."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.db import connections
from django.db.models import Count
from django.test import override_settings
from django.utils import timezone

from apps.compliance import actions
from apps.compliance.models import Facility, Report
from apps.compliance.rules import State as ReportState
from apps.core import jobs
from apps.core.models import Job
from apps.core.scope import everyone, scope
from reup.bench.bench import WrongAnswer
from tests import make
from tests.bench.jobs.forked import forked

from .state import FREE, VENDOR, State

REASON, LICENCES, PACKAGES = "Scale Variance", 20, 10
PATIENCE = 120
FREELY = {"METRC_PER_MINUTE": 1_000_000, "METRC_VENDOR_PER_MINUTE": 10_000_000}


def facilities(metrc: State) -> list[Facility]:
    """Its licences' accounts with us, nothing queued and nothing read yet."""
    with everyone("bench"):
        Job.objects.all().delete()
        Report.objects.all().delete()
        Facility.objects.all().delete()
    metrc.organization = metrc.organization or make.organization(name="Bench")
    return [_facility(metrc.organization, row) for row in metrc.licences]


def _facility(organization, row: dict) -> Facility:
    place = make.location(organization=organization)
    made = Facility(organization=organization, location=place, number=row["licence"], state="mi")
    made.put_key(row["key"])
    with everyone("bench"):
        made.save(force_insert=True)
    return made


def file(metrc: State, found: list[Facility], count: int) -> None:
    """So many adjustments, turn by turn at each licence, over all of its packages."""
    labels = {row["licence"]: row["labels"] for row in metrc.licences}
    with scope(found[0].organization_id):
        for number in range(count):
            facility = found[number % len(found)]
            mine = labels[facility.number]
            actions.file_adjustment(
                organization=facility.organization,
                license_number=facility.number,
                tag=mine[number // len(found) % len(mine)],
                delta=Decimal(1),
                unit="Each",
                reason=REASON,
                movement=str(number),
                by="bench",
                now=timezone.now(),
                note="bench",
            )


def drain_for_ever() -> None:
    logging.disable(logging.WARNING)  # 429 and 500 are what this is about
    while True:
        jobs.drain("sync")
        time.sleep(0.01)


@contextmanager
def workers(metrc: State, *, count: int, **settings) -> Iterator[None]:
    known = {"METRC_URL": metrc.url, "METRC_VENDOR_KEY": VENDOR, "OUTBOUND_ALLOW": ("127.0.0.1",)}
    connections.close_all()
    with override_settings(**known, **settings), forked(drain_for_ever, count=count):
        yield


def sent(metrc: State, count: int) -> float:
    """Reports a second, without limits and faults, from the first call to the last."""
    metrc.open(licences=LICENCES, packages=PACKAGES, limits=FREE, faults={})
    file(metrc, facilities(metrc), count)
    with workers(metrc, count=2, **FREELY):
        _await_confirmed(count)
    return rate(metrc, count)


def _await_confirmed(count: int) -> None:
    until = time.monotonic() + PATIENCE
    while (done := _confirmed()) < count:
        if time.monotonic() > until:
            raise WrongAnswer(f"{done} of {count} reports were confirmed, others are {_standing()}.")
        time.sleep(0.2)


def _confirmed() -> int:
    with everyone("bench"):
        return Report.objects.filter(state=ReportState.CONFIRMED).count()


def _standing() -> dict[str, int]:
    with everyone("bench"):
        return dict(Report.objects.order_by().values_list("state").annotate(n=Count("pk")))


def rate(metrc: State, count: int) -> float:
    """Adjustments a second, by METRC's own journal; each of them once."""
    notes = metrc.notes()
    if len(notes) != count or len(set(notes)) != count:
        raise WrongAnswer(f"METRC has {len(notes)} adjustments, {len(set(notes))} of them different, of {count}.")
    times = [call["elapsed"] for call in metrc.calls()]
    return (count - 1) / (max(times) - min(times))
