"""Terms, credit and delivery rounds as rows: what holds without any, what is counted, whom they serve."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.core.errors import Refused
from apps.core.scope import everyone
from apps.orders.actions import billing
from apps.orders.actions.credit import check_credit, credit_for
from apps.orders.actions.slots import check_slot, first_open_slot, slots_for
from apps.orders.actions.terms import terms_for
from apps.orders.models import DeliveryRule, DeliveryRuleBuyer, TradeTerms
from apps.orders.rules import State
from apps.orders.rules.terms import Due, Terms
from tests import make
from tests.orders.shipped import an_order

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)  # a Monday


@make.builder
def agreed(cast, **values) -> TradeTerms:
    return TradeTerms.objects.create(seller=cast.wholesaler, buyer=cast.retailer, **values)


@make.builder
def a_round(cast, *buyers, location=None, **values) -> DeliveryRule:
    usual = {"weekdays": [2, 4], "windows": ["08:00-10:00"], "cutoff": time(14), "for_everyone": not buyers}
    made = DeliveryRule.objects.create(location=location or cast.place, **usual | values)
    for buyer in buyers:
        DeliveryRuleBuyer.objects.create(rule=made, buyer=buyer)
    return made


def pair(cast) -> dict:
    return {"seller": cast.wholesaler, "buyer": cast.retailer}


def test_where_nothing_was_agreed_the_defaults_hold(cast, scoped):
    with scoped(cast.buyer):
        assert terms_for(**pair(cast)) == Terms()


def test_both_sides_read_the_terms_and_nobody_else(cast, scoped):
    agreed(cast, payment=Due.NET_30, credit_limit=500, order_minimum=100)
    seen = []
    for user in (cast.seller, cast.buyer, cast.outsider):
        with scoped(user):
            seen.append(terms_for(**pair(cast)).payment)
            changed = TradeTerms.objects.update(credit_limit=10**6)
            assert changed == (1 if user == cast.seller else 0)

    assert seen == [Due.NET_30, Due.NET_30, Due.COD]


def test_credit_counts_unpaid_invoices_and_accepted_orders_that_are_not_billed(cast, scoped):
    agreed(cast, payment=Due.NET_30, credit_limit=1000)
    with scoped(cast.seller):
        billed = an_order(cast, ("10", "20"))  # $200, of which 50 came
        invoice = billing.issue_invoice(order=billed, by="test", now=NOW)
        billing.record_payment(
            invoice=invoice, amount=Decimal(50), received_date=NOW.date(), method="ACH", by="test", now=NOW
        )
        given_up = billing.issue_invoice(order=an_order(cast, ("10", "30")), by="test", now=NOW)
        billing.ask_write_off(invoice=given_up, reason="Gone", by="one")
        billing.write_off(invoice=given_up, by="two", now=NOW)
        an_order(cast, ("10", "10"), state=State.ACCEPTED)
        an_order(cast, ("10", "7"), state=State.PENDING)
        an_order(cast, ("10", "99"), state=State.ACCEPTED, buyer=cast.stranger)

    for user in (cast.seller, cast.buyer):
        with scoped(user):
            credit = credit_for(**pair(cast))
        assert (credit.used, credit.available, credit.overdue) == (Decimal(250), Decimal(750), Decimal(0))
        assert credit.oldest == invoice.number


def test_what_is_overdue_is_told_apart_and_named_first(cast, scoped):
    agreed(cast, payment=Due.NET_30, credit_limit=100)
    with scoped(cast.seller):
        late = billing.issue_invoice(order=an_order(cast, ("1", "60"), terms="COD"), by="test", now=NOW)
        billing.start_terms(order=late.order, delivered_at=NOW, by="test")
        billing.issue_invoice(order=an_order(cast, ("1", "30")), by="test", now=NOW)
        with everyone("test"):
            billing.mark_overdue(now=datetime(2026, 12, 1, tzinfo=UTC))
        credit = credit_for(**pair(cast))

    assert (credit.used, credit.overdue, credit.oldest) == (Decimal(90), Decimal(60), late.number)


@pytest.mark.parametrize(
    ("payment", "total", "refused"),
    [(Due.NET_30, "100.00", False), (Due.NET_30, "100.01", True), (Due.COD, "5000", False)],
)
def test_an_order_beyond_the_credit_is_refused_unless_it_is_paid_on_delivery(cast, scoped, payment, total, refused):
    agreed(cast, payment=payment, credit_limit=100)

    with scoped(cast.buyer), transaction.atomic():
        terms = terms_for(**pair(cast))
        if not refused:
            check_credit(**pair(cast), total=Decimal(total), terms=terms)
            return
        with pytest.raises(Refused) as found:
            check_credit(**pair(cast), total=Decimal(total), terms=terms)
    assert found.value.code == "credit-limit"


def served(cast, by, scoped) -> list:
    with scoped(by):
        return slots_for(
            seller_location=cast.place,
            buyer_location=by.memberships.get().organization.locations.get(),
            now=NOW,
            days=7,
        )


@pytest.fixture
def places(cast):
    make.location(organization=cast.retailer, name="Eastown")
    make.location(organization=cast.stranger, name="Fernway")
    make.connection(cast.wholesaler, cast.stranger)


def test_a_round_for_named_buyers_serves_nobody_else(cast, scoped, places):
    a_round(cast, cast.retailer, weekdays=[3])
    a_round(cast, weekdays=[5], cutoff=time(9))
    a_round(cast, weekdays=[1, 2, 3, 4, 5], is_active=False)

    assert [slot.date.isoweekday() for slot in served(cast, cast.buyer, scoped)] == [3, 5]
    assert [slot.date.isoweekday() for slot in served(cast, cast.outsider, scoped)] == [5]
    with scoped(cast.outsider):
        assert DeliveryRule.objects.count() == 1
        assert DeliveryRuleBuyer.objects.count() == 0


def test_the_same_window_of_two_rounds_is_one_slot_with_the_later_cutoff(cast, scoped, places):
    a_round(cast, weekdays=[4], cutoff=time(9))
    a_round(cast, cast.retailer, weekdays=[4], cutoff=time(16))

    found = served(cast, cast.buyer, scoped)

    assert [slot.cutoff_at for slot in found] == [datetime(2026, 11, 18, 21, 0, tzinfo=UTC)]


def test_a_slot_is_the_first_open_one_or_the_one_asked_for(cast, scoped, places):
    a_round(cast)
    with scoped(cast.buyer):
        at = {"seller_location": cast.place, "buyer_location": cast.retailer.locations.get(), "now": NOW}
        assert first_open_slot(**at).date == date(2026, 11, 17)
        assert check_slot(**at, day=date(2026, 11, 19), starts=time(8)).window.starts == time(8)
        with pytest.raises(Refused, match="The first free slot is Tue 17 Nov"):
            check_slot(**at, day=date(2026, 11, 20))


def test_without_rounds_there_is_no_slot(cast, scoped, places):
    assert served(cast, cast.buyer, scoped) == []


@pytest.mark.parametrize(
    "wrong", [{"windows": ["10-12"]}, {"weekdays": [0]}, {"weekdays": [8]}, {"windows": ["12:00-10:00"]}]
)
def test_a_round_that_cannot_be_read_is_refused_in_words(cast, wrong):
    made = DeliveryRule(location=cast.place, **{"weekdays": [1], "windows": ["08:00-10:00"], "cutoff": time(9)} | wrong)

    with everyone("test"), pytest.raises(ValidationError):
        made.full_clean(exclude=["organization"])


def test_a_round_leaves_from_a_place_of_its_own_organization(cast):
    made = a_round(cast)

    with everyone("test"), pytest.raises(IntegrityError, match="round_of_its_organization"), transaction.atomic():
        DeliveryRule.objects.filter(pk=made.pk).update(organization=cast.retailer)
