"""Held snapshots: kept by the sync, released or discarded by a person, passed by when a later run takes their place.

A release is bound to what the person looked at: it makes the held snapshot the yardstick. The next answer is measured
against it with the same limits as ever, so the same answer, or one close to it, is let through, and one that is
suspicious in another way is held anew.
"""

import structlog
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Location
from apps.catalog.models import HeldSnapshot
from apps.core import audit
from apps.core.errors import Refused
from apps.core.models import SyncRun

from .syncs import enqueue_sync

log = structlog.get_logger(__name__)
MAY_RELEASE = "core.release_syncrun"
State = HeldSnapshot.State


@transaction.atomic
def hold(*, run: SyncRun, location: Location, **measured) -> HeldSnapshot:
    """Keep a suspicious answer for a person: one open a location, the newest. A killed run's is written anew."""
    pass_by(location=location)
    HeldSnapshot.objects.filter(run=run).delete()
    kept = HeldSnapshot.objects.create(organization_id=location.organization_id, location=location, run=run, **measured)
    log.error("snapshot_held", run=run.pk, location=location.name, reasons=kept.reasons)
    return kept


def pass_by(*, location: Location) -> None:
    """A later run has taken the place of what waited."""
    HeldSnapshot.objects.open().filter(location=location).update(state=State.PASSED, updated_at=timezone.now())


@transaction.atomic
def release(*, run: SyncRun, by, reason: str) -> HeldSnapshot:
    """Let it through: the location is read again now, and an answer like this one is applied. An owner's act, with a
    reason (`not-allowed`, `reason-missing`); refused when the snapshot is settled (`not-held`)."""
    if not by.has_perm(MAY_RELEASE):
        raise Refused("Only an owner of the organization can release a held snapshot.", code="not-allowed", status=422)
    if not reason.strip():
        raise Refused("Say why this snapshot may be applied.", code="reason-missing", status=422)
    kept = _settled(run, State.RELEASED, by, reason)
    enqueue_sync(location=kept.location, trigger="release", release=kept.pk)
    audit.record(by, "snapshot.released", run, organization=kept.organization_id, why=kept.why, reasons=kept.reasons)
    return kept


@transaction.atomic
def discard(*, run: SyncRun, by, reason: str = "") -> HeldSnapshot:
    """It was wrong: nothing of it is applied, and it waits no more. The next run reads the store anew."""
    kept = _settled(run, State.DISCARDED, by, reason)
    audit.record(by, "snapshot.discarded", run, organization=kept.organization_id, why=kept.why)
    return kept


def _settled(run: SyncRun, state: str, by, reason: str) -> HeldSnapshot:
    kept = HeldSnapshot.objects.select_for_update(of=["self"]).select_related("location").filter(run=run).first()
    if kept is None or kept.state != State.OPEN:
        raise Refused(_why_not(run, kept), code="not-held")
    kept.state, kept.why = state, reason.strip()[:400]
    kept.decided_by, kept.decided_at = str(by)[:200], timezone.now()
    kept.save(update_fields=["state", "why", "decided_by", "decided_at", "updated_at"])
    return kept


def _why_not(run: SyncRun, kept: HeldSnapshot | None) -> str:
    if kept is None:
        return f"Run {run.pk} holds no snapshot."
    if kept.decided_at:
        return f"{kept.decided_by} {kept.get_state_display().lower()} it at {kept.decided_at:%H:%M on %-d %b %Y} UTC."
    return f"A later run took the place of run {run.pk}; there is nothing left to release."
