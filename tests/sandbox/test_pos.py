"""Who may ask the emulated POS what, how often, and what the answers hold."""

import time

import pytest

from .conftest import HOLLAND, NOW

LANSING = "pos-northlight-lansing"
JUNIPER = "pos-juniper-eastown"


@pytest.mark.parametrize("key", [None, "", "pos-nobody"])
def test_a_missing_or_wrong_key_gets_401_and_not_a_byte(pos, key):
    answer = pos.get("/whoami", key=key)
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (401, b"", "0")


def test_an_unreadable_authorization_header_is_401(pos):
    for header in ("Basic %%%", "Bearer abc", "Basic /w=="):
        assert pos.get("/whoami", key=None, headers={"Authorization": header}).status_code == 401


def test_a_key_without_the_role_gets_403_and_with_it_an_answer(pos):
    inventory_only, reporting_only = HOLLAND + "-inventory", HOLLAND + "-reporting"
    assert pos.get("/reporting/inventory", key=inventory_only).status_code == 403
    assert pos.get("/inventory", key=reporting_only).status_code == 403
    assert pos.rows("/inventory", key=inventory_only)
    assert pos.rows("/reporting/inventory", key=reporting_only)


def test_any_key_may_ask_who_it_is(pos):
    assert pos.rows("/whoami", key=HOLLAND + "-bare")["locationId"] == 4101


def test_an_integrator_key_is_ignored_until_it_is_demanded(pos):
    assert pos.get("/whoami", password="anything").status_code == 200
    pos.ctl("world", {"settings": {"integratorKey": "ours"}})
    assert pos.get("/whoami", password="anything").status_code == 401
    assert pos.get("/whoami", password="ours").status_code == 200


def test_what_is_not_there_is_404_and_writing_is_405(pos):
    assert pos.get("/inventory/7000100").status_code == 404
    assert pos.get("/inventory", method="POST").status_code == 405


def test_the_limit_counts_per_key_and_path_and_begins_anew_each_minute(pos):
    pos.ctl("world", {"settings": {"limits": {"/brand": 2}}})
    assert [pos.get("/brand").status_code for _ in range(3)] == [200, 200, 429]
    assert pos.get("/brand", key=LANSING).status_code == 200
    assert pos.get("/tag").status_code == 200
    pos.ctl("clock", {"advance": 60})
    assert pos.get("/brand").status_code == 200


def test_the_limit_of_reporting_is_60_a_minute(pos):
    statuses = [pos.get("/reporting/discounts").status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]


@pytest.mark.parametrize(
    ("form", "header"),
    [("seconds", "30"), ("absent", None), ("date", "Tue, 17 Nov 2026 10:42:30 GMT"), (86400, "86400")],
)
def test_too_many_says_the_limit_and_waits_in_the_form_chosen(pos, form, header):
    pos.ctl("world", {"settings": {"limits": {"/brand": 1}, "retryAfter": form}})
    pos.get("/brand")
    refused = pos.get("/brand")
    assert refused.json()["Message"] == "Too many requests - only 1 per minute allowed"
    assert refused.json()["TraceId"]
    assert refused.headers.get("Retry-After") == header


def test_whoami_speaks_pascal_case_when_it_is_told_to(pos):
    assert pos.rows("/whoami")["licenseNumber"] == "AU-P-000412"
    pos.ctl("world", {"settings": {"whoamiCase": "pascal"}})
    identity = pos.rows("/whoami")
    assert identity["LicenseNumber"] == "AU-P-000412"
    assert "licenseNumber" not in identity


def test_a_store_sees_its_own_packages_and_its_tenants_products(pos):
    ids = {key: {row["inventoryId"] for row in pos.rows("/reporting/inventory", key=key)} for key in (HOLLAND, LANSING)}
    assert not ids[HOLLAND] & ids[LANSING]
    products = [pos.rows("/reporting/products", key=key) for key in (HOLLAND, LANSING, JUNIPER)]
    assert products[0] == products[1]
    assert not {row["productId"] for row in products[0]} & {row["productId"] for row in products[2]}


def test_what_is_not_asked_for_is_null(pos):
    row = pos.rows("/reporting/inventory")[0]
    assert (row["labResults"], row["roomQuantities"], row["allocatedQuantity"]) == (None, None, None)
    asked = pos.rows("/reporting/inventory", includeLabResults="True", includeRoomQuantities="true")[0]
    assert asked["labResults"][0]["labTest"] == "THC"
    assert asked["roomQuantities"][0]["quantityAvailable"] == asked["quantityAvailable"]


def test_inventory_leaves_out_costs_and_what_is_not_in_stock(pos):
    everything, on_sale = pos.rows("/reporting/inventory"), pos.rows("/inventory")
    in_stock = [row["inventoryId"] for row in everything if row["quantityAvailable"] > 0]
    assert [row["inventoryId"] for row in on_sale] == in_stock
    assert len(on_sale) < len(everything)
    assert "unitCost" in everything[0]
    assert "unitCost" not in on_sale[0]


def test_inventory_can_be_empty_although_stock_exists(pos):
    pos.ctl("world", {"settings": {"inventoryApiEnabled": False}})
    assert pos.rows("/inventory") == []
    assert pos.rows("/reporting/inventory")


