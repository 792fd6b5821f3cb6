"""How much credit a buyer has left with a seller, and the check before more of it is used."""

from decimal import Decimal

from django.db import connection
from django.db.models import Case, DecimalField, F, Sum, When
from django.db.models.functions import Coalesce

from apps.accounts.models import Organization
from apps.orders import rules
from apps.orders.models import Invoice, Order, TradeTerms
from apps.orders.rules.billing import InvoiceState
from apps.orders.rules.credit import Credit
from apps.orders.rules.money import NONE
from apps.orders.rules.terms import Due, Terms

from .terms import terms_for

State = rules.State
WILL_BE_BILLED = (State.ACCEPTED, State.PREPARING, State.SHIPPED, State.DELIVERED)


def credit_for(*, seller: Organization, buyer: Organization, terms: Terms | None = None, lock: bool = False) -> Credit:
    """What unpaid invoices ask, with accepted orders that are not billed yet. Three queries, two with `terms` given.

    `lock`: until the transaction ends nobody else takes credit of this pair, so that what is seen here still holds when
    the order is written.
    """
    if lock:
        _lock(seller, buyer)
    terms = terms or terms_for(seller=seller, buyer=buyer)
    between = {"seller": seller, "buyer": buyer}
    late = When(state=InvoiceState.OVERDUE, then=F("owed"))
    invoices = Invoice.objects.filter(**between).counted().owed()
    owed = invoices.aggregate(used=_sum("owed"), overdue=_sum(Case(late, output_field=DecimalField())))
    orders = Order.objects.filter(**between, state__in=WILL_BE_BILLED, payment=rules.Payment.UNBILLED)
    coming = orders.aggregate(used=_sum("total"))["used"]
    first = _oldest(Invoice.objects.filter(**between)) if owed["used"] else ""
    return Credit(terms.credit_limit, owed["used"] + coming, owed["overdue"], first)


def credits_of(buyer: Organization) -> list[Credit]:
    """The buyer's credit with each seller that set a limit. Three queries, however many sellers there are."""
    limits = TradeTerms.objects.filter(buyer=buyer).exclude(credit_limit=None).values_list("seller", "credit_limit")
    invoices = Invoice.objects.filter(buyer=buyer).counted().owed()
    owed = dict(invoices.order_by().values_list("seller").annotate(used=_sum("owed")))
    orders = Order.objects.filter(buyer=buyer, state__in=WILL_BE_BILLED, payment=rules.Payment.UNBILLED)
    coming = dict(orders.order_by().values_list("seller").annotate(used=_sum("total")))
    return [Credit(limit, owed.get(seller, NONE) + coming.get(seller, NONE)) for seller, limit in limits]


def check_credit(*, seller: Organization, buyer: Organization, total: Decimal, terms: Terms, currency="USD") -> None:
    """Raises Refused `credit-limit` when an order of that total goes beyond the credit left. Cash on delivery takes
    none. Call it in the order's transaction: it locks the pair's credit."""
    if terms.payment is Due.COD:
        return
    if refused := credit_for(seller=seller, buyer=buyer, terms=terms, lock=True).check(total, currency):
        raise refused


def _sum(what):
    return Coalesce(Sum(what), NONE, output_field=DecimalField(max_digits=20, decimal_places=2))


def _oldest(invoices) -> str:
    """The number of the unpaid invoice that falls, or fell, due first."""
    ordered = invoices.unpaid().order_by(F("due_date").asc(nulls_last=True), "issued_at")
    return ordered.values_list("number", flat=True).first() or ""


def _lock(seller, buyer) -> None:
    pair = f"credit:{getattr(seller, 'pk', seller)}:{getattr(buyer, 'pk', buyer)}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [pair])
