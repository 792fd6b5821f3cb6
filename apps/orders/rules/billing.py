"""Invoices on plain values: what is still owed, which state that is, and how old debts are."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.errors import Refused
from apps.core.look.text import money

from .money import NONE
from .states import Payment


class InvoiceState(TextChoices):
    OPEN = "OPEN", gettext_lazy("Open")
    PARTIAL = "PARTIAL", gettext_lazy("Partly paid")
    PAID = "PAID", gettext_lazy("Paid")
    OVERDUE = "OVERDUE", gettext_lazy("Overdue")
    WRITTEN_OFF = "WRITTEN_OFF", gettext_lazy("Written off")
    VOID = "VOID", gettext_lazy("Void")

    @property
    def on_order(self) -> Payment:
        """How the order's payment axis calls it."""
        return Payment.UNBILLED if self is InvoiceState.VOID else Payment(self.value)


UNPAID = (InvoiceState.OPEN, InvoiceState.PARTIAL, InvoiceState.OVERDUE)
CLOSED = (InvoiceState.WRITTEN_OFF, InvoiceState.VOID)


class Method(TextChoices):
    """How money came. ReUp writes it down; it moves none."""

    CASH = "CASH", gettext_lazy("Cash")
    CHECK = "CHECK", gettext_lazy("Check")
    ACH = "ACH", gettext_lazy("ACH")
    WIRE = "WIRE", gettext_lazy("Wire")
    OTHER = "OTHER", gettext_lazy("Other")


def state_of(*, balance: Decimal, paid: Decimal, due_date: date | None, today: date) -> InvoiceState:
    """Of an invoice that is neither void nor written off. It is due through the whole of its day."""
    if balance <= 0:
        return InvoiceState.PAID
    if due_date is not None and due_date < today:
        return InvoiceState.OVERDUE
    return InvoiceState.PARTIAL if paid else InvoiceState.OPEN


def check_payment(amount: Decimal, balance: Decimal, currency: str = "USD") -> Refused | None:
    """`amount-rule` 422 for nothing or a part of a cent, `overpayment` 409 for more than is owed."""
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(NONE):
        return Refused(_("Write an amount above 0, in whole cents."), code="amount-rule", status=422)
    if amount > balance:
        words = {"amount": money(amount, currency), "balance": money(balance, currency)}
        return Refused(_("%(amount)s is more than the %(balance)s still owed.") % words, code="overpayment")
    return None


AGES = (("current", None), ("1-30", 1), ("31-60", 31), ("61-90", 61), ("90+", 91))  # days overdue from which on


def ageing(debts: Iterable[tuple[date | None, Decimal]], today: date) -> dict[str, Decimal]:
    """Sums of (due date, still owed) by how long they are overdue; what is not yet due is `current`."""
    sums = {name: NONE for name, _days in AGES}
    for due_date, owed in debts:
        sums[age(due_date, today)] += owed
    return sums


def age(due_date: date | None, today: date) -> str:
    late = (today - due_date).days if due_date else 0
    return next(name for name, days in reversed(AGES) if days is None or late >= days)
