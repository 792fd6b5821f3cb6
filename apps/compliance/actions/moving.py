"""The one way a report changes its state: guarded, closed when over, audited, told."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.compliance import rules
from apps.compliance.events import report_settled
from apps.compliance.models import Facility, Report
from apps.core import audit
from apps.core.errors import Refused

State = rules.State
TOLD = frozenset(State) - {State.QUEUED, State.SENDING, State.RETRY_WAIT}


class IllegalMove(Refused):
    """The report's state doesn't allow it."""

    code = "illegal-transition"


def locked(report_id: int) -> Report:
    """The report, nobody else's until this transaction ends."""
    return Report.objects.select_for_update(of=("self",)).select_related("facility").get(pk=report_id)


def move(report: Report, to: str, *, by, after: float | None = None, why: str = "", **fields) -> Report:
    """To another state, in the caller's transaction and with the row locked. `after` seconds it is due; `fields` are
    set with it."""
    old = report.state
    if not rules.may_move(old, to):
        raise IllegalMove(
            _("%(report)s is %(state)s; that can't be done with it.")
            % {"report": report.number, "state": report.get_state_display()}
        )
    report.state = to
    for name, value in fields.items():
        setattr(report, name, value)
    report.closed_at = timezone.now() if to in rules.TERMINAL else None
    if after is not None:
        report.not_before = Now() + timedelta(seconds=after)
    report.save()
    if after is not None:
        report.refresh_from_db(fields=["not_before"])
    written(report, by, why=why, old=old)
    if to in TOLD:
        _tell(report)
    return report


def written(report: Report, by, *, old: str = "", why: str = "") -> None:
    """A link in the licence's own chain."""
    audit.record(
        by,
        f"report.{report.state.lower()}",
        report,
        organization=report.organization_id,
        chain=chain_of(report.facility),
        number=report.number,
        key=report.business_key,
        kind=report.kind,
        old=old,
        why=why,
        verdict=report.verdict,
        error=report.last_error[:400],
        found=report.found,
        payload=report.payload_sha256,
    )


def chain_of(facility: Facility) -> str:
    return f"license:{facility.number}"


def _tell(report: Report) -> None:
    report_settled.tell(
        organization_id=str(report.organization_id),
        report=report.pk,
        kind=report.kind,
        state=report.state,
        order_number=report.order_number,
        manifest_number=report.found.get("manifest_number", ""),
    )
