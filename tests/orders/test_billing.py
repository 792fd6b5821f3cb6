"""Invoices: what they bill, when they are due, what is paid and credited, who may end them, who reads them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from apps.core import invariants
from apps.core.errors import Refused
from apps.core.models import AuditEntry
from apps.core.scope import everyone
from apps.orders.actions import billing
from apps.orders.models import CreditNote, Invoice, InvoiceLine, Order, OrderLine, Payment
from apps.orders.rules import State
from apps.orders.rules.billing import AGES, ageing, state_of
from apps.orders.rules.books import INVARIANTS
from tests.orders.shipped import an_order

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture
def desk(cast, scoped):
    """The seller's scope, where invoices are written."""
    with scoped(cast.seller):
        yield cast


def billed(desk, *lines, now=NOW, **values) -> Invoice:
    return billing.issue_invoice(order=an_order(desk, *lines, **values), by=desk.seller, now=now)


def pay(desk, invoice, amount, **values):
    usual = {"received_date": TODAY, "method": "ACH", "by": desk.seller, "now": NOW}
    return billing.record_payment(invoice=invoice, amount=Decimal(amount), **usual | values)


def axis(invoice) -> tuple[str, str]:
    """The states of the invoice and of its order's payment."""
    return Invoice.objects.get(pk=invoice.pk).state, Order.objects.get(pk=invoice.order_id).payment


def broken() -> list[str]:
    """Rules of the books that do not hold."""
    with everyone("test"), connection.cursor() as cursor:
        found = []
        for rule in INVARIANTS:
            cursor.execute(rule.broken)
            found += [rule.name for _row in cursor.fetchall()]
        return found


def test_an_invoice_bills_what_was_shipped_line_by_line(desk):
    order = an_order(desk, ("3", "0.3333"), ("10", "12.50"))
    OrderLine.objects.filter(order=order, position=2).update(shipped=4)

    invoice = billing.issue_invoice(order=order, by=desk.seller, now=NOW)

    lines = [(line.quantity, line.total) for line in invoice.lines.all()]
    assert lines == [(3, Decimal("1.00")), (4, Decimal("50.00"))]
    assert (invoice.number, invoice.total, invoice.terms) == (f"{order.number}-1", Decimal("51.00"), "NET_30")
    assert (invoice.due_date, order.payment, axis(invoice)) == (None, "OPEN", ("OPEN", "OPEN"))
    assert broken() == []


def test_an_order_is_billed_once_however_often_it_is_asked(desk):
    order = an_order(desk)

    made = {billing.issue_invoice(order=order, by=desk.seller, now=NOW).pk for _ in range(3)}

    assert len(made) == 1


def test_delivery_sets_the_day_it_is_due_where_the_goods_came_from(desk):
    invoice = billed(desk)
    late_evening = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # the 21st in Detroit

    due = billing.start_terms(order=invoice.order, delivered_at=late_evening, by=desk.seller)

    assert due.due_date == TODAY + timedelta(days=30)


def test_an_invoice_is_paid_in_parts_to_the_cent(desk):
    invoice = billed(desk, ("10", "12.50"))

    pay(desk, invoice, "50.00")
    after_one = axis(invoice)
    pay(desk, invoice, "75.00", reference="ACH 4471")

    assert (after_one, axis(invoice)) == (("PARTIAL", "PARTIAL"), ("PAID", "PAID"))
    assert Invoice.objects.get(pk=invoice.pk).balance == 0
    assert broken() == []


