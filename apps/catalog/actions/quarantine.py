"""What people do with rows that could not be used: leave them, or have the store read again."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Location
from apps.catalog.models import QuarantinedRow
from apps.core import audit
from apps.core.errors import Refused

from .syncs import SyncRequest, sync_now

State = QuarantinedRow.State


@transaction.atomic
def ignore(*, row: QuarantinedRow, by, reason: str) -> QuarantinedRow:
    """This row is known to be bad: it stays aside, is no work any more and counts toward no budget."""
    if not reason.strip():
        raise Refused("Say why this row is to be ignored.", code="reason-missing", status=422)
    kept = _locked(row)
    if kept.state != State.OPEN:
        raise Refused(f"Row {kept.position} is not open: {kept.get_state_display().lower()}.", code="row-not-open")
    return _mark(kept, State.IGNORED, by, "quarantine.ignored", reason)


@transaction.atomic
def reopen(*, row: QuarantinedRow, by) -> QuarantinedRow:
    """Undo of `ignore`: it is work again."""
    kept = _locked(row)
    if kept.state != State.IGNORED:
        raise Refused(f"Row {kept.position} is not ignored.", code="row-not-ignored")
    return _mark(kept, State.OPEN, by, "quarantine.reopened", "")


@transaction.atomic
def replay(*, location: Location, rows: list[QuarantinedRow], by) -> SyncRequest:
    """Have the store's rows read again now.

    The store's newest answer is read, never the kept bytes: they may be hours old, and applying them could put an old
    quantity over a newer one. A row that reads well now, because the store or our reading of it was mended, is applied
    by that run like any other, and the kept one is closed.
    """
    asked = sync_now(location=location, by=by)
    ids = [row.pk for row in rows]
    audit.record(by, "quarantine.replayed", location, organization=location.organization_id, rows=ids)
    return asked


def _locked(row: QuarantinedRow) -> QuarantinedRow:
    return QuarantinedRow.objects.select_for_update().defer("raw").get(pk=row.pk)


def _mark(kept: QuarantinedRow, state: str, by, action: str, reason: str) -> QuarantinedRow:
    kept.state, kept.why = state, reason.strip()[:400]
    kept.decided_by, kept.decided_at = str(by)[:200], timezone.now()
    kept.save(update_fields=["state", "why", "decided_by", "decided_at", "updated_at"])
    audit.record(by, action, kept, organization=kept.organization_id, row=kept.position, why=kept.why)
    return kept
