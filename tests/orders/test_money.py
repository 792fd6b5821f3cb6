"""Money adds up: line totals rounded once, order totals their exact sums, no float on the way."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.orders.actions.moving import add_up
from apps.orders.models import Order, OrderLine
from apps.orders.rules import money, taxes

percents = st.lists(st.integers(0, 10**6).map(lambda n: Decimal(n).scaleb(-4)), max_size=3)
orders = st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("quantity", "price", "total"),
    [
        ("4", "11.40", "45.60"),
        ("1", "0.125", "0.12"),  # half a cent goes to the even one …
        ("1", "0.135", "0.14"),  # … which is up as often as down
        ("3", "0.3333", "1.00"),
        ("0.5", "17.5050", "8.75"),
    ],
)
def test_a_line_is_rounded_once_half_to_even(quantity, price, total):
    assert str(money.line_total(Decimal(quantity), Decimal(price))) == total


def test_a_thousand_discounted_lines_add_up():
    """FC60, its rounding part: 1,000 lines, 33.333% off of 0.99."""
    each = money.less(Decimal("0.99"), Decimal("33.333"))
    lines = [money.line_total(Decimal(1), each) for _ in range(1000)]

    assert each == Decimal("0.6600")
    assert money.total(lines) == Decimal("660.00") == Decimal(f"{money.total(lines):f}")


def test_half_cents_do_not_drift():
    """Half up would have made these 1,000 lines $5.00 dearer than they are."""
    lines = [money.line_total(Decimal(1), Decimal(n) / 100 + Decimal("0.005")) for n in range(1000)]

    assert money.total(lines) == sum(Decimal(n) / 100 + Decimal("0.005") for n in range(1000))


@settings(max_examples=10_000, deadline=None)
@given(orders, percents)
def test_an_orders_total_is_the_exact_sum_of_its_lines_and_their_tax(order, percents):
    order = [(Decimal(quantity) / 10_000, Decimal(price) / 10_000) for quantity, price in order]
    rates = [taxes.rate("tax", "", percent, charged=True) for percent in percents]
    made = [OrderLine(ordered=quantity, price=price, taxes=rates) for quantity, price in order]
    whole = Order(state="PENDING")
    for line in made:
        line.order = whole
    add_up(whole, made)
    lines, total = [line.total for line in made], whole.total

    assert Fraction(whole.subtotal) == sum(map(Fraction, lines))
    assert Fraction(total) == sum(map(Fraction, lines)) + sum(Fraction(line.tax) for line in made)
    assert Fraction(whole.tax) == sum(Fraction(line.tax) for line in made)
    assert total.as_tuple().exponent == -2
    for (quantity, price), line in zip(order, made, strict=True):
        assert abs(Fraction(line.total) - Fraction(quantity) * Fraction(price)) <= Fraction(1, 200)
        exact = Fraction(line.total) * sum(map(Fraction, percents)) / 100
        assert abs(Fraction(line.tax) - exact) <= Fraction(1, 200)


@given(st.decimals(0, 100_000, places=2), st.decimals("0.0001", 1000, places=4))
def test_a_whole_lines_share_is_the_whole_line(amount, quantity):
    assert money.share(amount, quantity, quantity) == amount
