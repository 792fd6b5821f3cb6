"""Rules of stock under many hands (§3.7): merged lines, syncs that take away, twice is once, sums set right."""

from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import Want
from apps.catalog.models import Product, Reservation, ShelfLine
from apps.catalog.sync import sync_inventory
from apps.core.errors import Refused
from apps.core.invariants import check
from apps.core.locks import only_one
from apps.core.scope import everyone, scope
from apps.orders import tasks
from apps.orders.models import Order, Shortfall
from reup.schedule import timetable
from tests import make
from tests.catalog.test_sync import package
from tests.orders.conftest import Market

pytestmark = pytest.mark.django_db


def test_7_lines_of_one_product_are_one_line_before_stock_is_looked_at(market):
    order = market.draft(("FLOWER", 6), ("GUMMIES", 1), ("FLOWER", 6))
    with everyone("test"):
        assert list(order.lines.values_list("sku", "ordered")) == [("FLOWER", 12), ("GUMMIES", 1)]
    assert _refused(market, order) == [("FLOWER", "12", "10")]


def test_7_two_lines_of_an_order_on_one_shelf_line_are_held_as_their_sum(market):
    shelf, order = market.shelf(), uuid4()
    wants = [Want(uuid4(), shelf.pk, Decimal(6)), Want(uuid4(), shelf.pk, Decimal(5))]
    with pytest.raises(reserving.Short) as short:
        reserving.hold(seller=shelf.organization_id, order=order, wants=wants, now=market.now)
    assert [(line.asked, line.available) for line in short.value.lines] == [(11, 10)]
    assert market.standing() == (0, 0, 0, 10)


def _refused(market, order) -> list[tuple]:
    with pytest.raises(Refused) as refused:
        market.do(order, "submit")
    return [(one["sku"], one["asked"], one["available"]) for one in refused.value.extra["available"]]


@pytest.fixture
def town(cast, scoped, world):
    """The market, with what the emulated POS has on its first day."""
    shop = make.location(organization=cast.retailer, name="Juniper & Pine, Ferndale")
    for place in (cast.place, shop):
        make.license(location=place)
    return Market(cast, shop, None, None, scoped)


def sync(cast) -> None:
    with scope(cast.wholesaler), only_one(f"inventory:{cast.place.pk}") as lease:
        run = sync_inventory(location=cast.place, trigger="test", lease=lease).run
    assert run.state == "completed"


def test_8_a_sync_that_takes_promised_goods_away_opens_a_shortfall_and_cuts_nothing(town, world, run_jobs):
    cast, now = town.cast, timezone.now()
    sync(cast)
    lowered = package(world)
    with everyone("test"):
        town.flower = Product.objects.get(sku=lowered["sku"], organization=cast.wholesaler)
        shelf = ShelfLine.objects.get(product=town.flower, location=cast.place)
        ShelfLine.objects.filter(pk=shelf.pk, price=None).update(price=Decimal(9))
    there = int(shelf.quantity)
    first = town.order((lowered["sku"], there - 2), state="ACCEPTED")
    second = town.order((lowered["sku"], 2))
    run_jobs()

    world.world.patch({"inventory": {lowered["id"]: {"quantityAvailable": lowered["quantityAvailable"] - 1}}})
    sync(cast)
    run_jobs()

    with everyone("test"):
        short = Shortfall.objects.get(ended_at=None)
        assert (short.shelf_line_id, short.missing) == (shelf.pk, 1)
        assert Order.objects.filter(short=True).count() == 2
        assert first.lines.get().accepted == there - 2
    assert town.standing() == (2, there - 2, 0, -1)
    third = town.draft((lowered["sku"], 1))
    assert _refused(town, third) == [(lowered["sku"], "1", "0")]
    assert now < short.began_at
    town.do(second, "cancel", by=cast.buyer)
    run_jobs()
    with everyone("test"):
        assert not Shortfall.objects.filter(ended_at=None).exists()
        assert not Order.objects.filter(short=True).exists()


