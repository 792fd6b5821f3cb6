"""The catalog's quiet face: the timetable's and the jobs' way in."""

import random

from celery import shared_task
from django.conf import settings
from django.db import transaction

from apps.accounts.models import Location
from apps.catalog.models import HeldSnapshot
from apps.compliance.models import Facility
from apps.core import slots
from apps.core.locks import only_one
from apps.core.models import RunState
from apps.core.scope import scope

from . import actions
from .actions.state_books import compare_with_metrc
from .sync import sync_inventory as pull

BUSY_SECONDS = 10


@shared_task(name="catalog.sync_stores")
def sync_stores(*, now: bool = False, **_):
    """One job a location, once a turn of the timetable; `now` is staff's "run now", which needs no turn."""
    with scope(everyone="the timetable"), transaction.atomic():
        if now or slots.take("catalog.sync_stores", every=settings.INVENTORY_MINUTES * 60):
            for location in Location.objects.synced():
                actions.enqueue_sync(location=location, trigger="person" if now else "schedule")


@shared_task(name="catalog.sync_inventory")
def sync_inventory(*, location_id: str, trigger: str = "schedule", release: int | None = None, **_):
    """Pull one location. While another worker is at it, ask again a little later: what we came for may be newer."""
    location = Location.objects.get(pk=location_id)
    with only_one(f"inventory:{location_id}") as lease:
        if not lease:
            actions.enqueue_sync(location=location, trigger=trigger, after=BUSY_SECONDS, release=release)
            return
        ended = pull(location=location, trigger=trigger, lease=lease, release=_released(release))
        if ended.run.state == RunState.FAILED:
            wait = ended.retry_after or _a_while()
            actions.enqueue_sync(location=location, trigger="retry", after=wait, release=release)


def _released(release: int | None) -> HeldSnapshot | None:
    return HeldSnapshot.objects.filter(pk=release, state=HeldSnapshot.State.RELEASED).first() if release else None


def _a_while() -> float:
    """Seconds until a failed store is asked again where it did not say: at most once a minute, not all at once."""
    return random.uniform(60, 300)  # noqa: S311


@shared_task(name="catalog.compare_packages")
def compare_packages(*, license_number: str, labels: list[str], **_):
    """News from compliance: METRC shows these packages changed."""
    facility = Facility.objects.filter(number=license_number).first()
    if facility:
        compare_with_metrc(facility=facility, labels=labels)


@shared_task(name="catalog.compare_all")
def compare_all(**_):
    """Every shelf beside METRC's books."""
    with scope(everyone="the timetable"):
        facilities = list(Facility.objects.reported())
    for facility in facilities:
        with scope(facility.organization_id):
            compare_with_metrc(facility=facility)
