"""Outage mode: while METRC is away, goods may leave on our own manifest; the reports stay queued."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Organization
from apps.compliance.models import Outage
from apps.core import audit
from apps.core.errors import Refused


def outage_of(organization) -> Outage | None:
    """The outage declared now; None when there is none, or its time is over."""
    found = Outage.objects.filter(organization=organization, ended_at=None).first()
    return None if found and found.until_at and found.until_at <= timezone.now() else found


@transaction.atomic
def begin_outage(
    *, organization: Organization, reason: str, by, now: datetime, until_at: datetime | None = None
) -> Outage:
    if not reason.strip():
        raise Refused(_("Say why METRC counts as away."), code="reason-required", status=422)
    if until_at and until_at <= now:
        raise Refused(_("The end lies in the past."), code="ends-before-now", status=422)
    _end(organization, by, now)
    outage = Outage.objects.create(
        organization=organization, reason=reason.strip()[:400], began_at=now, began_by=str(by)[:200], until_at=until_at
    )
    audit.record(by, "outage.began", outage, organization=organization, reason=outage.reason, until=until_at)
    return outage


@transaction.atomic
def end_outage(*, organization: Organization, by, now: datetime) -> None:
    if not _end(organization, by, now):
        raise Refused(_("No outage is declared."), code="no-outage")


def _end(organization: Organization, by, now: datetime) -> bool:
    outage = Outage.objects.select_for_update().filter(organization=organization, ended_at=None).first()
    if outage is None:
        return False
    outage.ended_at, outage.ended_by = now, str(by)[:200]
    outage.save()
    audit.record(by, "outage.ended", outage, organization=organization)
    return True
