"""Stock promised to orders: held, allocated by package, consumed, released; never more than there is."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import Short, Want
from apps.catalog.models import Reservation, ShelfLine, StockIssue, StockItem
from apps.core.invariants import check
from apps.core.scope import everyone
from tests import make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def shelf(cast):
    """A product in two packages of 6 and 4: the smaller one expires first."""
    product = make.product(organization=cast.wholesaler, sku="A")
    link = make.link(product=product)
    for number, (quantity, expires) in enumerate([(6, date(2027, 5, 1)), (4, date(2027, 3, 1))]):
        make.stock(link=link, location=cast.place, quantity=quantity, expires_date=expires, inventory_id=900 + number)
    with everyone("test"):
        return ShelfLine.objects.get(product=product)


def held(line) -> tuple:
    with everyone("test"):
        line.refresh_from_db()
    return line.held, line.allocated, line.leaving, line.available


def want(line, quantity, of=None) -> Want:
    return Want(of or uuid4(), line.pk, Decimal(quantity))


def sound() -> bool:
    return not any(rule["violations"] for rule in check())


def test_a_hold_takes_all_lines_or_none_and_says_what_is_left(cast, shelf):
    seller, first, second = cast.wholesaler.pk, uuid4(), uuid4()
    reserving.hold(seller=seller, order=first, wants=[want(shelf, 7)], now=NOW)
    other = make.shelf_line(location=cast.place, quantity=5)
    with pytest.raises(Short) as short:
        reserving.hold(seller=seller, order=second, wants=[want(other, 5), want(shelf, 2), want(shelf, 2)], now=NOW)
    (line,) = short.value.lines
    assert (line.shelf_line, line.asked, line.available) == (shelf.pk, 4, 3)
    assert held(other)[0] == 0
    assert held(shelf) == (7, 0, 0, 3)


def test_releasing_twice_gives_back_once(cast, shelf):
    seller, order = cast.wholesaler.pk, uuid4()
    reserving.hold(seller=seller, order=order, wants=[want(shelf, 7)], now=NOW)
    for _ in range(2):
        reserving.release(seller=seller, order=order, now=NOW)
    assert held(shelf) == (0, 0, 0, 10)


def test_allocation_takes_the_package_that_expires_first(cast, shelf):
    seller, order, line = cast.wholesaler.pk, uuid4(), uuid4()
    reserving.hold(seller=seller, order=order, wants=[want(shelf, 5, line)], now=NOW)
    picks = reserving.allocate(seller=seller, order=order, wants=[want(shelf, 5, line)], now=NOW)
    with everyone("test"):
        found = [(StockItem.objects.get(pk=pick.package).inventory_id, pick.quantity) for pick in picks]
    assert found == [(901, 4), (900, 1)]
    assert held(shelf) == (0, 5, 0, 5)
    assert sound()


def test_an_allocation_never_takes_what_another_order_holds(cast, shelf):
    seller, mine, theirs = cast.wholesaler.pk, uuid4(), uuid4()
    reserving.hold(seller=seller, order=theirs, wants=[want(shelf, 8)], now=NOW)
    with pytest.raises(Short) as short:
        reserving.allocate(seller=seller, order=mine, wants=[want(shelf, 3)], now=NOW)
    assert (short.value.lines[0].asked, short.value.lines[0].available) == (3, 2)


def test_where_the_pos_took_goods_away_the_earlier_hold_comes_first(cast, shelf):
    seller, first, second = cast.wholesaler.pk, uuid4(), uuid4()
    reserving.hold(seller=seller, order=first, wants=[want(shelf, 6)], now=NOW)
    reserving.hold(seller=seller, order=second, wants=[want(shelf, 4)], now=NOW)
    count(cast, 901, 0, shelf)  # six are left
    with pytest.raises(Short):
        reserving.allocate(seller=seller, order=second, wants=[want(shelf, 4)], now=NOW)
    reserving.allocate(seller=seller, order=first, wants=[want(shelf, 6)], now=NOW)
    assert held(shelf) == (4, 6, 0, -4)


def test_more_than_was_held_never_comes_out_of_another_hold(cast, shelf):
    seller, first, second = cast.wholesaler.pk, uuid4(), uuid4()
    reserving.hold(seller=seller, order=first, wants=[want(shelf, 6)], now=NOW)
    reserving.hold(seller=seller, order=second, wants=[want(shelf, 4)], now=NOW)
    with pytest.raises(Short):
        reserving.allocate(seller=seller, order=first, wants=[want(shelf, 7)], now=NOW)


def test_what_has_left_stays_apart_until_the_pos_has_seen_it(cast, shelf):
    seller, order = cast.wholesaler.pk, uuid4()
    reserving.allocate(seller=seller, order=order, wants=[want(shelf, 4)], now=NOW)
    reserving.consume(seller=seller, order=order, now=NOW)
    assert held(shelf) == (0, 0, 4, 6)
    count(cast, 901, 1, shelf)  # another sale of three: the four of ours are still among those the POS counts
    assert held(shelf)[2:] == (4, 3)
    count(cast, 901, 0, shelf)
    assert held(shelf)[2:] == (0, 6)
    assert sound()


def count(cast, inventory_id, quantity, shelf) -> None:
    """The POS says so, as a sync would write it."""
    with everyone("test"):
        StockItem.objects.filter(inventory_id=inventory_id).update(quantity=quantity)
        make._shelve(cast.place, shelf.product, NOW)
        reserving.settle_seen(location=cast.place.pk, now=NOW)


def test_goods_that_had_not_left_are_allocated_again(cast, shelf):
    seller, order = cast.wholesaler.pk, uuid4()
    reserving.allocate(seller=seller, order=order, wants=[want(shelf, 4)], now=NOW)
    reserving.consume(seller=seller, order=order, now=NOW)
    for _ in range(2):
        reserving.take_back(seller=seller, order=order, now=NOW)
    assert held(shelf) == (0, 4, 0, 6)
    with everyone("test"):
        assert StockIssue.objects.get().kind == StockIssue.Kind.TAKEN_BACK
    assert sound()


def test_drift_is_shown_and_mended_only_when_told_to(cast, shelf, scoped):
    reserving.hold(seller=cast.wholesaler.pk, order=uuid4(), wants=[want(shelf, 2)], now=NOW)
    with everyone("test"):
        ShelfLine.objects.filter(pk=shelf.pk).update(held=5)
    (found,) = reserving.reconcile(seller=cast.wholesaler.pk)
    assert (found.held, found.held_rows) == (5, 2)
    assert held(shelf)[0] == 5
    with scoped(cast.seller):
        reserving.mend(seller=cast.wholesaler.pk, by=cast.seller)
    assert held(shelf)[0] == 2
    assert reserving.reconcile(seller=cast.wholesaler.pk) == []


def test_a_strangers_scope_sees_no_reservation(cast, shelf, scoped):
    reserving.hold(seller=cast.wholesaler.pk, order=uuid4(), wants=[want(shelf, 2)], now=NOW)
    with scoped(cast.outsider):
        assert Reservation.objects.count() == 0
    with scoped(cast.seller):
        assert Reservation.objects.count() == 1
