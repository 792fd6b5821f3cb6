"""The one way a report changes its state: guarded, closed when over, audited, told."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.compliance import rules
from apps.compliance.events import report_settled
from apps.compliance.models import Facility, Report
from apps.core import audit, many
from apps.core.errors import Refused
from apps.core.push import push

State = rules.State
COLUMNS = [field.attname for field in Report._meta.concrete_fields if field.attname not in ("id", "updated_at")]
TOLD = frozenset(State) - {State.QUEUED, State.SENDING, State.RETRY_WAIT}


class IllegalMove(Refused):
    """The report's state doesn't allow it."""

    code = "illegal-transition"


# As they stand, and how many tries each has: the tries of a locked report are numbered without a gap.
LOCK = """
SELECT report.*, (SELECT coalesce(max(n), 0) FROM compliance_reportattempt WHERE report_id = report.id) AS tried
FROM compliance_report report WHERE report.id = ANY(%s) ORDER BY report.id FOR UPDATE OF report
"""


def locked(report_id: int, facility: Facility | None = None) -> Report:
    """The report, nobody else's until this transaction ends; `facility` is its own where the caller has it."""
    for report in locked_all([report_id], facility):
        return report
    raise Report.DoesNotExist


def locked_all(report_ids: Iterable[int], facility: Facility | None = None) -> list[Report]:
    """The same of several, in the order of their numbers; who is gone is left out."""
    reports = list(Report.objects.raw(LOCK, [list(report_ids)]))
    for report in reports:
        if facility is not None and facility.pk == report.facility_id:
            report.facility = facility
        report.as_read = {name: report.__dict__[name] for name in COLUMNS}
    return reports


def kept(report: Report) -> None:
    """Write what was changed since it was locked, and nothing else."""
    changed = _changed(report)
    report.save(update_fields=changed and [*changed, "updated_at"])


def _changed(report: Report) -> list[str] | None:
    """None where it was not locked by us."""
    read = getattr(report, "as_read", None)
    return None if read is None else [name for name in COLUMNS if report.__dict__[name] is not read[name]]


def move(report: Report, to: str, *, by, after: float | None = None, why: str = "", **fields) -> Report:
    """To another state, in the caller's transaction and with the row locked. `after` seconds it is due; `fields` are
    set with it."""
    old = _set(report, to, fields)
    if after is not None:
        report.not_before = Now() + timedelta(seconds=after)
    kept(report)
    if after is not None:
        report.refresh_from_db(fields=["not_before"])
    written(report, by, why=why, old=old)
    _heard(report)
    return report


def move_all(reports: Sequence[Report], to: str, *, by, **fields) -> None:
    """The same of several of one facility, in one go."""
    if not reports:
        return
    olds = [_set(report, to, fields) for report in reports]
    now = timezone.now()
    for report in reports:
        report.updated_at = now
    changed = {name for report in reports for name in _changed(report) or COLUMNS}
    many.update(reports, "updated_at", *sorted(changed))
    acts = [_act(report, by, old=old) for report, old in zip(reports, olds, strict=True)]
    audit.record_all(acts, organization=reports[0].organization_id, chain=chain_of(reports[0].facility))
    for report in reports:
        _heard(report)


def _set(report: Report, to: str, fields: dict) -> str:
    """Returns the state it had."""
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
    return old


def _heard(report: Report) -> None:
    if report.state in TOLD:
        _tell(report)
    show(report)


def topic_of(organization_id) -> str:
    """What its people's pages of receiving listen to."""
    return f"receiving.{organization_id}"


def show(report: Report) -> None:
    """Open pages of receiving hear of a receipt's report."""
    if report.kind == rules.Kind.TRANSFER_ACCEPT:
        push(topic_of(report.organization_id), "moved", transfer=report.payload.get("transfer"), state=report.state)


def written(report: Report, by, *, old: str = "", why: str = "") -> None:
    """A link in the licence's own chain."""
    act = _act(report, by, old=old, why=why)
    audit.record_all([act], organization=report.organization_id, chain=chain_of(report.facility))


def _act(report: Report, by, *, old: str = "", why: str = "") -> audit.Act:
    told = {
        "number": report.number,
        "key": report.business_key,
        "kind": report.kind,
        "old": old,
        "why": why,
        "verdict": report.verdict,
        "error": report.last_error[:400],
        "found": report.found,
        "payload": report.payload_sha256,
    }
    return audit.Act(by, f"report.{report.state.lower()}", report, told)


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
