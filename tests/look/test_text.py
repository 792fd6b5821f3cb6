"""Numbers and moments as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.core.look import text

NOW = datetime(2026, 11, 17, 15, 45, tzinfo=UTC)  # 10:45 in Detroit
ZONE = "America/Detroit"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("1094.4", "$1,094.40"),
        ("-34.72", "−$34.72"),
        ("0", "$0.00"),
        ("-0.00", "$0.00"),
        ("0.0125", "$0.0125"),
        ("12.600000", "$12.60"),
        ("1000000", "$1,000,000.00"),
    ],
)
def test_money_has_two_decimals_separators_and_a_real_minus(amount, said):
    assert text.money(Decimal(amount)) == said


def test_money_that_is_too_fine_to_show_rounds_half_up():
    assert text.money(Decimal("1.00005")) == "$1.0001"
    assert text.money(Decimal("-0.00001")) == "$0.0000"


def test_a_currency_without_a_sign_stands_behind_its_amount():
    assert text.money(Decimal("25000"), "USDT") == "25,000.00 USDT"


@pytest.mark.parametrize(("amount", "said"), [("1204.5000", "1,204.5"), ("30", "30"), ("-4", "−4"), ("0E+3", "0")])
def test_a_quantity_has_no_trailing_zeros(amount, said):
    assert text.quantity(Decimal(amount)) == said


def test_what_is_not_known_is_a_dash_not_a_zero():
    assert {text.money(None), text.quantity(None), text.age(None), text.clock(None), text.when(None)} == {"—"}


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=-20), "just now"),
        (timedelta(seconds=9), "9 s ago"),
        (timedelta(minutes=3, seconds=59), "3 min ago"),
        (timedelta(hours=1, minutes=12), "1 h 12 min ago"),
        (timedelta(hours=20, minutes=12), "20 h ago"),
        (timedelta(days=1, hours=3), "1 day ago"),
        (timedelta(days=15), "15 days ago"),
    ],
)
def test_an_age_is_told_in_its_largest_units(ago, said):
    assert text.age(NOW - ago, NOW) == said


def test_a_clock_shows_the_time_of_the_place():
    assert text.clock(NOW, ZONE) == "10:45"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW - timedelta(hours=1), "09:45"),
        (NOW - timedelta(hours=11), "Mon 16 Nov, 23:45"),  # the same day in UTC, the day before in Detroit
        (NOW - timedelta(days=400), "13 Oct 2025, 11:45"),
    ],
)
def test_a_moment_of_another_day_says_its_day(moment, said):
    assert text.when(moment, ZONE, NOW) == said


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_program_takes_a_cell_for_a_formula(first):
    assert text.cell(f"{first}1+1") == f"'{first}1+1"
    assert [text.cell(one) for one in ("", "a=1", "1-1")] == ["", "a=1", "1-1"]
