"""What every verb on invoices does: lock, refuse the closed ones, keep columns and the order's payment in step."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.core import audit
from apps.core.errors import Refused
from apps.core.push import push
from apps.orders.models import Invoice, Order
from apps.orders.rules.billing import CLOSED, InvoiceState, state_of


def locked(invoice: Invoice, order: Order | None = None) -> tuple[Order, Invoice]:
    """Both rows, the order's first; `order` where the caller has locked it already."""
    return order or Order.objects.locked(invoice.order_id), Invoice.objects.locked(invoice.pk)


def still_open(invoice: Invoice) -> None:
    if invoice.state in CLOSED:
        words = {"number": invoice.number, "state": invoice.get_state_display().lower()}
        raise Refused(_("Invoice %(number)s is %(state)s.") % words, code="invoice-closed")


def reasoned(reason: str) -> str:
    """The reason as it is kept. Raises Refused `reason-required` for none."""
    if not reason.strip():
        raise Refused(_("Give a reason. The retailer will see it."), code="reason-required", status=422)
    return reason.strip()[:400]


def sides(row) -> dict:
    return {"seller_id": row.seller_id, "buyer_id": row.buyer_id}


def today(order: Order, now: datetime) -> date:
    """The day where the goods are shipped from."""
    return now.astimezone(ZoneInfo(order.site_zone)).date()


def settle(order: Order, invoice: Invoice, now: datetime) -> None:
    """The invoice's state from its sums and its day; while the delivery is disputed it does not fall overdue."""
    sums = {"balance": invoice.balance, "paid": invoice.paid}
    due_date = None if order.disputed else invoice.due_date
    invoice.state = state_of(**sums, due_date=due_date, today=today(order, now))
    invoice.save(update_fields=["paid", "credited", "due_date", "state", "updated_at"])


def end(invoice: Invoice, state: InvoiceState, reason: str, by, now: datetime) -> None:
    invoice.state, invoice.reason, invoice.ended_at, invoice.ended_by = state, reason, now, str(by)[:200]
    invoice.save(update_fields=["state", "reason", "ended_at", "ended_by", "updated_at"])


def follow(order: Order, invoice: Invoice, by, action: str, *, tell: bool = True, **told) -> None:
    """The order's payment axis, the audit trail and, with `tell`, whoever has the order open."""
    order.payment = InvoiceState(invoice.state).on_order
    Order.objects.filter(pk=order.pk).update(payment=order.payment)
    audit.record(by, action, invoice, organization=invoice.seller_id, number=invoice.number, **told)
    if tell:
        push(order.topic, "order.changed", number=order.number, payment=order.payment)