def test_products_can_be_asked_for_by_their_last_change(pos):
    assert pos.rows("/products", fromLastModifiedDateUTC=NOW.isoformat()) == []
    pos.ctl("world", {"products": {"130001": {"productName": "Blue Slate (I), new cut"}}})
    changed = pos.rows("/products", fromLastModifiedDateUTC=NOW.isoformat())
    assert [row["productName"] for row in changed] == ["Blue Slate (I), new cut"]


def test_products_can_be_asked_for_by_being_active_and_online(pos):
    pos.ctl("world", {"products": {"130001": {"isActive": False}, "130002": {"onlineAvailable": False}}})
    ids = {row["productId"] for row in pos.rows("/products", isActive="true")}
    assert not ids & {130001, 130002}
    assert [row["productId"] for row in pos.rows("/products", isActive="false")] == [130001]
    assert len(pos.rows("/reporting/products")) == 71


@pytest.mark.parametrize(("start", "size"), [("offset", "limit"), ("Skip", "Take")])
def test_pages_join_to_the_whole(pos, start, size):
    whole = pos.rows("/reporting/inventory")
    pages = [pos.rows("/reporting/inventory", **{start: n, size: 50}) for n in range(0, 200, 50)]
    assert sum(pages, []) == whole
    assert pages[-1] == []


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/reporting/inventory", {"includeLabResults": "yes"}),
        ("/products", {"fromLastModifiedDateUTC": "yesterday"}),
        ("/products", {"limit": "-1"}),
    ],
)
def test_a_parameter_that_cannot_be_read_is_400_and_named(pos, path, params):
    answer = pos.get(path, **params)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(params)


def test_discounts_come_as_text_and_without_restrictions_unless_asked(pos):
    answer = pos.get("/discounts/v2/list", key=JUNIPER)
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert {str(row["reward"]["restrictions"]) for row in answer.json()} == {"{}"}
    told = pos.rows("/discounts/v2/list", key=JUNIPER, includeInclusionExclusionData="true")
    assert told[0]["reward"]["restrictions"]["Brand"]["restrictionIds"]


def test_the_list_keeps_what_is_over_and_hides_what_is_switched_off(pos):
    def names(**params):
        return {row["discountDescription"] for row in pos.rows("/discounts/v2/list", key=JUNIPER, **params)}

    assert "Summer Flower 25% Off" in names()
    assert "Old Vapes 40% Off" not in names()
    assert {"Old Vapes 40% Off", "Removed deal"} <= names(includeInactive="true")
    pos.ctl("world", {"settings": {"dropExpired": True}})
    assert "Summer Flower 25% Off" not in names()


def test_the_older_shape_drops_loyalty_and_reporting_keeps_it(pos):
    def named(path, **params):
        return {row["discountName"]: row for row in pos.rows(path, key=JUNIPER, **params)}

    assert "Double points Tuesday" not in named("/discounts")
    reported = named("/reporting/discounts")
    assert reported["Double points Tuesday"]["discountType"] == "Loyalty Multiplier"
    assert reported["Manager's comp 10%"]["isAvailableOnline"] is False
    assert "Removed deal" not in reported
    assert named("/reporting/discounts", includeDeleted="true")["Removed deal"]["isDeleted"] is True


def test_the_older_shape_says_the_same_in_its_own_words(pos):
    rows = pos.rows("/discounts", key=JUNIPER, includeInclusionExclusionData="true")
    carts = next(row for row in rows if row["discountName"].startswith("2 for $60 Halide"))
    assert (carts["discountType"], carts["discountAmount"]) == ("Price To Amount - Total Amount", 60.0)
    assert (carts["minimumItemsRequired"], carts["thresholdType"]) == (2.0, "NUMBER_OF_ITEMS")
    week = carts["weeklyRecurrenceInfo"]
    assert [day for day in week if week[day] is True] == ["appliesOnFriday", "appliesOnSaturday"]
    assert len(carts["brands"]["ids"]) == 1
    assert carts["products"] == {"ids": [], "isExclusion": False}


def test_a_discount_for_one_store_names_it_in_the_report(pos):
    rows = pos.rows("/reporting/discounts")
    assert {"locationName": "Northlight, Holland"} in [place for row in rows for place in row["appliesToLocations"]]


def test_the_date_header_follows_the_emulators_clock_and_its_skew(pos):
    assert pos.get("/whoami").headers["Date"] == "Tue, 17 Nov 2026 10:42:00 GMT"
    pos.ctl("world", {"settings": {"dateSkewSeconds": -90}})
    assert pos.get("/whoami").headers["Date"] == "Tue, 17 Nov 2026 10:40:30 GMT"


def test_a_connection_is_kept_alive(pos):
    pos.get("/whoami")
    before = len(pos.server._counters[0].open)
    for _ in range(20):
        pos.get("/whoami")
    assert len(pos.server._counters[0].open) == before


def test_two_hundred_and_fifty_packages_are_served_well_within_a_second(pos):
    start = time.perf_counter()
    assert pos.rows("/reporting/inventory", includeLabResults="true")
    assert time.perf_counter() - start < 1