def test_9_what_is_released_consumed_or_taken_back_twice_was_so_once(market):
    shelf, order = market.shelf(), uuid4()
    of = {"seller": shelf.organization_id, "order": order, "now": market.now}
    wants = [Want(uuid4(), shelf.pk, Decimal(4))]
    seen = []
    reserving.hold(**of, wants=wants)
    allocate = partial(reserving.allocate, wants=wants)
    for verb in (reserving.release, allocate, reserving.consume, reserving.take_back, reserving.consume):
        for _ in range(2):
            verb(**of)
            seen.append(market.standing())
    free, picked, gone = (0, 0, 0, 10), (0, 4, 0, 6), (0, 0, 4, 6)
    assert seen == [free, free, picked, picked, gone, gone, picked, picked, gone, gone]
    with everyone("test"):
        assert Reservation.objects.filter(order=order).exclude(state="RELEASED").count() == 1


@pytest.mark.parametrize("column", ["held", "allocated", "leaving", "safety"])
def test_9_no_promise_is_ever_below_nothing(market, column):
    with everyone("test"), pytest.raises(IntegrityError, match="promised_numbers_in_bounds"), transaction.atomic():
        ShelfLine.objects.filter(pk=market.shelf().pk).update(**{column: -1})


def test_12_sums_that_drifted_are_shown_to_who_looks_and_set_right_by_who_may(market, client_of):
    market.order(("FLOWER", 4))
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(held=9)
    url = reverse("admin:orders_order_reconcile")
    packer = make.user(at=market.cast.wholesaler, role="buyer", staff=True)
    assert client_of(packer).post(url).status_code in (302, 403)
    assert market.standing()[0] == 9
    assert "9" in client_of(market.cast.seller).get(url).content.decode()
    client_of(market.cast.seller).post(url)
    assert market.standing() == (4, 0, 0, 6)


def test_12_the_hourly_check_finds_a_sum_that_drifted(market):
    market.order(("FLOWER", 4))
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(held=9)
    broken = [rule["name"] for rule in check() if rule["violations"]]
    assert broken == ["what a shelf line promises is the sum of its reservations"]
    assert "core.check_invariants" in {line["task"] for line in timetable(inventory_minutes=15).values()}


def test_13_jobs_of_orders_that_run_twice_come_out_the_same(market, run_jobs):
    order = market.order(("FLOWER", 8), state="ACCEPTED")
    market.order(("FLOWER", 2))
    run_jobs()
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(quantity=7)
    news = {"location_id": str(market.cast.place.pk), "products": [str(market.flower.pk)]}
    told = {"order_number": order.number, "kind": "transfer_create", "state": "CONFIRMED", "manifest_number": "77"}
    transfer = {"order_number": order.number, "manifest_number": "77", "is_voided": False, "direction": "outgoing"}
    transfer |= {"transfer": 0, "received": False}
    with scope(market.cast.wholesaler):
        for job, values in [
            (tasks.note_stock, news),
            (tasks.note_report, told),
            (tasks.note_transfer, transfer),
            (tasks.recheck_short, {"order": str(order.pk)}),
        ]:
            job(**values)
            once = everything()
            job(**values)
            assert everything() == once, job.name
    with everyone("test"):
        assert Shortfall.objects.get(ended_at=None).missing == 3
    assert market.fresh(order).manifest_number == "77"


def everything() -> list:
    with everyone("test"), connection.cursor() as cursor:
        rows = []
        for table, columns in [
            ("orders_order", "number, state, version, compliance, manifest_number, short"),
            ("orders_orderevent", "order_id, version, action"),
            ("orders_shortfall", "shelf_line_id, missing, began_at, ended_at"),
            ("catalog_shelfline", "id, held, allocated, leaving"),
            ("core_auditentry", "chain, n"),
        ]:
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}")  # noqa: S608
            rows.append(cursor.fetchall())
        return rows
