"""Verbs of reading: have a location read now."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Credential, Location
from apps.core import audit, jobs
from apps.core.errors import Refused
from apps.core.models import RunState, SyncRun

ASK_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True)
class SyncRequest:
    """`joined`: a run is at work, or one began within the last minute; `run` is that one. Else a new one will begin."""

    run: SyncRun | None
    joined: bool


@transaction.atomic
def sync_now(*, location: Location, by) -> SyncRequest:
    """Ask for a location's inventory to be read now. At most one run a minute comes of it."""
    if not location.credentials.filter(kind__in=Credential.READ_STOCK).exists():
        raise Refused(
            f"{location.name} has no Dutchie key. Add one under Locations.", code="no-dutchie-key", status=422
        )
    last = SyncRun.objects.of(location.pk).filter(kind="inventory").newest_first().first()
    if last and (last.state == RunState.RUNNING or last.started_at > timezone.now() - ASK_AGAIN):
        return SyncRequest(last, joined=True)
    enqueue_sync(location=location, trigger="person")
    audit.record(by, "inventory.sync_asked", location)
    return SyncRequest(None, joined=False)


def enqueue_sync(*, location: Location, trigger: str, after: float = 0, release: int | None = None) -> None:
    """One waiting job a location is enough; one with a `release` (a held snapshot's id) is another."""
    jobs.enqueue(
        "catalog.sync_inventory",
        key=f"{location.pk} release {release}" if release else str(location.pk),
        queue="sync",
        after=after,
        organization=location.organization_id,
        location_id=str(location.pk),
        trigger=trigger,
        **({"release": release} if release else {}),
    )
