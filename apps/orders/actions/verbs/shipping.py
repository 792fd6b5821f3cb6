"""Towards the state and out of the door."""

from django.utils.translation import gettext as _

from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import as_seller
from apps.compliance.actions import transfers
from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.actions import billing, guards, leaving, transport
from apps.orders.actions.moving import Step, save_lines
from apps.orders.models import Invoice, TrackingEvent

Filed = rules.Compliance


def manifest(step: Step) -> None:
    """T21: stays PREPARING; the report is written in this transaction and sent after it."""
    guards.no_open_manifest(step.order)
    guards.no_open_change(step.order)
    order = step.order
    order.manifest_version += 1
    report = transport.file(step)
    order.compliance, order.manifest_number = Filed.QUEUED, ""
    step.told |= {"report": str(report.pk), "manifest_version": order.manifest_version}


def void_manifest(step: Step) -> None:
    guards.filed(step.order)
    _void(step)


def ship(step: Step) -> None:
    """T22: the packages leave the shelf, the invoice is issued."""
    guards.no_open_change(step.order)
    leaving.acknowledged(step)
    order = step.order
    for line in step.lines:
        line.shipped = line.accepted
    save_lines(step)
    reserving.consume(seller=order.seller_id, order=order.pk, now=step.now)
    order.tracking = str(step.data.get("tracking") or "")[:200]
    order.cancel_requested = False
    with as_seller(order.seller_id):
        invoice = billing.issue_invoice(order=order, by=step.by, now=step.now)
    note(step, TrackingEvent.Kind.HANDED_OVER, order.tracking)
    step.told |= {"invoice": invoice.number, "tracking": order.tracking}


def void_ship(step: Step) -> None:
    """T24: only while the van has not departed."""
    order = step.order
    if order.track.filter(kind__in=["DEPARTED", "ARRIVED"]).exists():
        raise Refused(_("The goods have departed. Record a refusal at the door instead."), code="departed")
    _void(step)
    reserving.take_back(seller=order.seller_id, order=order.pk, now=step.now)
    if invoice := Invoice.objects.standing(order):
        billing.void_invoice(invoice=invoice, reason=step.reason or _("Shipment voided"), by=step.by, now=step.now)
    order.payment, order.tracking = rules.Payment.UNBILLED, ""
    for line in step.lines:
        line.shipped = 0


def _void(step: Step) -> None:
    order = step.order
    if order.compliance in (Filed.NOT_REQUIRED, Filed.VOIDED):
        return
    transfers.void_transfer(
        organization=order.seller, order_number=order.number, by=step.by, why=step.reason or _("Voided"), now=step.now
    )
    order.compliance, order.manifest_number = Filed.VOIDED, ""


def note(step: Step, kind: str, text: str = "", expected_at=None) -> TrackingEvent:
    order = step.order
    return TrackingEvent.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        at=step.now,
        kind=kind,
        text=text[:400],
        expected_at=expected_at,
        by=step.by.name,
    )
