"""Where a state publishes a call that registers a transfer, the template is followed by a report that makes it;
everywhere else a person registers it at METRC's site."""

from apps.compliance import rules
from apps.compliance.models import Capability, Report

from . import filing
from .moving import locked, move

Kind, State = rules.Kind, rules.State


def follow(report: Report) -> None:
    """In the caller's transaction: METRC has the template."""
    template = report.found.get("template_id")
    if report.kind != Kind.TRANSFER_CREATE or report.state != State.ASSIST or not template:
        return
    if Capability.of(report.facility, rules.ByHand.REGISTER) is None:
        return
    filing.file(
        facility=report.facility,
        kind=Kind.TRANSFER_REGISTER,
        key=rules.register_key(report.facility.number, report.order_number, report.payload["version"]),
        payload={"order": report.order_number, "report": report.pk, "template": template},
        lanes=[rules.order_lane(report.order_number)],
        deadline=report.deadline_at,
        by=report.filed_by,
        order_number=report.order_number,
    )


def close(report_id: int, to: str, by: str) -> None:
    """In the caller's transaction: the transfer was registered, whoever did it, or taken back."""
    left = Report.objects.open().filter(kind=Kind.TRANSFER_REGISTER, payload__report=report_id)
    for pk in list(left.values_list("pk", flat=True)):
        report = locked(pk)
        if rules.may_move(report.state, to):
            move(report, to, by=by)
