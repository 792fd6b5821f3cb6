"""The beginning of an invoice: billed when the order ships, due from the day it is delivered."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.orders.actions.terms import terms_for
from apps.orders.models import Invoice, InvoiceLine, Order, OrderLine
from apps.orders.rules import money, taxes
from apps.orders.rules.billing import CLOSED, state_of
from apps.orders.rules.terms import Due

from . import books


@transaction.atomic
def issue_invoice(*, order: Order, by, now: datetime, lines: list[OrderLine] | None = None) -> Invoice:
    """Bill what was shipped; `lines` where the caller has them in hand, not written yet. An order that has a standing
    invoice keeps it."""
    if standing := Invoice.objects.standing(order):
        return standing
    made = Invoice(
        number=f"{order.number}-{Invoice.objects.filter(order=order).count() + 1}",
        order=order,
        **books.sides(order),
        seller_name=order.seller_name,
        buyer_name=order.buyer_name,
        terms=_terms(order),
        issued_at=now,
        currency=order.currency,
    )
    rows = [_line(made, line) for line in lines or order.lines.order_by("position") if _billed(line)]
    made.tax = money.total(row.tax for row in rows)
    made.total = money.total(row.total for row in rows) + made.tax
    made.state = state_of(balance=made.total, paid=made.paid, due_date=None, today=books.today(order, now))
    made.save(force_insert=True)
    InvoiceLine.objects.bulk_create(rows)
    books.follow(order, made, by, "invoice.issued", tell=False, total=str(made.total))
    return made


@transaction.atomic
def start_terms(*, order: Order, delivered_at: datetime, by) -> Invoice | None:
    """Delivery sets the day on which the standing invoice is due (features B5). None where there is no invoice."""
    standing = Invoice.objects.standing(order)
    if standing is None or standing.state in CLOSED:
        return standing
    order, invoice = books.locked(standing, order)
    invoice.due_date = Due(invoice.terms).due_date(books.today(order, delivered_at))
    books.settle(order, invoice, delivered_at)
    books.follow(order, invoice, by, "invoice.due", tell=False, due_date=str(invoice.due_date))
    return invoice


@transaction.atomic
def hold_payment(*, order: Order, by, now: datetime) -> None:
    """The delivery is disputed: what is owed for it waits until both agree (features T28)."""
    standing = Invoice.objects.standing(order)
    if standing is None or standing.state in CLOSED:
        return
    order, invoice = books.locked(standing, order)
    books.settle(order, invoice, now)
    books.follow(order, invoice, by, "invoice.disputed", tell=False)


def _terms(order: Order) -> Due:
    """As frozen at submit; what holds today where nothing was."""
    if order.terms in Due.values:
        return Due(order.terms)
    return terms_for(seller=order.seller_id, buyer=order.buyer_id).payment


def _billed(line: OrderLine) -> Decimal:
    return line.shipped or line.accepted


def _line(invoice: Invoice, line: OrderLine) -> InvoiceLine:
    quantity = _billed(line)
    total = money.line_total(quantity, line.price)
    return InvoiceLine(
        invoice=invoice,
        **books.sides(invoice),
        line=line,
        position=line.position,
        sku=line.sku,
        name=line.name,
        unit=line.unit,
        quantity=quantity,
        price=line.price,
        total=total,
        taxes=line.taxes,
        tax=taxes.charged(total, line.taxes),
    )
