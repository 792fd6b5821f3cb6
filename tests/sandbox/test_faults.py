"""Every fault word does what it says, and nothing more; rules strike when they should."""

import json
import time

import pytest
import requests

from apps.sandbox.faults import FAULTS
from apps.sandbox.weather import Weather

from .conftest import HOLLAND, TOKEN

PATH = "/reporting/inventory"
BLUE_SLATE = "7000100"


@pytest.fixture
def whole(pos):
    """The unspoiled answer, and the place of the row that faults spoil."""
    rows = pos.rows(PATH)
    return rows, len(rows) // 2


def struck(pos, fault, path=PATH, **rule):
    pos.raise_fault(path, fault, **rule)
    return pos.get(path)


@pytest.mark.parametrize(
    ("fault", "status"),
    [("500_before", 500), ("500_after_commit", 500), ("500", 500), ("502", 502), ("503", 503), ("504", 504)]
    + [("400_server_fault", 400), ("403", 403), ("429", 429), ("late_commit", 504)],
)
def test_a_status_word_answers_with_its_status_and_a_message(pos, fault, status):
    answer = struck(pos, fault)
    assert answer.status_code == status
    assert answer.json()["Message"]
    assert pos.journal()[-1] | {"fault": fault, "status": status} == pos.journal()[-1]


def test_401_refuses_without_a_byte_and_401_flap_every_other_time(pos):
    assert struck(pos, "401", times=1).content == b""
    pos.raise_fault("/brand", "401_flap")
    assert [pos.get("/brand").status_code for _ in range(4)] == [200, 401, 200, 401]


def test_delay_waits_and_then_answers(pos):
    pos.raise_fault("/brand", "delay", seconds=0.3)
    start = time.monotonic()
    assert pos.get("/brand").status_code == 200
    assert 0.3 <= time.monotonic() - start < 2


@pytest.mark.parametrize("fault", ["timeout_before_commit", "timeout_after_commit"])
def test_a_timeout_says_nothing_until_the_client_gives_up(pos, fault):
    pos.raise_fault("/brand", fault, seconds=1)
    with pytest.raises(requests.ReadTimeout):
        pos.get("/brand", timeout=0.2)


@pytest.mark.parametrize("fault", ["reset_before_commit", "reset_after_commit", "timeout_before_commit"])
def test_a_lost_answer_is_an_error_and_the_journal_has_no_status_for_it(pos, fault):
    pos.raise_fault("/brand", fault, seconds=0)
    with pytest.raises(requests.ConnectionError):
        pos.get("/brand")
    assert (pos.journal()[-1]["fault"], pos.journal()[-1]["status"]) == (fault, None)


def test_a_reset_in_mid_body_breaks_the_reading(pos):
    pos.raise_fault(PATH, "reset_mid_body")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        pos.get(PATH)


def test_a_slow_body_drips_and_is_whole_in_the_end(pos, whole):
    pos.raise_fault(PATH, "slow_body", seconds=0.5)
    start = time.monotonic()
    assert pos.rows(PATH) == whole[0]
    assert time.monotonic() - start >= 0.45


def test_a_stale_read_answers_as_things_were_so_many_seconds_ago(pos, whole):
    pos.ctl("clock", {"advance": 30})
    pos.ctl(
        "world", {"inventory": {BLUE_SLATE: {"quantityAvailable": 1}, "7000101": None, "9000001": {"productId": 1}}}
    )
    pos.raise_fault(PATH, "stale_read", seconds=10)
    assert pos.rows(PATH) == whole[0]
    pos.ctl("clock", {"advance": 11})
    now = pos.rows(PATH)
    assert now[0]["quantityAvailable"] == 1
    assert len(now) == len(whole[0])  # one gone, one come
    assert now != whole[0]


def test_truncated_json_ends_in_the_middle(pos, whole):
    with pytest.raises(json.JSONDecodeError):
        struck(pos, "truncated_json").json()