@pytest.mark.parametrize(
    ("amount", "more", "code", "text"),
    [
        ("125.01", {}, "overpayment", "$125.01 is more than the $125.00 still owed."),
        ("0", {}, "amount-rule", "Write an amount above 0, in whole cents."),
        ("-5", {}, "amount-rule", None),
        ("1.005", {}, "amount-rule", None),
        ("NaN", {}, "amount-rule", None),
        ("1", {"received_date": TODAY + timedelta(days=1)}, "future-date", None),
    ],
)
def test_a_payment_that_cannot_be_is_refused_and_nothing_is_written(desk, amount, more, code, text):
    invoice = billed(desk)

    with pytest.raises(Refused) as refused:
        pay(desk, invoice, amount, **more)

    assert refused.value.code == code
    assert text is None or refused.value.detail == text
    assert (Payment.objects.count(), axis(invoice)) == (0, ("OPEN", "OPEN"))


def test_the_same_reference_is_recorded_once(desk):
    invoice = billed(desk)
    pay(desk, invoice, "25", reference="check 88", method="CHECK")

    with pytest.raises(Refused, match="check 88 is already recorded"):
        pay(desk, invoice, "25", reference=" check 88", method="CHECK")

    assert Invoice.objects.get(pk=invoice.pk).paid == 25


def test_a_credit_for_goods_takes_their_share_and_the_last_unit_the_rest(desk):
    invoice = billed(desk, ("3", "0.3350"))  # $1.00: three thirds of it are 33, 34 and 33 cents
    line = invoice.order.lines.get()

    for _ in range(3):
        billing.issue_credit(invoice=invoice, lines=[(line, Decimal(1))], reason="Crushed", by=desk.seller, now=NOW)

    assert sum(CreditNote.objects.values_list("amount", flat=True)) == invoice.total
    assert axis(invoice) == ("PAID", "PAID")
    assert broken() == []


@pytest.mark.parametrize(("quantity", "amount"), [("11", None), ("0", None), (None, "125.01"), (None, None)])
def test_no_more_is_credited_than_was_billed(desk, quantity, amount):
    invoice = billed(desk)
    lines = [(invoice.order.lines.get(), Decimal(quantity))] if quantity else []

    with pytest.raises(Refused) as refused:
        billing.issue_credit(
            invoice=invoice,
            lines=lines,
            amount=amount and Decimal(amount),
            reason="Too much",
            by=desk.seller,
            now=NOW,
        )

    assert refused.value.code == "credit-rule"


def test_a_credit_after_the_money_leaves_a_balance_below_zero(desk):
    invoice = billed(desk)
    pay(desk, invoice, "125.00")

    billing.issue_credit(invoice=invoice, amount=Decimal("25.00"), reason="Crushed", by=desk.seller, now=NOW)

    assert Invoice.objects.get(pk=invoice.pk).balance == -25
    assert axis(invoice) == ("PAID", "PAID")


def test_a_void_invoice_stays_and_its_order_is_billed_anew(desk):
    first = billed(desk)

    billing.void_invoice(invoice=first, reason="The van never left", by=desk.seller, now=NOW)
    unbilled = axis(first)
    second = billing.issue_invoice(order=first.order, by=desk.seller, now=NOW)

    assert unbilled == ("VOID", "UNBILLED")
    assert second.number == f"{first.order.number}-2"
    assert broken() == []


def test_an_invoice_with_money_on_it_is_not_voided(desk):
    invoice = billed(desk)
    pay(desk, invoice, "5")

    with pytest.raises(Refused) as refused:
        billing.void_invoice(invoice=invoice, reason="Wrong", by=desk.seller, now=NOW)

    assert refused.value.detail == "Money came for this invoice. Credit it instead."


def test_writing_off_takes_two_people_and_a_reason(desk):
    invoice = billed(desk)

    with pytest.raises(Refused) as early:
        billing.write_off(invoice=invoice, by="second@northlight.test", now=NOW)
    with pytest.raises(Refused) as silent:
        billing.ask_write_off(invoice=invoice, reason=" ", by=desk.seller)
    billing.ask_write_off(invoice=invoice, reason="Closed for good", by=desk.seller)
    with pytest.raises(Refused) as alone:
        billing.write_off(invoice=invoice, by=desk.seller, now=NOW)
    billing.write_off(invoice=invoice, by="second@northlight.test", now=NOW)

    assert (early.value.code, silent.value.code, alone.value.code) == ("four-eyes", "reason-required", "four-eyes")
    assert axis(invoice) == ("WRITTEN_OFF", "WRITTEN_OFF")
    told = AuditEntry.objects.get(action="invoice.written_off")
    assert (told.actor, told.data["asked_by"]) == ("second@northlight.test", str(desk.seller))


