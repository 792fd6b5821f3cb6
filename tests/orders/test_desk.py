"""The back office's orders: the board, the desk, many at once, shortfalls, sums."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.catalog.models import ShelfLine
from apps.core.scope import everyone
from apps.orders.models import Order
from tests import make

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


def test_a_claim_is_shown_with_its_holder(market, desk):
    order = market.do(market.order(), "claim")
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(claimed_at=timezone.now() - timedelta(minutes=4))
    assert "has it" in desk.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
