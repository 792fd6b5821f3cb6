"""Terms and credit on plain values: due days, order minimum, what credit is left."""

from datetime import date
from decimal import Decimal

import pytest

from apps.orders.rules.credit import Credit
from apps.orders.rules.states import OnShort
from apps.orders.rules.terms import Due, Terms


@pytest.mark.parametrize(
    ("payment", "due"),
    [(Due.COD, date(2026, 11, 21)), (Due.NET_7, date(2026, 11, 28)), (Due.NET_60, date(2027, 1, 20))],
)
def test_what_is_owed_is_due_so_many_days_after_delivery(payment, due):
    assert payment.due_date(date(2026, 11, 21)) == due


def test_without_terms_a_buyer_pays_on_delivery_and_is_asked_when_goods_run_short():
    assert Terms() == Terms(Due.COD, None, Decimal(0), OnShort.ASK, 24, 24, 24)
    assert Terms().check_minimum(Decimal(0)) is None


def test_an_order_below_the_minimum_is_told_how_much_is_missing():
    terms = Terms(order_minimum=Decimal("750.00"))

    refused = terms.check_minimum(Decimal("700.50"))

    assert (refused.code, refused.status) == ("order-minimum", 422)
    assert refused.detail == "Add $49.50 more to reach the $750.00 minimum."
    assert terms.check_minimum(Decimal("750.00")) is None


def test_credit_that_is_not_enough_is_refused_with_the_invoice_to_pay():
    credit = Credit(limit=Decimal(25_000), used=Decimal("24000.50"), overdue=Decimal(500), oldest="1031-1")

    refused = credit.check(Decimal("1000.00"))

    assert (refused.code, refused.status) == ("credit-limit", 409)
    assert refused.detail == (
        "This order is $0.50 above your available credit. Remove items, pay invoice 1031-1, or choose cash on delivery."
    )
    assert credit.check(Decimal("999.50")) is None


def test_no_limit_needs_no_credit_and_a_spent_one_leaves_nothing():
    assert Credit(limit=None, used=Decimal(10**6)).check(Decimal(10**6)) is None
    assert Credit(limit=Decimal(100), used=Decimal(150)).available == 0
    assert Credit(limit=Decimal(100), used=Decimal(150)).check(Decimal("0.01")).detail.startswith("This order is $0.01")
