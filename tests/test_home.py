"""A retailer's home: what it spent week by week, what credit is left, how much of what it ordered came."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from apps.core.scope import everyone
from apps.orders.models import Invoice, TradeTerms, spending
from tests.orders.conftest import market  # noqa: F401
from tests.orders.test_portal import text_of

pytestmark = pytest.mark.django_db(transaction=True)


def words_of(answer) -> str:
    return " ".join(strip_tags(text_of(answer)).split())


@pytest.fixture
def buyer(market, client_of):  # noqa: F811
    return client_of(market.cast.buyer)


def test_weeks_begin_on_mondays_and_end_with_the_running_one():
    assert spending.weeks(date(2026, 11, 29), 2) == [date(2026, 11, 16), date(2026, 11, 23)]
    assert spending.weeks(date(2026, 11, 30), 2) == [date(2026, 11, 23), date(2026, 11, 30)]


def test_invoices_are_summed_by_the_week_they_were_issued_in_where_the_buyer_is(market):  # noqa: F811
    """Sunday evening at the shop is Monday in UTC already."""
    order = market.order(("FLOWER", 4), state="SHIPPED")
    with everyone("test"):
        first = spending.weeks(market.now.date())[-1]
        evening = market.now.replace(year=first.year, month=first.month, day=first.day, hour=2)
        Invoice.objects.filter(order=order).update(issued_at=evening)
        here = spending.invoiced_by_week(market.cast.retailer, first - timedelta(weeks=1), "America/Detroit")
        there = spending.invoiced_by_week(market.cast.retailer, first - timedelta(weeks=1), "UTC")
    assert here == {first - timedelta(weeks=1): Decimal("80.00")}
    assert there == {first: Decimal("80.00")}


def test_a_void_invoice_is_not_spent_and_a_short_line_is_not_filled(market):  # noqa: F811
    market.order(("FLOWER", 2), ("GUMMIES", 10), state="SHIPPED")
    gone = market.order(("GUMMIES", 5), state="SHIPPED")
    market.do(gone, "void_ship", text="Wrong van")
    short = market.draft(("FLOWER", 4), ("GUMMIES", 1), on_short="SHIP_AVAILABLE")
    for verb in ("submit", "claim"):
        market.do(market.fresh(short), verb)
    with everyone("test"):
        flower = market.fresh(short).lines.get(sku="FLOWER")
    market.do(market.fresh(short), "accept", lines=[{"id": flower.pk, "accepted": Decimal(2)}])
    for verb in ("prepare", "ship"):
        market.do(market.fresh(short), verb)
    with everyone("test"):
        share = spending.filled(market.cast.retailer, market.now - timedelta(days=1), market.now + timedelta(days=1))
        sums = spending.invoiced_by_week(market.cast.retailer, market.now.date() - timedelta(days=8), "UTC")
    assert share == Decimal(3) / 4
    assert sum(sums.values()) == Decimal("2") * 20 + Decimal("9.50") * 10 + Decimal("2") * 20 + Decimal("9.50")


def test_home_shows_the_credit_left_and_what_was_spent_and_gives_it_as_csv(market, buyer):  # noqa: F811
    with everyone("test"):
        TradeTerms.objects.create(
            seller=market.cast.wholesaler, buyer=market.cast.retailer, credit_limit=Decimal(1000), payment="NET_30"
        )
    market.order(("FLOWER", 4), state="SHIPPED")
    market.order(("FLOWER", 1), state="ACCEPTED")
    text = words_of(buyer.get("/"))
    assert "Available credit$900.0010% of $1,000.00 used" in text
    assert "$80.00 invoiced in 12 weeks, $80.00 of it this week" in text
    assert "Filled in full, 12 weeks100%" in text
    rows = buyer.get("/portal/spend.csv").content.decode().splitlines()
    assert len(rows) == 1 + spending.WEEKS
    assert rows[-1].endswith(",80.00")


def test_who_spent_nothing_is_told_so_and_another_buyer_sees_none_of_it(market, buyer, client_of):  # noqa: F811
    assert "Nothing was invoiced" in text_of(buyer.get("/"))
    market.order(("FLOWER", 4), state="SHIPPED")
    assert "Nothing was invoiced" in text_of(client_of(market.cast.outsider).get("/"))
