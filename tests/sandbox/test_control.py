"""The control surface: looking, changing, storms, reset, journal, clock and the page for people."""

import re

import pytest

from apps.sandbox import serve

from .conftest import HOLLAND, NOW, TOKEN, Client, shared

BLUE_SLATE = "7000100"


@pytest.mark.parametrize("path", ["world", "journal", "faults", "reset", "clock", "nothing"])
@pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x"])
def test_without_the_token_nothing_is_there(pos, path, token):
    for body in (None, {}):
        assert pos.ctl(path, body, token=token).status_code == 404


def test_the_world_is_keyed_by_kind_and_vendor_id_with_the_vendors_names(pos):
    world = pos.ctl("world").json()
    assert world["inventory"][BLUE_SLATE]["quantityAvailable"] == 864
    assert world["inventory"][BLUE_SLATE]["sku"] == "CH-0351"
    assert world["locations"]["4101"]["locationName"] == "Northlight, Holland"
    assert world["clock"] == {"now": "2026-11-17T10:42:00.000Z", "frozen": True}


def test_a_merge_patch_changes_what_the_pos_answers(pos):
    answer = pos.ctl("world", {"inventory": {BLUE_SLATE: {"quantityAvailable": 5}}})
    assert answer.json() == {"changed": {"inventory": [BLUE_SLATE]}}
    row = _row(pos, BLUE_SLATE)
    assert (row["quantityAvailable"], row["productName"]) == (5, "Blue Slate (I)")
    assert row["lastModifiedDateUtc"] == "2026-11-17T10:42:00.000Z"


def test_null_removes_a_row_and_empties_a_field(pos):
    pos.ctl("world", {"inventory": {BLUE_SLATE: None, "7000101": {"brandName": None}}})
    assert _row(pos, BLUE_SLATE) is None
    assert _row(pos, "7000101")["brandName"] is None


def test_a_new_row_takes_what_it_does_not_say_from_its_product(pos):
    pos.ctl("world", {"inventory": {"9000001": {"productId": 130001, "quantityAvailable": 7}}})
    row = _row(pos, "9000001")
    assert (row["productName"], row["unitPrice"], row["quantityAvailable"]) == ("Blue Slate (I)", 11.4, 7)


def test_a_product_renamed_is_renamed_on_its_packages(pos):
    pos.ctl("world", {"products": {"130001": {"productName": "Blue Slate (I), new cut"}}})
    names = {row["productName"] for row in pos.rows("/reporting/inventory") if row["productId"] == 130001}
    assert names == {"Blue Slate (I), new cut"}


def test_a_product_repriced_leaves_a_package_with_its_own_price_alone(pos):
    pos.ctl("world", {"inventory": {BLUE_SLATE: {"unitPrice": 9.9}}})
    pos.ctl("world", {"products": {"130001": {"price": 12.5}}})
    assert _row(pos, BLUE_SLATE)["unitPrice"] == 9.9


@pytest.mark.parametrize(
    "patch",
    [{"inventry": {}}, {"inventory": {BLUE_SLATE: 5}}, {"inventory": [1]}, [1], "text"],
)
def test_a_patch_that_makes_no_sense_is_400_and_changes_nothing(pos, patch):
    before = pos.ctl("world").json()
    answer = pos.ctl("world", patch)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert pos.ctl("world").json() == before


def test_the_journal_tells_each_call_in_order_and_never_the_key(pos):
    pos.get("/brand", offset="1")
    pos.get("/tag", key="pos-nobody")
    pos.get("/whoami", key=None)
    journal = pos.journal()
    told = [(e["method"], e["path"], e["status"], e["auth"], e["caller"]) for e in journal]
    assert told == [
        ("GET", "/brand", 200, "ok", 4101),
        ("GET", "/tag", 401, "wrong", None),
        ("GET", "/whoami", 401, "none", None),
    ]
    assert journal[0]["params"] == {"offset": "1"}
    assert journal[0]["at"] == "2026-11-17T10:42:00.000Z"
    assert {"at", "method", "path", "status", "fault", "committed"} <= journal[0].keys()
    text = pos.ctl("journal").text.lower()
    assert "pos-" not in text
    assert "authorization" not in text


def test_reading_commits_nothing(pos):
    pos.get("/brand")
    assert pos.journal()[0]["committed"] is False


def test_reset_brings_the_first_day_back(pos):
    first = pos.ctl("world").json()
    pos.ctl("world", {"inventory": {BLUE_SLATE: None}, "settings": {"whoamiCase": "pascal"}})
    pos.raise_fault("/brand", "500")
    pos.ctl("clock", {"advance": 3600})
    pos.get("/brand")
    assert pos.ctl("reset", {}).status_code == 200
    assert pos.ctl("world").json() == first
    assert pos.ctl("faults").json() == []
    assert pos.journal() == []


