"""Differences between METRC and us: a task for a person, closed when both agree again; neither side is overwritten."""

from django.db import transaction
from django.utils.translation import gettext as _

from apps.compliance.models import Discrepancy, Facility
from apps.core import audit
from apps.core.errors import Refused

State = Discrepancy.State


@transaction.atomic
def note_difference(*, facility: Facility, kind: str, subject: str, ours: str, theirs: str) -> Discrepancy:
    """Open it, or bring the open one up to date."""
    return Discrepancy.objects.update_or_create(
        facility=facility,
        kind=kind,
        subject=subject,
        state=State.OPEN,
        defaults={"organization_id": facility.organization_id, "ours": ours[:400], "theirs": theirs[:400]},
    )[0]


def agree(*, facility: Facility, kind: str, subjects: list[str]) -> int:
    """They agree again about these."""
    found = Discrepancy.objects.filter(facility=facility, kind=kind, subject__in=subjects, state=State.OPEN)
    return found.update(state=State.GONE)


@transaction.atomic
def settle(*, difference: Discrepancy, by, why: str) -> Discrepancy:
    """A person found out which side is right, and says so."""
    if not why.strip():
        raise Refused(_("Say which side is right, and why."), code="reason-required", status=422)
    found = Discrepancy.objects.select_for_update().get(pk=difference.pk)
    if found.state != State.OPEN:
        raise Refused(_("This difference is closed."), code="already-decided")
    found.state, found.decided_by, found.why = State.SETTLED, str(by)[:200], why.strip()[:400]
    found.save()
    audit.record(by, "difference.settled", found, organization=found.organization_id, why=found.why)
    return found