@pytest.mark.parametrize(("fault", "status"), [("503_html", 503), ("200_html", 200), ("200_sign_in", 200)])
def test_an_html_page_stands_where_json_should(pos, fault, status):
    answer = struck(pos, fault)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!doctype html>")


def test_wrong_content_type_sends_the_right_body_under_a_wrong_name(pos, whole):
    answer = struck(pos, "wrong_content_type")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.json() == whole[0]


@pytest.mark.parametrize(("fault", "payload"), [("200_empty_list", []), ("200_object", {}), ("200_null", None)])
def test_a_right_status_carries_nothing(pos, fault, payload):
    answer = struck(pos, fault)
    assert answer.status_code == 200
    assert answer.json() == payload


def test_a_wrapped_list_and_half_a_list(pos, whole):
    rows, middle = whole
    assert struck(pos, "wrapped_list", times=1).json() == {"data": rows, "count": len(rows)}
    assert struck(pos, "half_list").json() == rows[:middle]


def test_a_repeated_page_ignores_the_offset(pos, whole):
    pos.raise_fault(PATH, "repeated_page")
    assert pos.rows(PATH, Skip=50, Take=50) == whole[0][:50]


def test_a_row_on_the_page_boundary_comes_twice(pos, whole):
    pos.raise_fault(PATH, "duplicate_row_on_page_boundary")
    first, second = (pos.rows(PATH, Skip=n, Take=50) for n in (0, 50))
    assert second[0] == whole[0][49]
    assert first[:50] == whole[0][:50]
    assert pos.rows(PATH)[-2:] == [whole[0][-1]] * 2


@pytest.mark.parametrize(
    ("fault", "fields"),
    [
        ("price_huge", {"unitPrice": 1e12, "recUnitPrice": 1e12}),
        ("price_negative", {"unitPrice": -1.0, "recUnitPrice": -1.0}),
        ("quantity_negative", {"quantityAvailable": -3.0}),
        ("quantity_infinite", {"quantityAvailable": float("inf")}),
        ("brand_null", {"brandId": None, "brandName": None}),
        ("huge_description", {"description": "x" * 5_000_000}),
        ("nul_in_text", {"productName": "Blue\x00Slate"}),
        ("lone_surrogate", {"productName": "Blue \ud83d Slate"}),
        ("unknown_fields", {"flavourIndex": 7, "nested": {"deep": [1, {"er": None}]}}),
    ],
)
def test_one_row_is_spoiled_in_these_fields_and_all_others_are_whole(pos, whole, fault, fields):
    rows, middle = whole
    spoiled = json.loads(struck(pos, fault).content)
    assert spoiled[middle] == rows[middle] | fields
    assert spoiled[:middle] + spoiled[middle + 1 :] == rows[:middle] + rows[middle + 1 :]


def test_a_nan_stands_in_the_body_as_a_literal(pos):
    assert b'"unitPrice":NaN' in struck(pos, "price_nan").content


def test_numbers_as_text_are_text_and_flags_are_not(pos, whole):
    rows, middle = whole
    spoiled = struck(pos, "numbers_as_text").json()[middle]
    assert spoiled["unitPrice"] == str(rows[middle]["unitPrice"])
    assert spoiled["inventoryId"] == str(rows[middle]["inventoryId"])
    assert spoiled["isCannabis"] is True


def test_a_bad_date_cannot_be_read(pos, whole):
    spoiled = struck(pos, "bad_date").json()[whole[1]]
    assert spoiled["expirationDate"] == spoiled["lastModifiedDateUtc"] == "31/02/2026 25:61"


def test_a_row_comes_twice_without_its_id_or_as_no_object(pos, whole):
    rows, middle = whole
    assert struck(pos, "duplicate_row", times=1).json() == rows[: middle + 1] + rows[middle:]
    assert "inventoryId" not in struck(pos, "row_without_id", times=1).json()[middle]
    assert struck(pos, "row_not_an_object").json()[middle] == "row"


