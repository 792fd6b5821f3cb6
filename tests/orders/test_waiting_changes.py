"""A change that waits for the retailer's answer: nothing is built on the order meanwhile; and what offers, remainders,
settlements and returns may ask for."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.compliance.models import Package
from apps.core.scope import everyone, scope
from apps.orders.actions import actor_of, billing, choices
from apps.orders.models import CreditNote, Invoice, Order
from apps.orders.rules.terms import Terms
from tests import make
from tests.compliance.make import facility, package
from tests.orders.conftest import member
from tests.orders.test_table import BROKEN, DEARER, THREE, WAY, named, refused, reported, walked

pytestmark = pytest.mark.django_db
picked_short = walked("PREPARING", ("short_pick", BROKEN))
amended = walked("ACCEPTED", ("amend", THREE))


@pytest.mark.parametrize("verb", ["manifest", "ship", "short_pick"])
def test_the_goods_neither_are_reported_nor_leave_while_a_short_pick_waits(market, verb):
    order = picked_short(market)
    data = {"manifest": WAY, "short_pick": named(order, BROKEN)}.get(verb, {})
    assert refused(market, order, verb, **data).code == "proposal-open"
    assert not allowed(market, order, verb)
    market.do(order, "withdraw")
    assert market.do(order, "ship").state == "SHIPPED"


def test_picking_does_not_begin_while_an_amendment_waits(market):
    order = amended(market)
    assert refused(market, order, "prepare").code == "proposal-open"
    market.do(order, "decline_amend")
    assert market.do(order, "prepare").state == "PREPARING"


def test_what_the_manifest_says_is_not_changed_after_it(market):
    order = reported(("short_pick", BROKEN))(market)
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(compliance="ACKNOWLEDGED", manifest_number="0009124398")
    assert refused(market, order, "approve_amend").code == "void-first"
    assert market.standing() == (0, 4, 0, 6)


def test_an_amendment_is_not_approved_after_its_time_and_can_be_withdrawn(market):
    order = amended(market)
    with everyone("test"):
        market.now = order.proposals.get().until + timedelta(seconds=1)
    assert refused(market, order, "approve_amend").code == "answer-overdue"
    market.do(order, "withdraw")
    assert market.do(order, "amend", **named(order, DEARER)).state == "ACCEPTED"


@pytest.mark.parametrize(("state", "verb"), [("PENDING", "counter"), ("ACCEPTED", "amend")])
def test_an_offer_of_nothing_is_no_offer(market, state, verb):
    order = market.order(state=state)
    nothing = {"reason": "OUT_OF_STOCK", "lines": [{"quantity": Decimal(0)}]}
    assert refused(market, order, verb, **named(order, nothing)).code == "nothing-accepted"


def test_an_offer_that_comes_back_is_in_review_by_who_made_it(market):
    order = market.order()
    market.do(order, "counter", **named(order, THREE))
    order = market.do(order, "decline", keep=True)
    assert (order.state, order.reviewer_id) == ("REVIEW", market.cast.seller.pk)


# --- remainders


def test_a_line_to_be_left_out_is_not_sent_in_part(market):
    order = market.order(("FLOWER", 4), ("GUMMIES", 5), on_short="CANCEL_LINE")
    with everyone("test"):
        flower, gummies = order.lines.order_by("position")
    part, none = ([{"id": flower.pk, "accepted": Decimal(n)}] for n in (3, 0))
    assert refused(market, order, "accept", lines=part).code == "retailer-must-agree"
    order = market.do(order, "accept", lines=none)
    assert (order.units, market.standing(), market.standing(market.gummies)) == (5, (0, 0, 0, 10), (0, 5, 0, 45))

    market.do(order, "prepare")
    less, left_out = ([{"id": gummies.pk, "picked": Decimal(n)}] for n in (4, 0))
    market.do(order, "short_pick", reason="OTHER", lines=less)
    assert is_asked(order)
    market.do(order, "withdraw")
    # that it is left out was agreed on, but then nothing is left of the order
    assert refused(market, order, "short_pick", reason="OTHER", lines=left_out).code == "nothing-accepted"


def test_remainders_below_a_case_open_no_backorder(market):
    order = market.order(("GUMMIES", 20), on_short="SHIP_AVAILABLE")
    make.pack(product=market.gummies, multiple=10)
    with everyone("test"):
        line = order.lines.get()
    order = market.do(order, "accept", lines=[{"id": line.pk, "accepted": Decimal(15)}], remainder="backorder")
    with everyone("test"):
        assert not Order.objects.filter(backorder_of=order).exists()
        assert order.lines.get().note == "5 not sent: less than a case"
        assert "backorder" not in order.events.get(action="accept").data


# --- settlements and returns


def test_no_more_is_settled_than_is_still_billed(market):
    order = market.order(state="SHIPPED")
    with everyone("test"):
        line = order.lines.get()
    one_broke = [{"id": line.pk, "received": Decimal(3), "reason": "One broke"}]
    market.do(order, "deliver", lines=one_broke)  # 20 of the 80 are credited
    market.do(order, "dispute", text="Stale.")
    said = refused(market, order, "resolve", text="All of it.", credit=Decimal("60.01"))
    assert (said.code, said.detail[:24]) == ("credit-note-too-large", "At most $60.00 can be cr")
    market.do(order, "resolve", text="All of it.", credit=Decimal("60.00"))
    assert market.do(order, "settle").state == "CONFIRMED"
    with everyone("test"):
        assert sum(note.amount for note in CreditNote.objects.all()) == Decimal(80)


def test_what_came_back_does_not_come_back_again(market):
    order = market.order(state="CONFIRMED")
    three = {"reason": "DAMAGED", "lines": [{"quantity": Decimal(3)}]}
    market.do(order, "ask_return", **named(order, three))
    assert refused(market, order, "ask_return", **named(order, three)).code == "quantity-rule"
    market.do(order, "answer_return", approve=True)
    assert refused(market, order, "ask_return", **named(order, three)).code == "quantity-rule"
    one = {"reason": "DAMAGED", "lines": [{"quantity": Decimal(1)}]}
    market.do(order, "ask_return", **named(order, one))
    market.do(order, "answer_return", approve=True)
    with everyone("test"):
        assert (order.lines.get().returned, sum(note.amount for note in CreditNote.objects.all())) == (4, 80)


def test_goods_are_returned_for_thirty_days(market):
    order = market.order(state="CONFIRMED")
    one = named(order, {"reason": "DAMAGED", "lines": [{"quantity": Decimal(1)}]})
    market.now += timedelta(days=30)
    market.do(order, "ask_return", **one)
    market.now += timedelta(seconds=1)
    assert refused(market, order, "ask_return", **one).code == "return-overdue"
    assert not allowed(market, order, "ask_return", market.cast.buyer)


# --- the rest of the way


@pytest.mark.parametrize("place", ["intransit", "inactive"])
def test_a_package_that_metrc_shows_elsewhere_is_not_prepared(market, place):
    site = facility(place=market.cast.place)
    order = market.order(("FLOWER", 10), state="ACCEPTED")
    with everyone("test"):
        tag = market.flower.stock.get().tag
        away = package(facility=site, label=tag, quantity=10, place=place)
    assert refused(market, order, "prepare").code == "metrc-not-here"
    with everyone("test"):
        Package.objects.filter(pk=away.pk).update(place="active")
    assert market.do(order, "prepare").state == "PREPARING"


@pytest.mark.parametrize(("hours", "until"), [(12, 20), (24, 16), (48, 16)])
def test_free_cancelling_ends_so_many_hours_before_the_window_and_never_while_it_can_be_ordered_for(hours, until):
    day = datetime(2026, 11, 20, tzinfo=UTC)
    ends = Terms(cancel_hours=hours).cut_off(day + timedelta(hours=32), cutoff_at=day + timedelta(hours=16))
    assert ends == day + timedelta(hours=until)


def is_asked(order) -> bool:
    with everyone("test"):
        return order.proposals.filter(state="OPEN").exists()


def allowed(market, order, verb, by=None) -> bool:
    by = by or market.cast.seller
    with market.scoped(by):
        found = {one.action: one for one in choices(market.fresh(order), actor_of(member(by)), market.now)}
    assert bool(found[verb].reason) is not found[verb].allowed
    return found[verb].allowed


def test_what_is_owed_for_a_disputed_delivery_does_not_fall_overdue(market):
    order = market.order(state="DELIVERED")  # paid on delivery
    late = market.now + timedelta(days=1)

    def payment() -> tuple[str, str]:
        with scope(everyone="test"):
            billing.mark_overdue(now=late)
            return Invoice.objects.get(order=order).state, market.fresh(order).payment

    assert payment() == ("OVERDUE", "OVERDUE")
    market.now = late
    market.do(order, "dispute", text="Stale.")
    assert payment() == ("OPEN", "OPEN")
    market.do(order, "resolve", text="We looked: all is well.")
    market.do(order, "settle")
    assert payment() == ("OVERDUE", "OVERDUE")
