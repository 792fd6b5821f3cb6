"""A retailer's deliveries: rounds with their cut-offs, what comes with them, and ordering for one of them."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.scope import everyone
from apps.orders.models import DeliveryRule, Order
from tests import make

pytestmark = pytest.mark.django_db
PAGE, ADD, ORDERS = "/portal/deliveries/", "/portal/deliveries/add/", "/portal/orders/"


@pytest.fixture
def buyer(market, client_of):
    return client_of(market.cast.buyer)


def rounds(market, **values) -> DeliveryRule:
    """Every day in two windows, to be ordered by three the day before."""
    usual = {"weekdays": list(range(1, 8)), "windows": ["08:00-10:00", "13:00-15:00"], "cutoff": time(15)}
    with everyone("test"):
        return DeliveryRule.objects.create(location=market.cast.place, lead_days=1, **usual | values)


def text_of(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(answer) -> list:
    return [row for _day, _word, rows in answer.context["days"] for row in rows]


def moved(order: Order, **values) -> None:
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(**values)


def test_days_and_windows_stand_with_their_cut_offs_and_closed_ones_only_where_something_comes(market, buyer):
    rounds(market)
    order = market.order(state="ACCEPTED")
    page = buyer.get(PAGE)
    rows = rows_of(page)
    assert all(row.slot.open or row.orders for row in rows)
    assert {row.place.pk for row in rows} == {market.cast.place.pk}
    assert [row.orders for row in rows if row.orders] == [[order]]
    (mine,) = [row for row in rows if row.orders]
    assert mine.slot.starts_at == order.deliver_from
    text = text_of(page)
    assert f">Order {order.number}</a>" in text
    assert "Order by <time" in text
    assert "Add to this delivery" in text
    assert "Order for it" in text

    moved(order, deliver_from=market.now - timedelta(days=2), deliver_until=market.now - timedelta(days=2))
    text = text_of(buyer.get(PAGE))
    assert "Was planned, " in text
    assert "Add to this delivery" not in text


def test_what_is_under_way_is_there_and_what_is_over_or_a_draft_is_not(market, buyer):
    rounds(market)
    coming = [market.order(("GUMMIES", 1), state=state) for state in ("PENDING", "ACCEPTED", "SHIPPED")]
    over = [market.order(("GUMMIES", 1), state=state) for state in ("DELIVERED", "CONFIRMED")]
    over += [market.draft(("GUMMIES", 1)), market.do(market.order(("GUMMIES", 1)), "reject", text="No.")]
    told = {order.number for row in rows_of(buyer.get(PAGE)) for order in row.orders}
    assert told == {order.number for order in coming}
    assert not told & {order.number for order in over}


def test_an_order_without_a_day_stands_apart(market, buyer):
    order = market.order()
    page = buyer.get(PAGE)
    assert (page.context["days"], page.context["undated"]) == ([], [order])
    assert "The wholesaler arranges it with you" in text_of(page)


def test_another_retailers_rounds_and_orders_are_not_there(market, client_of):
    rule = rounds(market, for_everyone=False)
    order = market.order()
    stranger = client_of(make.user(at=make.organization(side="retailer"), role="owner"))
    for client in (client_of(market.cast.buyer), stranger):
        assert "Order by" not in text_of(client.get(PAGE))
    assert order.number not in text_of(stranger.get(PAGE))
    with everyone("test"):
        rule.buyers.create(buyer=market.cast.retailer, organization=market.cast.wholesaler)
    assert "Order by" in text_of(client_of(market.cast.buyer).get(PAGE))


def test_adding_opens_a_draft_for_the_round_and_its_submission_proposes_it(market, buyer):
    rounds(market)
    row = rows_of(buyer.get(PAGE))[-1]
    value = f"{row.slot.date:%Y-%m-%d} {row.slot.window.starts:%H:%M}"
    answer = buyer.post(ADD, {"place": row.place.slug, "slot": value})
    assert answer.url == f"/portal/catalog/?location={row.place.slug}"
    with everyone("test"):
        draft = Order.objects.get(state="DRAFT")
    assert buyer.post(ADD, {"place": row.place.slug, "slot": value}).url == answer.url  # the same draft
    with everyone("test"):
        assert Order.objects.filter(state="DRAFT").count() == 1
    buyer.post(f"{ORDERS}add/", {"place": str(row.place.pk), "sku": "FLOWER", "quantity": "2"})
    submit = f"{ORDERS}{draft.number}/submit/"
    assert f'<option value="{value}" selected>' in text_of(buyer.get(submit))
    version = market.fresh(draft).version
    buyer.post(submit, {"version": version, "signed_by": "R.", "on_short": "ASK", "slot": value})
    order = market.fresh(draft)
    assert (order.state, order.deliver_from) == ("PENDING", row.slot.starts_at)


def test_a_round_that_closed_or_never_was_opens_no_draft(market, buyer):
    rounds(market)
    place = market.cast.place
    today = timezone.now().astimezone(ZoneInfo(place.zone)).date()
    for slot, words in [(f"{today} 08:00", "has passed"), (f"{today} 04:00", "Nothing is delivered"), ("", "Choose")]:
        answer = buyer.post(ADD, {"place": place.slug, "slot": slot}, follow=True)
        assert answer.redirect_chain[-1][0] == PAGE
        assert words in answer.content.decode(), slot
    elsewhere = make.location(organization=make.organization(side="wholesaler"))
    for slug in ("nobodys", elsewhere.slug):
        answer = buyer.post(ADD, {"place": slug, "slot": f"{today} 08:00"}, follow=True)
        assert "Choose one of the delivery slots." in answer.content.decode()
    with everyone("test"):
        assert not Order.objects.exists()


def test_a_viewer_reads_and_a_wholesaler_is_sent_to_its_orders(market, client_of):
    rounds(market)
    viewer = client_of(make.user(at=market.cast.retailer, role="viewer"))
    text = text_of(viewer.get(PAGE))
    assert "Order by <time" in text
    assert "Order for it" not in text
    assert viewer.post(ADD, {"place": market.cast.place.slug, "slot": "2026-12-01 08:00"}).status_code == 403
    assert client_of(market.cast.seller).get(PAGE).url == ORDERS


def test_with_nothing_to_come_it_says_what_will_stand_there(market, buyer):
    text = text_of(buyer.get(PAGE))
    assert "No deliveries yet" in text
    assert "Your wholesalers have written no delivery days" in text


def test_it_is_found_from_the_menu_and_from_home_and_asks_as_often_for_many(market, buyer):
    rounds(market)
    home = text_of(buyer.get("/"))
    assert home.count(f'href="{PAGE}"') >= 3
    market.order(("GUMMIES", 1))
    counts = []
    for _ in range(2):
        buyer.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            buyer.get(PAGE)
        counts.append(len(queries))
        for _more in range(4):
            market.order(("GUMMIES", 1))
    assert counts[0] == counts[1]
