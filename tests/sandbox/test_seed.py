"""The first day: the shelf of LOOK's catalog picture, alive on whatever day it is started."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

from apps.sandbox import serve
from apps.sandbox.dutchie.seed import SEED

from .conftest import TOKEN

SHOWN = (
    ("CH-0351", 11.4, 36),
    ("HL-0502", 14.25, 12),
    ("GN-0100", 7.6, 58),
    ("HL-1001", 17.5, 17),
    ("CH-0352", 12.1, 21),
    ("PL-0525", 11.75, 2),
    ("SO-0410", 9.4, 40),
    ("TF-0353", 12.6, 0),
    ("TF-0140", 31.0, 9),
    ("PL-0101", 6.8, 24),
    ("GN-0240", 8.1, 15),
)


def test_hollands_list_adds_up_as_the_catalog_page_shows_it(pos):
    products = [row for row in pos.rows("/reporting/products") if row["sku"]]  # two were typed in anew at Lansing
    assert Counter(row["category"] for row in products) == {
        "Flower": 24,
        "Vapes": 16,
        "Edibles": 14,
        "Pre-rolls": 11,
        "Drinks": 4,
    }
    assert Counter(row["brandName"] for row in products) == {
        "Halide Labs": 16,
        "Cinder Hollow": 13,
        "Tidewater Farms": 13,
        "Good Neighbor": 12,
        "Paper Lantern": 11,
        "Slow Orchard": 4,
    }
    units = Counter()
    for row in pos.rows("/reporting/inventory"):
        units[row["productId"]] += row["quantityAvailable"]
    assert len(units) == 69
    assert sum(1 for left in units.values() if left) == 62


def test_cases_and_prices_are_those_of_the_picture(pos):
    products = {row["sku"]: row for row in pos.rows("/products")}
    units = Counter()
    for row in pos.rows("/reporting/inventory"):
        units[row["sku"]] += row["quantityAvailable"]
    shown = {
        "CH-0351": (11.4, 36),
        "HL-0502": (14.25, 12),
        "GN-0100": (7.6, 58),
        "HL-1001": (17.5, 17),
        "TF-0353": (12.6, 0),
    }
    for sku, (price, cases) in shown.items():
        assert products[sku]["price"] == price
        assert units[sku] == cases * json.loads(products[sku]["customMetadata"])["caseOf"]


def test_five_stores_have_their_shelves(pos):
    shelves = Counter(row["_locationId"] for row in pos.server.world.rows("inventory"))
    products = Counter()
    for location in shelves:
        rows = [row for row in pos.server.world.rows("inventory") if row["_locationId"] == location]
        products[location] = len({row["productId"] for row in rows})
    assert products == {4101: 69, 4102: 42, 5201: 25, 6301: 30, 7101: 30}


def test_every_package_is_tagged_once_and_every_upc_has_its_check_digit(pos):
    world = pos.server.world
    tags = [row["packageId"] for row in world.rows("inventory") if row["isCannabis"]]
    assert len(set(tags)) == len(tags)
    assert all(len(tag) == 24 and tag.startswith("1A405") for tag in tags)
    for row in world.rows("products"):
        if row.get("isCannabis", True) and row["upc"]:
            digits = [int(digit) for digit in row["upc"]]
            assert (sum(digits[0::2]) * 3 + sum(digits[1::2])) % 10 == 0


def test_the_retailers_shelf_shares_upcs_with_the_wholesalers_list(pos):
    def upcs(key):
        return {row["upc"] for row in pos.rows("/products", key=key)}

    assert len(upcs("pos-northlight-holland") & upcs("pos-juniper-eastown")) >= 25


def test_dates_move_with_the_day_it_is_started():
    day = datetime(2031, 3, 1, 8, 0, tzinfo=UTC)
    server = serve(token=TOKEN, frozen_at=day)
    try:
        rows = server.world.rows("inventory")
        ends = [datetime.fromisoformat(row["expirationDate"]) for row in rows if row["expirationDate"]]
        assert min(ends) > day
        assert min(ends) < day + timedelta(days=60)
        assert max(datetime.fromisoformat(row["lastModifiedDateUtc"]) for row in rows) < day
    finally:
        server.stop()


def test_the_seed_is_small_and_names_no_other_host():
    text = SEED.read_text(encoding="utf-8")
    assert len(text.encode()) < 400_000
    assert "http" not in text
