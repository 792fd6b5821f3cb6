"""What the state's answers mean for an order: its compliance axis and its manifest number."""

from datetime import datetime

from django.db import transaction

from apps.core import audit
from apps.orders import rules
from apps.orders.models import Order

from .moving import announce

C = rules.Compliance
# A report's state → the order's axis. CONFIRMED is METRC's template; acknowledged is it once the number is known.
AXIS = {
    "QUEUED": C.QUEUED,
    "SENDING": C.QUEUED,
    "RETRY_WAIT": C.QUEUED,
    "VERIFY": C.QUEUED,
    "HELD": C.QUEUED,
    "ASSIST": C.SUBMITTED,
    "CONFIRMED": C.SUBMITTED,
    "ADOPTED": C.SUBMITTED,
    "REJECTED": C.REJECTED,
    "REVIEW": C.FAILED,
    "DEAD": C.FAILED,
    "CANCELLED": C.VOIDED,
}


@transaction.atomic
def note_report(*, order_number: str, kind: str, state: str, manifest_number: str, now: datetime) -> None:
    """A report of the order's transfer moved. News may come twice or late: an acknowledged order stays so."""
    order = _locked(order_number)
    if order is not None and kind == "package_create":
        announce(order, "compliance")
    if order is None or kind != "transfer_create" or state not in AXIS:
        return
    if order.compliance == C.VOIDED:
        return
    wanted = C.ACKNOWLEDGED if manifest_number else AXIS[state]
    if order.compliance == C.ACKNOWLEDGED and wanted in (C.QUEUED, C.SUBMITTED):
        return
    _set(order, wanted, manifest_number or order.manifest_number)


@transaction.atomic
def note_transfer(*, order_number: str, manifest_number: str, is_voided: bool, now: datetime) -> None:
    """METRC shows the registered transfer: its number is the order's, or it was voided there."""
    order = _locked(order_number)
    if order is None or not manifest_number:
        return
    if is_voided:
        if order.manifest_number == manifest_number:
            _set(order, C.VOIDED, "")
        return
    if order.compliance != C.VOIDED:
        _set(order, C.ACKNOWLEDGED, manifest_number)


def _locked(number: str) -> Order | None:
    pk = Order.objects.filter(number=number).values_list("pk", flat=True).first()
    return Order.objects.locked(pk) if pk else None


def _set(order: Order, compliance: str, manifest_number: str) -> None:
    """Not a move of the order's: its version is for what people see and decide, so it counts on as well."""
    if (order.compliance, order.manifest_number) == (compliance, manifest_number):
        return
    order.compliance, order.manifest_number = compliance, manifest_number
    order.version += 1
    order.save(update_fields=["compliance", "manifest_number", "version", "updated_at"])
    audit.record("compliance", "order.compliance", order, organization=order.seller_id, state=compliance)
    announce(order, "compliance")
