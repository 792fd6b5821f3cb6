"""What time and news do to orders."""

from datetime import timedelta

import pytest

from apps.catalog.events import stock_changed
from apps.catalog.models import ShelfLine, StockItem
from apps.core.scope import everyone, scope
from apps.orders.actions import clocks, compliance, shortfalls
from apps.orders.models import Order, Shortfall
from tests import make

pytestmark = pytest.mark.django_db


def pass_time(market, **later) -> int:
    market.now += timedelta(**later)
    with scope(everyone="test"):
        return clocks.move_on(market.now)


def test_a_claim_nobody_works_on_is_given_back(market):
    order = market.order(state="REVIEW")
    assert pass_time(market, minutes=29) == 0
    assert pass_time(market, minutes=2) == 1
    assert market.fresh(order).state == "PENDING"


def test_a_hold_runs_out_and_the_order_ends_when_nobody_ever_comes(market):
    order = market.order()
    pass_time(market, days=6)
    order = market.fresh(order)
    assert (order.state, order.hold_expired, market.standing()) == ("PENDING", True, (0, 0, 0, 10))
    assert pass_time(market, days=6) == 0
    assert pass_time(market, days=2) == 1
    order = market.fresh(order)
    assert (order.state, order.cancelled_by) == ("CANCELLED", "system")


def test_a_counter_offer_without_an_answer_lapses_to_what_was_ordered(market):
    order = market.order()
    with everyone("test"):
        line = order.lines.get()
    market.do(order, "counter", reason="PRICE", lines=[{"id": line.pk, "price": 25}])
    assert pass_time(market, hours=25) == 1
    assert (market.fresh(order).state, market.standing()) == ("REVIEW", (4, 0, 0, 6))


def test_a_delivery_is_confirmed_by_itself_unless_it_is_disputed(market):
    quiet, disputed = market.order(state="DELIVERED"), market.order(state="DELIVERED")
    market.do(disputed, "dispute", text="Stale.")
    pass_time(market, hours=73)
    assert (market.fresh(quiet).state, market.fresh(disputed).state) == ("CONFIRMED", "DELIVERED")


def test_goods_the_pos_took_away_are_a_shortfall_ranked_by_who_came_first(market, run_jobs):
    accepted = market.order(("FLOWER", 4), state="ACCEPTED")
    older = market.order(("FLOWER", 2))
    market.now += timedelta(minutes=5)
    newer = market.order(("FLOWER", 3))
    run_jobs(failures=True)
    lower(market, 6)
    run_jobs(failures=True)
    with everyone("test"):
        short = Shortfall.objects.get(ended_at=None)
        assert short.missing == 3
        told = [(claim.order.number, claim.covered) for claim in shortfalls.claims(short)]
        marked = set(Order.objects.filter(short=True).values_list("number", flat=True))
    assert told == [(accepted.number, True), (older.number, True), (newer.number, False)]
    assert marked == {accepted.number, older.number, newer.number}
    market.do(newer, "reject", reason="OUT_OF_STOCK")
    run_jobs(failures=True)
    with everyone("test"):
        assert not Shortfall.objects.filter(ended_at=None).exists()
        assert not Order.objects.filter(short=True).exists()


def lower(market, quantity: int) -> None:
    """As a sync would write it."""
    with everyone("test"):
        StockItem.objects.filter(product=market.flower).update(quantity=quantity)
        make._shelve(market.cast.place, market.flower, market.now)
    with scope(market.cast.wholesaler):
        stock_changed.tell(location_id=str(market.cast.place.pk), products=[str(market.flower.pk)])


def test_the_manifest_number_reaches_the_order_once_and_stays(market):
    order = market.order(state="PREPARING")
    news = {"order_number": order.number, "kind": "transfer_create", "now": market.now}
    with scope(market.cast.wholesaler):
        compliance.note_report(**news, state="QUEUED", manifest_number="")
        compliance.note_report(**news, state="CONFIRMED", manifest_number="")
        assert market.fresh(order).compliance == "SUBMITTED"
        transfer = {"order_number": order.number, "manifest_number": "0009124398", "now": market.now}
        compliance.note_transfer(**transfer, is_voided=False)
        compliance.note_report(**news, state="CONFIRMED", manifest_number="")
        order = market.fresh(order)
        assert (order.compliance, order.manifest_number) == ("ACKNOWLEDGED", "0009124398")
        compliance.note_transfer(**transfer, is_voided=True)
    assert market.fresh(order).compliance == "VOIDED"


def test_a_shelf_line_nobody_was_promised_is_no_shortfall(market):
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(quantity=0)
    assert shortfalls.note_stock(seller=market.cast.wholesaler.pk, shelf_lines=[market.shelf().pk], now=market.now) == 0
