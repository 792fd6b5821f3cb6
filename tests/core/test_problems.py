"""Every error of the API is a problem (RFC 9457) with a slug; lists go by cursor."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from apps.core.models import Slot

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.urls")]
CHECK = "/api/v1/test/check/"


@pytest.fixture
def api(client_of, cast):
    return client_of(cast.buyer, raise_request_exception=False)


def problem(answer) -> dict:
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["status"] == answer.status_code
    assert body["type"].endswith("/" + body["code"])
    assert body["title"]
    assert body["detail"]
    return body


def send(api, body, path=CHECK):
    return api.post(path, body if isinstance(body, bytes) else json.dumps(body), content_type="application/json")


GOOD = {"seller": "Northlight", "lines": [{"sku": "A-1", "quantity": "2.00"}]}


def test_a_good_body_passes(api):
    assert send(api, GOOD).json() == GOOD


def test_unknown_fields_are_named_at_every_depth(api):
    body = problem(send(api, GOOD | {"lines": [GOOD["lines"][0], {"sku": "A-2", "quantity": "1", "colour": "red"}]}))

    assert (body["code"], body["status"]) == ("invalid", 400)
    assert body["errors"] == {"lines[1].colour": ["No field has this name."]}
    assert problem(send(api, GOOD | {"speed": 1}))["errors"] == {"speed": ["No field has this name."]}


def test_missing_and_wrong_fields_are_told_by_their_path(api):
    body = problem(send(api, {"lines": [{"sku": "", "quantity": "1"}, {"sku": "A", "quantity": "many"}, 7]}))

    assert set(body["errors"]) == {
        "seller",
        "lines[0].sku",
        "lines[1].quantity",
        "lines[2].non_field_errors",
    }
    assert all(isinstance(words, list) and words for words in body["errors"].values())


@pytest.mark.parametrize("body", [b"{", b'{"a": NaN}', b"\xff"])
def test_what_is_no_json_is_malformed(api, body):
    told = problem(send(api, body))

    assert (told["code"], told["status"]) == ("malformed", 400)


@pytest.mark.parametrize("body", [[], 7, "text", None])
def test_json_of_another_shape_is_invalid_and_no_crash(api, body):
    assert problem(send(api, body))["status"] == 400


def test_another_media_type_is_415(api):
    told = problem(api.post(CHECK, "a=1", content_type="application/x-www-form-urlencoded"))

    assert (told["code"], told["status"]) == ("unsupported-media-type", 415)


def test_another_method_is_405(api):
    assert problem(api.delete(CHECK))["code"] == "method-not-allowed"


def test_without_signing_in_the_api_says_so(client_of, db):
    told = problem(send(client_of(), GOOD))

    assert (told["code"], told["status"]) == ("not-signed-in", 401)
    assert told["detail"] == "Sign in first."


def test_a_forged_form_of_another_site_is_refused(client_of, cast):
    told = problem(send(client_of(cast.buyer, enforce_csrf_checks=True), GOOD))

    assert (told["code"], told["status"]) == ("not-allowed", 403)


def test_too_many_requests_tells_when_to_come_again(api):
    answer = api.get(CHECK + "?raise=throttled")

    assert problem(answer)["code"] == "too-many-requests"
    assert answer["Retry-After"] == "3"


def test_a_missing_row_and_a_missing_address_look_alike(api):
    assert problem(api.get(CHECK + "?raise=missing"))["code"] == "not-found"
    assert problem(api.get("/api/v1/no/such/door/"))["code"] == "not-found"


def test_a_missing_page_is_a_page(api):
    answer = api.get("/no/such/page/")

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_a_crash_is_a_problem_without_its_insides(api):
    answer = api.get(CHECK + "?raise=broken")

    assert (problem(answer)["code"], answer.status_code) == ("broken", 500)
    assert "ZeroDivision" not in answer.content.decode()


def test_a_list_is_walked_to_its_end_and_shows_each_row_once(api):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    Slot.objects.bulk_create(
        Slot(schedule=f"row {n:03}", starts_at=start + timedelta(minutes=n // 7)) for n in range(130)
    )
    seen, address = [], "/api/v1/test/list/?page_size=40"
    while address:
        page = api.get(address).json()
        assert set(page) == {"results", "next"}
        seen, address = seen + page["results"], page["next"]

    assert seen == [f"row {n:03}" for n in range(130)]


def test_a_page_has_at_most_200_rows_and_a_made_up_cursor_is_refused(api):
    Slot.objects.bulk_create(Slot(schedule=str(n), starts_at="2026-01-01T00:00Z") for n in range(250))

    assert len(api.get("/api/v1/test/list/?page_size=9999").json()["results"]) == 200
    assert problem(api.get("/api/v1/test/list/?cursor=nonsense"))["status"] in (400, 404)
