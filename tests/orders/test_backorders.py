"""Backorders: held when their goods come, first come first served, once; told to both, found in a tab of their own."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from apps.accounts.models import Notification
from apps.catalog.models import ShelfLine
from apps.core.errors import Refused
from apps.core.scope import everyone, scope
from apps.orders import tasks
from apps.orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db
ORDERS = "/portal/orders/"


def waiting(market, wanted: int, accepted: int) -> Order:
    """A backorder for the flower that was not there."""
    order = market.order(("FLOWER", wanted), on_short="SHIP_AVAILABLE")
    with everyone("test"):
        line = order.lines.get()
    market.do(order, "accept", lines=[{"id": line.pk, "accepted": Decimal(accepted)}], remainder="backorder")
    with everyone("test"):
        return Order.objects.get(backorder_of=order)


def comes(market, more: int) -> None:
    """The POS counts so much more, and the catalog tells of it."""
    with everyone("test"):
        line = market.shelf()
        ShelfLine.objects.filter(pk=line.pk).update(quantity=line.quantity + more)
    with scope(market.cast.wholesaler):
        tasks.note_stock(location_id=str(market.cast.place.pk), products=[str(market.flower.pk)])


def test_it_says_what_it_waits_for(market, client_of):
    child = waiting(market, 9, 4)
    page = client_of(market.cast.buyer).get(f"{ORDERS}{child.number}/").content.decode()
    assert "It waits for stock." in page
    assert "did not take the order up in time" not in page


def test_nothing_is_held_while_too_little_is_there(market):
    child = waiting(market, 9, 4)
    market.order(("FLOWER", 3))  # 10 of which 4 are accepted and 3 held: 3 are left, 5 are waited for
    comes(market, 1)

    assert market.fresh(child).hold_expired
    assert market.standing() == (3, 4, 0, 4)


def test_the_goods_are_held_when_they_come_and_both_are_told(market, run_jobs, client_of):
    child = waiting(market, 9, 4)
    market.order(("FLOWER", 3))
    comes(market, 2)

    held = market.fresh(child)
    assert (held.state, held.hold_expired) == ("PENDING", False)
    assert held.hold_until > market.now
    assert market.standing() == (8, 4, 0, 0)
    run_jobs()
    with everyone("test"):
        told = Notification.objects.filter(title__contains=f"The goods of backorder {child.number} came")
        assert {row.user_id for row in told} == {market.cast.buyer.pk, market.cast.seller.pk}
    page = client_of(market.cast.buyer).get(f"{ORDERS}{child.number}/").content.decode()
    assert "Its goods came and are held" in page
    assert market.do(held, "accept").state == "ACCEPTED"


def priced(market, price: str) -> None:
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(price=Decimal(price))


def came(market, price: str, days: float) -> Order:
    """A backorder whose goods came, so many days after it was made; the shelf asks that price since."""
    child = waiting(market, 9, 4)
    priced(market, price)
    comes(market, 5)
    market.now += timedelta(days=days)
    return market.fresh(child)


def test_its_prices_hold_for_thirty_days_and_both_sides_are_told_until_when(market, client_of):
    child = waiting(market, 9, 4)
    assert child.price_until == market.now + timedelta(days=30)
    buyer = client_of(market.cast.buyer)
    page = buyer.get(f"{ORDERS}{child.number}/").content.decode()
    assert "Its prices hold until <time" in page
    told = buyer.get(f"/api/v1/orders/{child.number}/").json()["price_until"]
    assert told.startswith(f"{child.price_until:%Y-%m-%dT%H:%M}")
    with everyone("test"):
        Order.objects.filter(pk=child.pk).update(price_until=market.now - timedelta(days=1))
    page = buyer.get(f"{ORDERS}{child.number}/").content.decode()
    assert "if they are higher by then, you are asked before anything ships" in page


def test_within_its_time_it_is_accepted_at_the_prices_of_its_parent(market):
    child = market.do(came(market, "26.00", days=30), "accept")
    assert (child.state, child.total) == ("ACCEPTED", Decimal("100.00"))


def test_after_its_time_a_higher_price_takes_the_retailers_word(market, client_of):
    child = came(market, "26.00", days=30.01)
    with pytest.raises(Refused, match=r"Its prices held until .*; since then: Blue Dream 3.5g \$20.00 → \$26.00") as no:
        market.do(child, "accept")
    assert (no.value.code, no.value.extra["prices"][0]["now"]) == ("price-changed", "26.0000")
    assert market.fresh(child).state == "PENDING"

    desk = client_of(market.cast.seller)
    with everyone("test"):
        line = child.lines.get()
        Order.objects.filter(pk=child.pk).update(price_until=market.now - timedelta(days=60))  # by the desk's own clock
    shown = desk.get(reverse("admin:orders_order_change", args=[child.pk])).content.decode()
    assert "Keep its prices, which held until" in shown
    market.do(child, "counter", reason="PRICE", lines=[{"id": line.pk, "price": Decimal("26.00")}])
    child = market.do(child, "approve")
    assert (child.state, child.total) == ("ACCEPTED", Decimal("130.00"))


def test_after_its_time_the_wholesaler_may_keep_to_the_old_price(market):
    child = market.do(came(market, "26.00", days=31), "accept", keep_prices=True)
    assert (child.state, child.total) == ("ACCEPTED", Decimal("100.00"))


def test_after_its_time_a_lower_price_is_the_retailers_at_once(market):
    child = market.do(came(market, "18.00", days=31), "accept")
    with everyone("test"):
        line = child.lines.get()
        told = child.events.get(action="accept").data["prices"]
    assert (child.state, child.total, line.price) == ("ACCEPTED", Decimal("90.00"), Decimal("18.00"))
    assert [(one["was"], one["now"]) for one in told] == [("20.0000", "18.0000")]
    assert any(step["step"] == "pays" and step["price"].startswith("18") for step in line.why)


def test_an_order_that_is_no_backorder_keeps_its_prices_however_long_it_waits(market):
    order = market.order(("FLOWER", 4))
    priced(market, "26.00")
    market.now += timedelta(days=40)
    assert market.do(order, "accept").total == Decimal("80.00")


def test_who_was_first_has_it_first(market):
    first, second = waiting(market, 4, 1), waiting(market, 4, 1)
    with everyone("test"):
        Order.objects.filter(pk=second.pk).update(submitted_at=market.now - timedelta(days=3))
        ShelfLine.objects.update(quantity=4)  # what is not promised yet is sold elsewhere
    comes(market, 1)

    assert market.fresh(second).hold_expired is False
    assert market.fresh(first).hold_expired is True


def test_it_is_held_once_and_never_for_another_order(market):
    child = waiting(market, 4, 1)
    comes(market, 5)
    market.now = market.fresh(child).hold_until + timedelta(minutes=1)
    market.as_house(child, "hold_expire")
    comes(market, 5)

    assert market.fresh(child).hold_expired
    plain = market.order(("GUMMIES", 1))
    with pytest.raises(Refused, match="Only a backorder"):
        market.as_house(plain, "hold")


def test_other_goods_and_other_places_move_nothing(market):
    child = waiting(market, 4, 1)
    elsewhere = make.location(organization=market.cast.wholesaler, name="Elsewhere")
    with scope(market.cast.wholesaler):
        tasks.note_stock(location_id=str(market.cast.place.pk), products=[str(market.gummies.pk)])
        tasks.note_stock(location_id=str(elsewhere.pk), products=[str(market.flower.pk)])
    assert market.fresh(child).hold_expired


def test_they_have_a_tab_where_there_are_any(market, client_of):
    buyer = client_of(market.cast.buyer)
    market.order(("GUMMIES", 1))
    assert "?state=backorders" not in buyer.get(ORDERS).content.decode()
    child = waiting(market, 4, 1)
    for client in (buyer, client_of(market.cast.seller)):
        page = client.get(f"{ORDERS}?state=backorders").content.decode()
        assert 'Backorders <span class="count">1</span>' in page
        assert f">{child.number}<" in page
        assert page.count('class="order"') <= 1
        assert child.backorder_of_id
        with everyone("test"):
            assert f">{Order.objects.get(pk=child.backorder_of_id).number}<" not in page


@pytest.mark.parametrize("keep", [False, True])
def test_it_ends_with_its_parent_unless_it_is_kept(market, client_of, keep):
    child = waiting(market, 4, 1)
    with everyone("test"):
        parent = Order.objects.get(pk=child.backorder_of_id)
    buyer = client_of(market.cast.buyer)
    page = f"{ORDERS}{parent.number}/cancel/"
    assert f"Backorder {child.number} is cancelled with it, unless you keep it." in buyer.get(page).content.decode()
    told = {"version": parent.version} | ({"keep_backorders": "yes"} if keep else {})
    assert buyer.post(page, told).status_code == 302

    assert market.fresh(parent).state == "CANCELLED"
    assert market.fresh(child).state == ("PENDING" if keep else "CANCELLED")


def test_the_desk_keeps_it_too(market, client_of):
    child = waiting(market, 4, 1)
    with everyone("test"):
        parent = Order.objects.get(pk=child.backorder_of_id)
    desk = client_of(market.cast.seller)
    shown = desk.get(reverse("admin:orders_order_change", args=[parent.pk])).content.decode()
    assert f"Keep its backorder {child.number}" in shown
    told = {"version": parent.version, "text": "Closed.", "keep_backorders": "yes"}
    assert desk.post(reverse("admin:orders_order_move", args=[parent.pk, "cancel"]), told).status_code == 302
    assert (market.fresh(parent).state, market.fresh(child).state) == ("CANCELLED", "PENDING")
