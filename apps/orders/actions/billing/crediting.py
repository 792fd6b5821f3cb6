"""What is taken off an invoice: goods that came back or never came, or an amount for no goods."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.core.look.text import quantity as plain
from apps.orders.models import CreditNote, Invoice, Order, OrderLine
from apps.orders.rules import money
from apps.orders.rules.billing import check_payment

from . import books


@transaction.atomic
def issue_credit(
    *,
    invoice: Invoice,
    reason: str,
    by,
    now: datetime,
    lines: Iterable[tuple[OrderLine, Decimal]] = (),
    amount: Decimal | None = None,
    order: Order | None = None,
) -> CreditNote:
    """For quantities of lines, each at its share of what the line cost, or for an amount.

    Raises Refused: `reason-required`, `invoice-closed`, `credit-rule` for more than was billed and is not yet credited.
    """
    order, invoice = books.locked(invoice, order)
    books.still_open(invoice)
    reason = books.reasoned(reason)
    told = [_line(invoice, line, quantity) for line, quantity in lines]
    amount = money.total(Decimal(line["total"]) for line in told) if told else amount or money.NONE
    if check_payment(amount, invoice.total - invoice.credited, invoice.currency):
        raise Refused(_("No more can be credited than was billed."), code="credit-rule", status=422)
    number = f"{invoice.number}-C{invoice.credits.count() + 1}"
    values = {"amount": amount, "reason": reason, "lines": told, "by": str(by)[:200], "at": now}
    note = CreditNote.objects.create(number=number, invoice=invoice, **books.sides(invoice), **values)
    invoice.credited += amount
    books.settle(order, invoice, now)
    books.follow(order, invoice, by, "invoice.credited", credit=number, amount=str(amount), why=reason)
    return note


def _line(invoice: Invoice, line: OrderLine, quantity: Decimal) -> dict:
    """Counts what was credited of the line before, so that its last unit takes what is left of it to the cent, the
    tax on it included."""
    billed = invoice.lines.filter(line=line).first()
    told = [one for note in invoice.credits.all() for one in note.lines if one["line"] == str(line.pk)]
    before = sum((Decimal(one["quantity"]) for one in told), Decimal(0))
    if billed is None or quantity <= 0 or before + quantity > billed.quantity:
        words = {"name": line.name, "left": plain(billed.quantity - before) if billed else "0"}
        raise Refused(_("Of %(name)s %(left)s can be credited.") % words, code="credit-rule", status=422)
    already = money.total(Decimal(one["total"]) for one in told)
    off = money.share(billed.total + billed.tax, before + quantity, billed.quantity) - already
    words = {"line": str(line.pk), "sku": line.sku, "name": line.name, "quantity": f"{quantity:f}"}
    return words | {"price": f"{billed.price:f}", "total": f"{off:f}"}
