"""The Dutchie POS over real sockets: which door answers, pages, and the emulator of the guest house."""

import base64
import threading
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from apps import sandbox
from apps.gateways import base
from apps.gateways.base import Declined, Unreachable
from apps.gateways.dutchie import pos as module
from apps.gateways.dutchie.payloads import read_inventory, read_products
from apps.gateways.dutchie.pos import Pos

from .rows import good, page, wire
from .stage import answers


@pytest.fixture
def pos_to(stage):
    """Builds a Pos in front of a stage with these acts."""

    def build(*acts, **keys):
        theatre = stage(*acts)
        pos = Pos(theatre.url, "loc-key", allow=["127.0.0.1"], **keys)
        pos.stage = theatre
        return pos

    return build


def asked(pos):
    """(path, query) of each request that came."""
    urls = [urlsplit(request.split(b" ")[1].decode()) for request in pos.stage.requests]
    return [(url.path, {name: values[0] for name, values in parse_qs(url.query).items()}) for url in urls]


def rows(*numbers):
    return answers(200, page(*[wire(good(number)) for number in numbers]))


def ids(body):
    return [row.inventory_id - 9001 for row in read_inventory(body).good]


EXTRAS = {"includeLabResults": "true", "includeRoomQuantities": "true"}
REPORTING = ("/reporting/inventory", EXTRAS | {"includeAllocated": "true"})


def test_the_key_goes_as_the_user_and_the_integrators_as_the_password(pos_to):
    pos = pos_to(rows(1), integrator_key="int-key")

    pos.inventory()

    assert b"Basic " + base64.b64encode(b"loc-key:int-key") in pos.stage.requests[0]


def test_stock_is_asked_for_with_labs_rooms_and_allocations(pos_to):
    pos = pos_to(rows(1, 2))

    stock = pos.inventory()

    assert (ids(stock.body), stock.source) == ([1, 2], "/reporting/inventory")
    assert asked(pos) == [REPORTING]


def test_a_key_without_the_reporting_role_reads_the_shorter_list_and_says_so(pos_to):
    pos = pos_to(answers(403), rows(1))

    assert pos.inventory().source == "/inventory"
    assert asked(pos) == [REPORTING, ("/inventory", EXTRAS)]


def test_a_refused_key_tries_no_other_door(pos_to):
    pos = pos_to(answers(401))

    with pytest.raises(Declined) as told:
        pos.inventory()

    assert told.value.status == 401
    assert len(pos.stage.requests) == 1


def test_trouble_at_the_first_door_is_no_reason_for_the_second(pos_to):
    pos = pos_to(answers(500))

    with pytest.raises(Unreachable):
        pos.inventory()

    assert asked(pos) == [REPORTING]


def test_products_changed_since_a_moment_are_asked_for_in_utc(pos_to):
    pos = pos_to(answers(200, b'[{"productId": 7}]'))

    products = pos.products(since=datetime(2026, 5, 1, 12, tzinfo=UTC))

    assert [row.product_id for row in read_products(products.body).good] == [7]
    assert asked(pos) == [("/reporting/products", {"fromLastModifiedDateUTC": "2026-05-01T12:00:00Z"})]


# --- pages


@pytest.fixture
def pages_of_three(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)


@pytest.mark.usefixtures("pages_of_three")
@pytest.mark.parametrize("last", [answers(200, b"[]"), rows(4, 5)])
def test_an_answer_as_long_as_a_page_is_followed_until_one_brings_nothing_new(pos_to, last):
    pos = pos_to(rows(1, 2, 3), rows(4, 5), last)

    assert ids(pos.inventory().body) == [1, 2, 3, 4, 5]
    assert [query.get("Skip") for _, query in asked(pos)] == [None, "3", "5"]
    assert {query["Take"] for _, query in asked(pos)[1:]} == {"3"}


@pytest.mark.usefixtures("pages_of_three")
def test_a_server_that_knows_no_pages_repeats_itself_and_is_read_once(pos_to):
    pos = pos_to(rows(1, 2, 3))

    assert ids(pos.inventory().body) == [1, 2, 3]
    assert len(pos.stage.requests) == 2


@pytest.mark.usefixtures("pages_of_three")
def test_rows_that_moved_to_the_next_page_are_kept_once(pos_to):
    pos = pos_to(rows(1, 2, 3), rows(3, 4), answers(200, b"[]"))

    assert ids(pos.inventory().body) == [1, 2, 3, 4]


@pytest.mark.usefixtures("pages_of_three")
def test_a_bad_row_on_a_page_stays_the_only_bad_one(pos_to):
    broken = answers(200, page(wire(good(1)), b'{"inventoryId":NaN}', wire(good(2))))
    pos = pos_to(broken, rows(3), answers(200, b"[]"))

    read = read_inventory(pos.inventory().body)

    assert ([row.inventory_id - 9001 for row in read.good], len(read.bad)) == ([1, 2, 3], 1)


