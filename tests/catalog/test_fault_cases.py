"""Cases of the shared fault list (`cases/faults.json`) that a reading of one store decides, by their numbers."""

import pytest
import structlog.testing
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.models import Location
from apps.catalog.models import HeldSnapshot, Product, ProductLink, QuarantinedRow, ShelfLine, StockItem
from apps.catalog.models.standing import standing, with_runs
from tests.catalog.test_sync import package, pull, seller_scope  # noqa: F401

pytestmark = pytest.mark.usefixtures("seller_scope")


def on_hand():
    return ShelfLine.objects.aggregate(sum=Sum("quantity"))["sum"]


def test_fc01_a_price_that_is_no_number_costs_its_own_row_alone(pull, world):  # noqa: F811
    pull()
    stock = {item.inventory_id: (item.price, item.quantity) for item in StockItem.objects.all()}
    good = package(world)
    world.world.change("inventory", good["id"], quantityAvailable=good["quantityAvailable"] - 1)
    world.world.weather.add([{"path": "/reporting/inventory", "fault": "price_nan", "times": 1}])

    run = pull()

    assert run.state == "completed_with_quarantine"
    (kept,) = QuarantinedRow.objects.all()
    assert "number.not_finite" in {reason["code"] for reason in kept.reasons}
    now = {item.inventory_id: (item.price, item.quantity) for item in StockItem.objects.all()}
    assert {key for key, kept in now.items() if kept != stock[key]} == {int(good["id"])}
    assert run.counts["updated"] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM catalog_stockitem WHERE price = 'NaN' OR quantity = 'NaN'")
        assert cursor.fetchone() == (0,)


def test_fc04_two_of_their_products_that_share_a_sku_wait_and_existing_links_stay(pull, world):  # noqa: F811
    pull()
    before = list(ProductLink.objects.order_by("pk").values_list("pk", "product", "state"))
    products = Product.objects.count()
    rows = [
        {"productId": 401, "sku": "GUM-10", "productName": "Gummies 10mg Cherry", "price": 7},
        {"productId": 402, "sku": "GUM-10", "productName": "Gummies 10mg Lime", "price": 7},
    ]
    world.load_products(rows)

    pull()

    waiting = ProductLink.objects.waiting()
    assert set(waiting.values_list("dutchie_product", flat=True)) == {401, 402}
    assert all("GUM-10" in link.reason for link in waiting)
    assert Product.objects.count() == products
    assert (
        list(ProductLink.objects.exclude(state="review").order_by("pk").values_list("pk", "product", "state")) == before
    )


def test_fc06_an_empty_answer_is_held_twice_with_one_alarm_and_a_stale_mark(pull, world, cast):  # noqa: F811
    pull()
    before = on_hand()
    world.world.weather.add([{"path": "/reporting/inventory", "fault": "200_empty_list", "times": 2}])

    with structlog.testing.capture_logs() as logs:
        first = pull()
        second = pull()

    assert (first.state, second.state) == ("held", "held")
    assert on_hand() == before
    assert not StockItem.objects.exclude(gone_at=None).exists()
    assert [kept.run for kept in HeldSnapshot.objects.open()] == [second]
    alarms = [line for line in logs if line["event"] == "snapshot_held"]
    assert [(line["log_level"], line["location"]) for line in alarms] == [("error", cast.place.name)] * 2
    place = with_runs(Location.objects.filter(pk=cast.place.pk)).get()
    assert standing(place, timezone.now()).state == "stale"


def test_fc12_a_sign_in_page_with_status_200_is_a_failed_read_and_never_an_empty_shop(pull, world):  # noqa: F811
    pull()
    before = on_hand()
    world.world.weather.add([{"path": "/reporting/inventory", "fault": "200_html"}])

    run = pull()

    assert (run.state, on_hand()) == ("failed", before)
    assert not StockItem.objects.exclude(gone_at=None).exists()
    assert not HeldSnapshot.objects.exists()
    assert run.location_name
    assert "pos-northlight" not in run.error
