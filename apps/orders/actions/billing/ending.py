"""Invoices that end unpaid: void, as if they had not been; or written off, which takes two people."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import audit
from apps.core.errors import Refused
from apps.orders.models import Invoice, Order
from apps.orders.rules.billing import InvoiceState

from . import books


@transaction.atomic
def void_invoice(*, invoice: Invoice, reason: str, by, now: datetime, order: Order | None = None) -> Invoice:
    """Take it back; the order may be billed anew. Raises Refused `invoice-paid` once money came."""
    order, invoice = books.locked(invoice, order)
    books.still_open(invoice)
    if invoice.paid:
        raise Refused(_("Money came for this invoice. Credit it instead."), code="invoice-paid")
    books.end(invoice, InvoiceState.VOID, books.reasoned(reason), by, now)
    books.follow(order, invoice, by, "invoice.voided", why=invoice.reason)
    return invoice


@transaction.atomic
def ask_write_off(*, invoice: Invoice, reason: str, by) -> Invoice:
    """The first of two people says why the rest will never be paid. Nothing is written off yet."""
    _order, invoice = books.locked(invoice)
    _owed(invoice)
    invoice.asked_by, invoice.reason = str(by)[:200], books.reasoned(reason)
    invoice.save(update_fields=["asked_by", "reason", "updated_at"])
    told = {"number": invoice.number, "why": invoice.reason}
    audit.record(by, "invoice.write_off_asked", invoice, organization=invoice.seller_id, **told)
    return invoice


@transaction.atomic
def write_off(*, invoice: Invoice, by, now: datetime) -> Invoice:
    """The second of two people gives the rest up. Raises Refused `four-eyes` for the one who asked."""
    order, invoice = books.locked(invoice)
    _owed(invoice)
    if not invoice.asked_by:
        raise Refused(_("Somebody has to ask for the write-off first, with a reason."), code="four-eyes")
    if invoice.asked_by == str(by)[:200]:
        raise Refused(_("You asked for this write-off. Another person has to agree."), code="four-eyes")
    books.end(invoice, InvoiceState.WRITTEN_OFF, invoice.reason, by, now)
    told = {"amount": str(invoice.balance), "asked_by": invoice.asked_by}
    books.follow(order, invoice, by, "invoice.written_off", **told)
    return invoice


def _owed(invoice: Invoice) -> None:
    books.still_open(invoice)
    if invoice.balance <= 0:
        raise Refused(_("Nothing is owed on this invoice."), code="nothing-owed")