@pytest.mark.usefixtures("pages_of_three")
def test_a_page_that_fails_fails_the_whole_read(pos_to):
    """Half a list must never pass for a shop that sold the other half."""
    with pytest.raises(Unreachable):
        pos_to(rows(1, 2, 3), answers(500)).inventory()


@pytest.mark.usefixtures("pages_of_three")
def test_pages_without_end_are_given_up(pos_to, monkeypatch):
    monkeypatch.setattr(module, "MOST_PAGES", 4)
    acts = [rows(3 * number, 3 * number + 1, 3 * number + 2) for number in range(9)]

    with pytest.raises(Unreachable, match="come to an end"):
        pos_to(*acts).inventory()


# --- the emulator


@pytest.fixture(scope="module")
def emulator():
    server = sandbox.serve(token="t", seed=1, drift=False)
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def fair_weather(request):
    yield
    if "emulator" in request.fixturenames:
        request.getfixturevalue("emulator").reset()


def at(emulator, key="pos-northlight-holland"):
    return Pos(emulator.url, key, allow=["127.0.0.1", "localhost"])


def test_the_emulator_says_whose_key_it_is(emulator):
    identity = at(emulator).whoami()

    assert (identity.lsp_id, identity.location_id, identity.license_number) == (822, 4101, "AU-P-000412")
    assert (identity.location_name, identity.lsp_name) == ("Northlight, Holland", "Northlight Supply Co.")


def test_every_row_of_the_emulators_stock_and_products_is_good(emulator):
    stock = read_inventory(at(emulator).inventory().body)
    products = read_products(at(emulator).products().body)

    assert stock.bad == products.bad == []
    assert len({row.product_id for row in stock.good}) == 69
    assert {row.product_id for row in stock.good} <= {row.product_id for row in products.good}
    assert all(row.price > 0 and row.unit_cost is not None and row.tag.startswith("1A405") for row in stock.good)


def test_the_emulator_refuses_a_key_it_doesnt_know(emulator):
    with pytest.raises(Declined) as told:
        at(emulator, key="pos-nobody").whoami()

    assert told.value.status == 401
    assert "pos-nobody" not in str(told.value)


ROW_FAULTS = {
    "price_nan": "number.not_finite",
    "price_huge": "number.out_of_range",
    "price_negative": "number.out_of_range",
    "quantity_negative": "number.out_of_range",
    "quantity_infinite": "number.not_finite",
    "numbers_as_text": "number.not_whole",
    "duplicate_row": "id.duplicate",
    "row_without_id": "id.missing",
    "row_not_an_object": "row.not_an_object",
    "bad_date": "date.unreadable",
    "nul_in_text": "text.nul",
    "lone_surrogate": "text.lone_surrogate",
}


def struck(emulator, fault):
    emulator.reset()
    emulator.world.weather.add([{"path": "/reporting/inventory", "fault": fault, "every": 1}])
    return at(emulator)


@pytest.mark.parametrize(("fault", "code"), ROW_FAULTS.items())
def test_a_row_the_emulator_spoils_goes_aside_alone(emulator, fault, code):
    whole = read_inventory(at(emulator).inventory().body).good

    read = read_inventory(struck(emulator, fault).inventory().body)

    [bad] = read.bad
    assert code in {reason.code for reason in bad.reasons}
    assert len(read.good) == len(whole) - (fault != "duplicate_row")


@pytest.mark.parametrize("fault", ["brand_null", "unknown_fields", "huge_description"])
def test_what_is_odd_but_allowed_is_read(emulator, fault):
    assert read_inventory(struck(emulator, fault).inventory().body).bad == []


OUTAGES = ["503_html", "200_html", "200_object", "200_null", "wrapped_list", "truncated_json", "reset_mid_body", "500"]


@pytest.mark.parametrize("fault", OUTAGES)
def test_an_outage_of_the_emulator_is_unreachable(emulator, monkeypatch, fault):
    monkeypatch.setattr(base, "PAUSES", (0.01, 0.01))

    with pytest.raises(Unreachable):
        struck(emulator, fault).inventory()


def test_two_stores_are_read_at_once_each_by_its_own_gateway(emulator):
    found = {}

    def read(key):
        found[key] = {row.inventory_id for row in read_inventory(at(emulator, key).inventory().body).good}

    threads = [threading.Thread(target=read, args=[f"pos-northlight-{city}"]) for city in ("holland", "lansing")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    holland, lansing = found["pos-northlight-holland"], found["pos-northlight-lansing"]
    assert holland
    assert lansing
    assert not holland & lansing