def test_the_clock_can_be_stopped_moved_and_let_go(pos):
    assert pos.ctl("clock", {"freeze": "2027-01-01T00:00:00Z"}).json()["now"] == "2027-01-01T00:00:00.000Z"
    assert pos.ctl("clock", {"advance": 90}).json() == {"now": "2027-01-01T00:01:30.000Z", "frozen": True}
    assert pos.ctl("clock", {"freeze": False}).json()["frozen"] is False
    assert pos.ctl("clock", {"freeze": "noon"}).status_code == 400


def test_the_fifty_real_products_run_through(pos):
    real = shared("dutchie_products_50.json")
    ids = pos.ctl("products", {"rows": real, "location": 4101, "replace": True}).json()["inventory"]
    rows = {row["inventoryId"]: row for row in pos.rows("/reporting/inventory")}
    served = [rows[id] for id in ids]
    assert len(rows) == 50
    assert [row["productName"] for row in served] == [row["productName"] for row in real]
    assert [row["sku"] for row in served] == [row["sku"] for row in real]
    assert [row["unitPrice"] for row in served] == [float(row["price"]) for row in real]
    assert len({row["productId"] for row in served}) == 50


def test_simple_products_become_products_brands_and_packages(pos):
    row = {"productName": "Grove (H)", "brandName": "New Brand", "price": "4.50", "category": "Flower", "sku": "007"}
    (id,) = pos.server.load_products([row | {"upc": "012345678905", "quantityAvailable": 12}])
    package = _row(pos, str(id))
    assert (package["sku"], package["unitPrice"], package["quantityAvailable"]) == ("007", 4.5, 12)
    assert package["categoryId"] == 41
    assert "New Brand" in {brand["brandName"] for brand in pos.rows("/brand")}
    product = next(one for one in pos.rows("/products") if one["productId"] == package["productId"])
    assert product["upc"] == "012345678905"


def test_the_page_asks_a_person_for_the_token_and_shows_nothing_before(pos):
    page = pos.get("/_ctl/", key=None).text
    assert "Control token" in page
    assert "Northlight" not in page
    assert pos.session.post(pos.url + "/_ctl/", data={"token": "wrong", "act": "look"}).status_code == 404


def test_a_person_sets_a_quantity_on_the_page(pos):
    form = {"token": TOKEN, "act": "quantity", "id": BLUE_SLATE, "quantity": "48"}
    page = pos.session.post(pos.url + "/_ctl/", data=form).text
    assert "Blue Slate (I), package 1A4050300004101007000100: 48 ea." in page
    assert _row(pos, BLUE_SLATE)["quantityAvailable"] == 48


def test_a_person_raises_and_clears_a_fault_on_the_page(pos):
    def send(**form):
        return pos.session.post(pos.url + "/_ctl/", data={"token": TOKEN, **form}).text

    send(act="fault", path="/brand", fault="503", times="3")
    assert pos.get("/brand").status_code == 503
    assert "503" in send(act="look")
    send(act="clear")
    assert pos.get("/brand").status_code == 200


def test_the_page_tells_what_is_wrong_and_escapes_what_it_shows(pos):
    pos.ctl("world", {"inventory": {BLUE_SLATE: {"productName": "<script>alert(1)</script>"}}})
    pos.ctl("world", {"locations": {"4101": {"locationName": "<script>alert(2)</script>"}}})
    form = {"token": TOKEN, "act": "fault", "path": "/brand", "fault": "drizzle", "times": "1"}
    page = pos.session.post(pos.url + "/_ctl/", data=form).text
    assert "There is no fault" in page
    assert not re.search(r"<script", page)


def test_a_fault_may_ride_in_a_header_with_the_control_token(pos):
    known = {"X-Fault": "502", "X-Control-Token": TOKEN}
    assert pos.get("/brand", headers=known).status_code == 502
    assert pos.get("/brand", headers={"X-Fault": "502"}).status_code == 200


def test_a_stopped_emulator_hangs_up_on_connections_it_had(pos):
    server = serve(token=TOKEN, frozen_at=NOW)
    guest = Client(server)
    assert guest.get("/whoami").status_code == 200
    server.stop()
    with pytest.raises(OSError):
        guest.get("/whoami")


def _row(pos, id, key=HOLLAND):
    rows = pos.rows("/reporting/inventory", key=key)
    return next((row for row in rows if row["inventoryId"] == int(id)), None)