@pytest.mark.parametrize("end", ["void", "write_off"])
def test_a_closed_invoice_takes_no_more_money(desk, end):
    invoice = billed(desk)
    if end == "void":
        billing.void_invoice(invoice=invoice, reason="Wrong", by=desk.seller, now=NOW)
    else:
        billing.ask_write_off(invoice=invoice, reason="Gone", by="one")
        billing.write_off(invoice=invoice, by="two", now=NOW)

    with pytest.raises(Refused) as refused:
        pay(desk, invoice, "1")

    assert refused.value.code == "invoice-closed"


def test_an_invoice_is_overdue_when_its_day_is_over_where_it_was_shipped(desk):
    invoice = billed(desk, terms="COD")
    billing.start_terms(order=invoice.order, delivered_at=NOW, by=desk.seller)
    pay(desk, invoice, "5")
    evening = datetime(2026, 11, 22, 4, 59, tzinfo=UTC)  # 23:59 in Detroit

    with everyone("test"):
        counts = [billing.mark_overdue(now=evening + timedelta(minutes=late)) for late in (0, 1, 2)]

    assert counts == [0, 1, 0]
    assert axis(invoice) == ("OVERDUE", "OVERDUE")
    assert broken() == []


@pytest.mark.parametrize(
    ("balance", "paid", "due", "state"),
    [
        ("10", "0", None, "OPEN"),
        ("10", "0", TODAY, "OPEN"),
        ("10", "5", TODAY, "PARTIAL"),
        ("10", "5", TODAY - timedelta(days=1), "OVERDUE"),
        ("0", "5", TODAY - timedelta(days=1), "PAID"),
        ("-1", "5", None, "PAID"),
    ],
)
def test_an_invoices_state_follows_from_its_sums_and_its_day(balance, paid, due, state):
    assert state_of(balance=Decimal(balance), paid=Decimal(paid), due_date=due, today=TODAY) == state


def test_debts_age_by_whole_days_overdue():
    days = [None, 0, 1, 30, 31, 60, 61, 90, 91, 400]
    debts = [(None if late is None else TODAY - timedelta(days=late), Decimal(1)) for late in days]

    assert list(ageing(debts, TODAY).values()) == [2, 2, 2, 2, 2]
    assert list(ageing([], TODAY)) == [name for name, _days in AGES]


def test_a_buyer_reads_its_own_invoices_and_writes_none(desk, scoped):
    mine = billed(desk)
    billed(desk, buyer=desk.stranger)
    pay(desk, mine, "5")

    with scoped(desk.buyer):
        assert [invoice.pk for invoice in Invoice.objects.visible_to(desk.buyer)] == [mine.pk]
        assert (InvoiceLine.objects.count(), Payment.objects.count()) == (1, 1)
        assert Invoice.objects.update(paid=100) == 0
        assert Payment.objects.all().delete()[0] == 0


def test_the_invariants_find_books_that_do_not_add_up(desk):
    invoice = billed(desk)
    Invoice.objects.filter(pk=invoice.pk).update(total=200, paid=7, credited=3, state="PARTIAL")
    Order.objects.filter(pk=invoice.order_id).update(total=200)

    assert sorted(broken()) == sorted(rule.name for rule in INVARIANTS)
    assert {rule.name for rule in INVARIANTS} <= set(invariants._rules)


def test_a_draft_owes_nothing(desk):
    an_order(desk, state=State.ACCEPTED)

    assert Invoice.objects.count() == 0
    assert broken() == []
