"""A facility that rests because METRC asked for it, or is held because METRC refuses its key."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from apps.compliance.models import Facility, MaintenanceWindow, Report
from apps.compliance.rules import State
from apps.core import audit
from apps.gateways.base import GatewayError

from .door import door
from .filing import wake
from .moving import chain_of, locked, move

log = structlog.get_logger(__name__)


def rest(facility: Facility, seconds: float) -> None:
    """No calls for so long."""
    Facility.objects.filter(pk=facility.pk).update(paused_until=Now() + timedelta(seconds=seconds))


def opens(facility: Facility) -> bool:
    """Does the key open this facility? A 401 alone doesn't tell key, permission and licence apart (metrc.md §1.2).
    No answer is no "no"."""
    metrc = door(facility)
    try:
        rows = metrc.facilities()
    except GatewayError as failed:
        return failed.status not in (401, 403)
    finally:
        metrc.close()
    return any(row.license and row.license.number == facility.number for row in rows)


def hold(facility: Facility, reason: str, *, for_key: bool) -> None:
    """In the caller's transaction. One alarm and one record, however many reports wait."""
    held = Facility.objects.filter(pk=facility.pk, held_at=None)
    if held.update(held_at=timezone.now(), held_reason=reason[:240], held_for_key=for_key):
        log.error("facility_held", facility=facility.number, reason=reason)
        audit.record(
            "METRC queue",
            "facility.held",
            facility,
            organization=facility.organization_id,
            chain=chain_of(facility),
            reason=reason,
        )


@transaction.atomic
def release(*, facility: Facility, by) -> int:
    """Its queue goes on, in the order it had. Returns how many reports were held."""
    Facility.objects.filter(pk=facility.pk).update(held_at=None, held_reason="", held_for_key=False, paused_until=None)
    held = list(Report.objects.filter(facility=facility, state=State.HELD).order_by("pk").values_list("pk", flat=True))
    for pk in held:
        report = locked(pk)
        move(report, State.VERIFY if report.may_exist else State.QUEUED, by=by, after=0)
    audit.record(by, "facility.released", facility, organization=facility.organization_id, chain=chain_of(facility))
    wake(facility)
    return len(held)


@transaction.atomic
def put_key(*, facility: Facility, key: str, by) -> None:
    """A new user key; what was held for the old one goes on by itself."""
    facility.put_key(key)
    facility.save(update_fields=["sealed", "hint", "mark", "updated_at"])
    audit.record(by, "facility.key_changed", facility, organization=facility.organization_id, hint=facility.hint)
    if Facility.objects.filter(pk=facility.pk, held_at__isnull=False).exists():
        release(facility=facility, by=by)


def worth_asking() -> QuerySet[Facility]:
    """Facilities held for their key, those in a time of maintenance left out."""
    away = Exists(MaintenanceWindow.open_now(OuterRef("state")))
    return Facility.objects.filter(~away, held_at__isnull=False, held_for_key=True)


def try_held(facility: Facility) -> bool:
    """A facility held for its key is asked after now and then: it may open again. Returns whether it does."""
    if not (facility.held_at and facility.held_for_key and opens(facility)):
        return False
    release(facility=facility, by="METRC queue")
    return True