def test_an_unknown_method_is_in_a_discount(pos):
    rows = struck(pos, "unknown_method", path="/discounts/v2/list").json()
    assert rows[len(rows) // 2]["reward"]["calculationMethodId"] == 99


@pytest.mark.parametrize("fault", ["warnings_not_null", "ids_missing", "duplicate_row", "half_list"])
def test_a_fault_that_finds_nothing_to_spoil_leaves_a_refusal_alone(pos, fault):
    pos.raise_fault("*", fault)
    answer = pos.get("/brand", key=None)
    assert (answer.status_code, answer.content) == (401, b"")


def test_every_word_leaves_the_emulator_alive(pos):
    for word in FAULTS:
        pos.ctl("faults", [])
        pos.raise_fault("/brand", word, seconds=0)
        try:
            pos.get("/brand")
        except requests.RequestException:
            pos.session.close()
    pos.ctl("faults", [])
    assert pos.get("/brand").status_code == 200


# ---- when a rule strikes


def test_times_strikes_the_next_calls_and_then_no_more(pos):
    pos.raise_fault("/brand", "503", times=2)
    assert [pos.get("/brand").status_code for _ in range(3)] == [503, 503, 200]


def test_every_strikes_each_nth_call(pos):
    pos.raise_fault("/brand", "503", every=3)
    assert [pos.get("/brand").status_code for _ in range(6)] == [200, 200, 503, 200, 200, 503]


def test_probability_strikes_by_the_seed():
    def weather(seed):
        made = Weather(words=FAULTS, seed=seed)
        made.add([{"path": "/brand", "fault": "503", "probability": 0.3}])
        return [made.strike(method="GET", path="/brand", caller=None) is not None for _ in range(400)]

    assert weather(1) == weather(1) != weather(2)
    assert 80 < sum(weather(1)) < 160


def test_a_rule_meets_its_path_its_method_and_its_store_only(pos):
    pos.raise_fault("/reporting/*", "503", caller="4102")
    pos.raise_fault("/(tag|sizes)", "502", method="GET")
    statuses = [pos.get(PATH, key=key).status_code for key in (HOLLAND, "pos-northlight-lansing")]
    assert statuses == [200, 503]
    assert [pos.get(path).status_code for path in ("/tag", "/sizes", "/strains")] == [502, 502, 200]


def test_rules_add_up_and_an_empty_list_clears_them(pos):
    pos.raise_fault("/brand", "503", times=1)
    pos.raise_fault("/brand", "502", times=1)
    assert [pos.get("/brand").status_code for _ in range(3)] == [503, 502, 200]
    pos.raise_fault("/brand", "503")
    assert pos.ctl("faults", []).json() == []
    assert pos.get("/brand").status_code == 200


@pytest.mark.parametrize(
    "rule",
    [
        {"path": "/brand"},
        {"path": "/brand", "fault": "drizzle"},
        {"path": "/brand", "fault": "503", "colour": "red"},
        {"path": "/brand", "fault": "503", "times": 0},
        {"path": "/brand", "fault": "503", "every": "2"},
        "503",
    ],
)
def test_a_rule_that_makes_no_sense_is_400_and_none_of_its_list_is_added(pos, rule):
    answer = pos.ctl("faults", [{"path": "/tag", "fault": "503"}, rule])
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert pos.ctl("faults").json() == []


def test_a_stopping_emulator_does_not_wait_for_its_own_silence():
    from apps.sandbox import serve

    from .conftest import Client

    server = serve(token=TOKEN)
    guest = Client(server)
    guest.raise_fault("/brand", "timeout_before_commit", seconds=60)
    with pytest.raises(requests.ReadTimeout):
        guest.get("/brand", timeout=0.2)
    start = time.monotonic()
    server.stop()
    assert time.monotonic() - start < 3
