"""What reading METRC proves about our reports: a registered transfer has a manifest number, a voided one is gone."""

import hashlib

from django.db import transaction
from django.utils import timezone

from apps.compliance import rules
from apps.compliance.models import Report, Transfer

from . import registering
from .moving import locked, move

Kind, State = rules.Kind, rules.State
MIRROR = "METRC mirror"


def report_of(transfer: Transfer) -> Report | None:
    """Ours, by the mark in its name, else by the template it came from."""
    reports = Report.objects.filter(facility_id=transfer.facility_id, kind=Kind.TRANSFER_CREATE)
    if mark := rules.mark_in(transfer.name):
        return reports.filter(mark=mark).first()
    if transfer.template_id:
        return reports.filter(found__template_id=transfer.template_id).first()
    return None


@transaction.atomic
def registered(*, report: Report, transfer: Transfer) -> Report:
    """METRC gave the manifest its number."""
    report = locked(report.pk)
    found = report.found | {"transfer_id": transfer.metrc_id, "manifest_number": transfer.manifest_number}
    if rules.may_move(report.state, State.CONFIRMED) and transfer.manifest_number and not transfer.is_voided:
        registering.close(report.pk, State.CONFIRMED, MIRROR)
        return move(report, State.CONFIRMED, by=MIRROR, found=found, last_error="")
    return report


@transaction.atomic
def voided(*, report: Report, transfer: Transfer) -> None:
    """METRC shows the transfer as voided: a report that asked for it is done, and what it voids is over."""
    asked = Report.objects.filter(kind=Kind.TRANSFER_VOID, payload__report=report.pk, state=State.ASSIST).first()
    if asked:
        move(locked(asked.pk), State.CONFIRMED, by=MIRROR)
    close_voided(report.pk)


def close_voided(report_id: int) -> None:
    """In the caller's transaction: the transfer that was taken back is cancelled where it is still open."""
    registering.close(report_id, State.CANCELLED, MIRROR)
    report = locked(report_id)
    if rules.may_move(report.state, State.CANCELLED):
        move(report, State.CANCELLED, by=MIRROR)


@transaction.atomic
def keep_paper(*, transfer: Transfer, content: bytes) -> None:
    """The state's own manifest, beside ours."""
    transfer.state_pdf, transfer.state_pdf_sha256 = content, hashlib.sha256(content).hexdigest()
    transfer.updated_at = timezone.now()
    transfer.save(update_fields=["state_pdf", "state_pdf_sha256", "updated_at"])
