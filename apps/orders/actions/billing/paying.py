"""Money that came, and money that did not come in time."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.core.scope import scope
from apps.orders.models import Invoice, Order, Payment
from apps.orders.rules.billing import CLOSED, InvoiceState, Method, check_payment

from . import books


@transaction.atomic
def record_payment(
    *, invoice: Invoice, amount: Decimal, received_date: date, method: str, by, now: datetime, reference: str = ""
) -> Payment:
    """Write down money that came.

    Raises Refused: `amount-rule`, `overpayment`, `invoice-closed`, `future-date`, or `already-recorded` when the
    reference stands on this invoice.
    """
    order, invoice = books.locked(invoice)
    books.still_open(invoice)
    if refused := check_payment(amount, invoice.balance, invoice.currency):
        raise refused
    _has_come(order, received_date, now)
    reference = reference.strip()
    told = {"amount": amount, "received_date": received_date, "method": Method(method), "reference": reference}
    payment = _written(invoice, told | {"by": str(by)[:200], "at": now})
    invoice.paid += amount
    books.settle(order, invoice, now)
    books.follow(order, invoice, by, "invoice.paid", amount=str(amount), method=method, reference=reference)
    return payment


def mark_overdue(*, now: datetime) -> int:
    """Invoices whose day has passed where they were shipped from; how many. Found in a scope that sees everyone, each
    marked in its seller's."""
    due = Invoice.objects.filter(state__in=[InvoiceState.OPEN, InvoiceState.PARTIAL], due_date__lte=now.date())
    return sum(_marked(invoice, now) for invoice in list(due.order_by("pk")))


def _marked(invoice: Invoice, now: datetime) -> bool:
    with scope(invoice.seller_id):
        return _fell_due(invoice, now)


@transaction.atomic
def _fell_due(invoice: Invoice, now: datetime) -> bool:
    order, invoice = books.locked(invoice)
    was = invoice.state
    if was in CLOSED:
        return False
    books.settle(order, invoice, now)
    if invoice.state == was:
        return False
    books.follow(order, invoice, "timetable", "invoice.overdue", due_date=str(invoice.due_date))
    return True


def _has_come(order: Order, received_date: date, now: datetime) -> None:
    if received_date > books.today(order, now):
        raise Refused(_("Money can't have come on a day that is still ahead."), code="future-date", status=422)


def _written(invoice: Invoice, told: dict) -> Payment:
    try:
        with transaction.atomic():
            return Payment.objects.create(invoice=invoice, **books.sides(invoice), **told)
    except IntegrityError:
        text = _("%(reference)s is already recorded on this invoice.") % told
        raise Refused(text, code="already-recorded") from None
