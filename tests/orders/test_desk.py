"""The back office's orders: the board, the desk, many at once, shortfalls, sums."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import License, Notification
from apps.catalog.models import ShelfLine, StockItem
from apps.compliance import actions as compliance
from apps.core.scope import everyone, scope
from apps.orders.actions import telling
from apps.orders.models import Order, TradeTerms
from tests import make
from tests.compliance.make import facility
from tests.papers import pages

pytestmark = pytest.mark.django_db
MOVE = "admin:orders_order_move"


@pytest.fixture
def desk(market, client_of):
    return client_of(market.cast.seller)


def press(desk, order, verb, **fields):
    return desk.post(reverse(MOVE, args=[order.pk, verb]), {"version": order.version, **fields})


def test_the_board_shows_each_state_and_never_a_retailers_draft(market, desk, django_assert_max_num_queries):
    waits, draft = market.order(), market.draft(("FLOWER", 1))
    market.order(state="ACCEPTED")
    with django_assert_max_num_queries(40):
        page = desk.get(reverse("admin:orders_order_board"))
    text = page.content.decode()
    assert waits.number in text
    assert f">{draft.number}<" not in text


def test_an_order_is_walked_through_on_its_desk(market, desk):
    order = market.order()
    for verb, fields in [
        ("claim", {}),
        ("accept", {}),
        ("prepare", {}),
        ("ship", {"tracking": "Van 2"}),
        ("track", {"kind": "DEPARTED", "note": "Left at ten"}),
        ("deliver", {"signed_by": "R. Alvarez"}),
    ]:
        answer = press(desk, order, verb, **fields)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        order = market.fresh(order)
    assert (order.state, order.tracking) == ("DELIVERED", "Van 2")


def test_a_refused_move_keeps_what_was_typed_and_says_why(market, desk):
    order = market.order()
    page = press(desk, order, "reject", text="", reason="")
    assert page.status_code == 422
    assert "Give a reason" in page.content.decode()
    market.do(order, "claim")
    page = press(desk, order, "counter", reason="PRICE", text="Dearer now")
    assert page.status_code == 412
    assert "Dearer now" in page.content.decode()


def test_a_counter_offer_is_made_from_the_desk(market, desk):
    order = market.order()
    with everyone("test"):
        line = order.lines.get()
    answer = press(desk, order, "counter", reason="OUT_OF_STOCK", **{f"{line.pk}-quantity": "3"})
    assert answer.status_code == 302
    assert market.fresh(order).state == "COUNTERED"
    wrong = press(desk, market.order(("GUMMIES", 1)), "accept", **{f"{line.pk}-accepted": "much"})
    assert wrong.status_code == 302  # another order's field is nobody's


def test_many_are_accepted_after_a_dry_run_that_does_nothing(market, desk):
    first, second = market.order(("FLOWER", 6)), market.order(("FLOWER", 4))
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(quantity=6)
        market.shelf().product.stock.update(quantity=6)
    url, ticked = reverse("admin:orders_order_accept"), {"order": [str(second.pk), str(first.pk)]}
    page = desk.post(url, ticked).content.decode()
    assert page.count("Would be accepted") == 1
    assert {market.fresh(one).state for one in (first, second)} == {"PENDING"}
    desk.post(url, {**ticked, "sure": "1"})
    assert [market.fresh(one).state for one in (first, second)] == ["ACCEPTED", "PENDING"]


def test_another_wholesaler_finds_nothing_here(market, client_of):
    order = market.order()
    other = make.user(at=make.organization(side="wholesaler"), role="owner", staff=True)
    client = client_of(other)
    assert client.get(reverse("admin:orders_order_change", args=[order.pk])).status_code in (302, 404)
    assert client.post(reverse(MOVE, args=[order.pk, "accept"]), {"version": 1}).status_code == 404
    assert order.number not in client.get(reverse("admin:orders_order_board")).content.decode()


def test_drift_is_shown_and_set_right_by_whoever_may(market, desk):
    market.order(("FLOWER", 4))
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(held=9)
    url = reverse("admin:orders_order_reconcile")
    assert "Blue Dream" in desk.get(url).content.decode()
    desk.post(url)
    assert market.standing() == (4, 0, 0, 6)


def test_shortfalls_show_who_goes_without(market, desk, run_jobs):
    order = market.order(("FLOWER", 6))
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(quantity=2)
        from apps.orders.actions import shortfalls

        shortfalls.note_stock(seller=market.cast.wholesaler.pk, shelf_lines=[market.shelf().pk], now=timezone.now())
    page = desk.get(reverse("admin:orders_order_shortfalls")).content.decode()
    assert order.number in page
    assert "4 missing" in page
    assert "Only 2" in page
    assert "Propose 2" in page
    [less] = [one for one in re.findall(r'href="([^"]+)"', page) if "open=counter" in one]
    opened = desk.get(less.replace("&amp;", "&")).content.decode()
    assert "Of Blue Dream 3.5g only 2 ea of your 6 are there.</textarea>" in opened
    assert '-quantity" inputmode="decimal" value="2"' in opened
    assert 'value="OUT_OF_STOCK" selected' in opened


def test_a_claim_is_shown_with_its_holder(market, desk):
    order = market.do(market.order(), "claim")
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(claimed_at=timezone.now() - timedelta(minutes=4))
    assert "has it" in desk.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()


def opened(desk, order) -> str:
    return desk.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()


def test_another_persons_claim_is_taken_over_at_a_press(market, desk):
    order = market.order()
    sam = make.user(at=market.cast.wholesaler, role="owner", name="Sam Ortiz")
    order = market.do(order, "claim", by=sam)
    page = opened(desk, order)
    assert "Sam Ortiz is reviewing this order" in page
    assert "Take it over" in page
    assert press(desk, order, "claim").status_code == 409
    assert press(desk, order, "claim", take_over="1").status_code == 302
    assert market.fresh(order).reviewer_id == market.cast.seller.pk
    assert "Take it over" not in opened(desk, order)


def test_in_an_outage_the_desk_asks_why_the_goods_leave(market, desk):
    facility(place=market.cast.place)
    order = market.order(("FLOWER", 10), state="PREPARING")
    assert "Outage mode is on" not in opened(desk, order)
    with scope(market.cast.wholesaler):
        compliance.begin_outage(
            organization=market.cast.wholesaler, reason="METRC is down", by=market.cast.seller, now=market.now
        )
    assert 'id="ship-text"' in opened(desk, order)
    assert press(desk, order, "ship", tracking="Van 2").status_code == 409
    assert press(desk, order, "ship", tracking="Van 2", text="Their van waits").status_code == 302
    with everyone("test"):
        assert order.events.get(action="ship").data["without_ack"] == "Their van waits"


def test_whoever_may_goes_beyond_the_credit_limit(market, desk, client_of):
    between = {"seller": market.cast.wholesaler, "buyer": market.cast.retailer}
    with everyone("test"):
        terms = TradeTerms.objects.create(**between, payment="NET_30", credit_limit=1000)
    order = market.order()
    with everyone("test"):
        TradeTerms.objects.filter(pk=terms.pk).update(credit_limit=50)
    assert "$50.00 of $50.00 credit left" in opened(desk, order)
    assert press(desk, order, "accept").status_code == 409
    with everyone("test"):
        picker = make.user(at=market.cast.wholesaler, role="staff", staff=True)
    assert "credit_override" not in opened(client_of(picker), order)
    assert press(desk, order, "accept", credit_override="yes").status_code == 302


def test_what_is_left_what_is_earned_and_the_licence_stand_beside_the_decision(market, desk):
    order, _other = market.order(("FLOWER", 4)), market.order(("FLOWER", 5))
    page = opened(desk, order)
    assert "margin unknown" in page
    assert '<td class="num">5</td>' in page  # ten but what the other holds
    with everyone("test"):
        StockItem.objects.filter(product=market.flower).update(unit_cost="12.00")
        License.objects.filter(location=market.shop).update(valid_until_date=market.now.date())
        ShelfLine.objects.filter(product=market.flower).update(quantity=7)
    page = opened(desk, order)
    assert "margin 40%" in page
    assert "valid until" in page
    assert "</svg>2</span>" in page
    with everyone("test"):
        License.objects.filter(location=market.shop).delete()
    assert "no licence on that day" in opened(desk, order)


def test_the_pick_list_is_printed_for_ones_own_people_alone(market, desk, client_of):
    order = market.order(state="ACCEPTED")
    url = reverse("admin:orders_order_pick_list", args=[order.pk])
    assert url in opened(desk, order)
    assert "Pick list" in pages(desk.get(url).content)[0]
    buyers, others = market.cast.retailer, make.organization(side="wholesaler")
    for where in (buyers, others):
        assert client_of(make.user(at=where, role="owner", staff=True)).get(url).status_code == 404


def test_a_refused_form_keeps_its_numbers(market, desk):
    order = market.order()
    with everyone("test"):
        line = order.lines.get()
    page = press(desk, order, "accept", **{f"{line.pk}-accepted": "3", "remainder": "backorder"})
    assert (page.status_code, 'value="3"' in page.content.decode()) == (409, True)
    assert 'value="backorder" checked' in page.content.decode()


def test_the_story_is_told_in_words(market, desk):
    order = market.order()
    market.now = order.hold_until
    market.as_house(order, "hold_expire")
    page = opened(desk, order)
    assert "The hold ran out; its stock is free again" in page
    assert "hold_expire" not in page
    assert "ReUp, the hold ran out" in press(desk, order, "reject", reason="CREDIT").content.decode()


FRIDAY = datetime(2026, 11, 20, 21, 40, tzinfo=UTC)  # 16:40 in Detroit, where it ships from


def at_friday(market, order, **values):
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(moved_at=FRIDAY, site_zone="America/Detroit", **values)
    return market.fresh(order)


@pytest.mark.parametrize(
    ("marks", "half", "whole"),
    [
        ({}, timedelta(minutes=15), timedelta(days=2, hours=16, minutes=30)),  # ten minutes of Monday besides
        ({"disputed": True}, timedelta(days=2, hours=20), timedelta(days=3)),
        ({"cancel_requested": True}, timedelta(hours=2), timedelta(hours=4)),
        ({"state": "REVIEW"}, timedelta(minutes=15), timedelta(minutes=30)),
    ],
    ids=str,
)
def test_an_order_is_late_by_open_hours(market, marks, half, whole):
    order = at_friday(market, market.order(state="REVIEW"), **({"state": "PENDING"} | marks))
    tone = lambda after: order.pressing(FRIDAY + after)  # noqa: E731
    second = timedelta(seconds=1)
    assert [tone(half), tone(half + second), tone(whole), tone(whole + second)] == ["", "warn", "warn", "bad"]


def test_nobody_is_late_for_a_backorder_that_waits_for_its_goods(market):
    order = market.order()
    parent = market.order(("GUMMIES", 1))
    order = at_friday(market, order, backorder_of=parent, hold_expired=True)
    assert order.pressing(FRIDAY + timedelta(days=9)) == ""


def test_who_leads_the_desk_is_told_of_a_late_order_once(market):
    order = at_friday(market, market.order())
    lead = make.user(email="lead@northlight.test", at=market.cast.wholesaler, role="staff")
    make.user(at=market.cast.wholesaler, role="viewer")
    due = FRIDAY + timedelta(days=2, hours=16, minutes=30)
    with scope(everyone="test"):
        assert telling.tell_of_late(now=due) == 0
        assert telling.tell_of_late(now=due + timedelta(seconds=1)) > 0
        assert telling.tell_of_late(now=due + timedelta(hours=5)) == 0
        told = Notification.objects.filter(title__contains=f"Order {order.number} of Juniper & Pine has waited")
        assert {row.user_id for row in told} == {lead.pk, market.cast.seller.pk}
