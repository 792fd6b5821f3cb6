"""Pulling a location's inventory in: seven steps as a list one can read. The last three share one transaction."""

from apps.accounts.models import Location
from apps.catalog.models import HeldSnapshot
from apps.core import pipeline
from apps.core.locks import Held as Lease
from apps.core.pipeline import Phase

from .compare import compare
from .fetch import fetch, transform
from .match import match
from .tell import log, notify
from .work import InventoryWork
from .write import update

KIND = "inventory"
PHASES = [
    Phase("fetch", fetch),
    Phase("transform", transform, brief=True),
    Phase("match", match),
    Phase("compare", compare, brief=True),
    Phase("update", update, joined=True),
    Phase("notify", notify, joined=True),
    Phase("log", log, joined=True),
]


def sync_inventory(
    *, location: Location, trigger: str, lease: Lease, release: HeldSnapshot | None = None
) -> InventoryWork:
    """Read the location's stock and put it on the shelf; `.run` tells how it went. Call in its organization's scope,
    holding its lease.

    `release` is a held snapshot that a permitted person has released: answers like it are let through (`guard`).
    """
    run = pipeline.begin(
        organization_id=location.organization_id,
        location_id=location.pk,
        location_name=location.name,
        kind=KIND,
        trigger=trigger,
    )
    work = InventoryWork(run=run, location=location, leases=[lease], release=release)
    with work.stack:
        pipeline.run(PHASES, work)
    return work
