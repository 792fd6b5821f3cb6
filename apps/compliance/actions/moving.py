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
from apps.core.push import push

State = rules.State
COLUMNS = [field.attname for field in Report._meta.concrete_fields if field.attname not in ("id", "updated_at")]
TOLD = frozenset(State) - {State.QUEUED, State.SENDING, State.RETRY_WAIT}


class IllegalMove(Refused):
    """The report's state doesn't allow it."""

    code = "illegal-transition"


# As it stands, and how many tries it has: the tries of a locked report are numbered without a gap.
LOCK = """
SELECT report.*, (SELECT coalesce(max(n), 0) FROM compliance_reportattempt WHERE report_id = report.id) AS tried
FROM compliance_report report WHERE report.id = %s FOR UPDATE OF report
"""


def locked(report_id: int, facility: Facility | None = None) -> Report:
    """The report, nobody else's until this transaction ends; `facility` is its own where the caller has it."""
    report = next(iter(Report.objects.raw(LOCK, [report_id])), None)
    if report is None:
        raise Report.DoesNotExist
    if facility is not None and facility.pk == report.facility_id:
        report.facility = facility
    report.as_read = {name: report.__dict__[name] for name in COLUMNS}
    return report


def kept(report: Report) -> None:
    """Write what was changed since it was locked, and nothing else."""
    read = getattr(report, "as_read", None)
    changed = None if read is None else [name for name in COLUMNS if report.__dict__[name] is not read[name]]
    report.save(update_fields=changed and [*changed, "updated_at"])


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
    kept(report)
    if after is not None:
        report.refresh_from_db(fields=["not_before"])
    written(report, by, why=why, old=old)
    if to in TOLD:
        _tell(report)
    show(report)
    return report


def topic_of(organization_id) -> str:
    """What its people's pages of receiving listen to."""
    return f"receiving.{organization_id}"


def show(report: Report) -> None:
    """Open pages of receiving hear of a receipt's report."""
    if report.kind == rules.Kind.TRANSFER_ACCEPT:
        push(topic_of(report.organization_id), "moved", transfer=report.payload.get("transfer"), state=report.state)


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
