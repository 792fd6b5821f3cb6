"""The outbound door over real sockets: what each thing that can go wrong becomes, and how long it may take."""

import base64
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from apps.gateways import base
from apps.gateways.base import Declined, Gateway, Unreachable, Unsettled

from .stage import (
    answers,
    drips_body,
    drips_headers,
    drips_without_length,
    pours,
    resets,
    stops_short,
    zipped,
)

ROWS = b'[{"inventoryId": 1}]'


class Notebook:
    """A line that lets everything through, or holds it back, and keeps what it was told."""

    key = "store-1"

    def __init__(self, wait=None):
        self.wait, self.asked, self.calls = wait, 0, []

    def ask(self):
        self.asked += 1
        return self.wait

    def tell(self, call):
        self.calls.append(call)


def test_a_list_comes_back_as_it_was_sent(gateway_to):
    gateway = gateway_to(answers(200, ROWS), auth=("user", "pass"))

    assert gateway.get("/reporting/inventory", expects="list", includeAllocated=True, limit=None) == ROWS

    request = gateway.stage.requests[0]
    assert request.startswith(b"GET /reporting/inventory?includeAllocated=true HTTP/1.1\r\n")
    assert b"Basic " + base64.b64encode(b"user:pass") in request
    assert b"User-Agent: ReUp/" in request


def test_a_zipped_list_comes_back_unzipped(gateway_to):
    assert gateway_to(zipped(ROWS)).get("/", expects="list") == ROWS


def test_calls_share_one_connection_and_carry_no_cookie_along(gateway_to):
    gateway = gateway_to(answers(200, ROWS, Set_Cookie="session=1"))

    gateway.get("/")
    gateway.get("/")

    assert gateway.stage.connections == 1
    assert b"Cookie" not in gateway.stage.requests[1]


def test_cookies_are_kept_when_asked_for(gateway_to):
    gateway = gateway_to(answers(200, ROWS, Set_Cookie="session=1"), keep_cookies=True)

    gateway.get("/")
    gateway.get("/")

    assert b"Cookie: session=1" in gateway.stage.requests[1]


@pytest.mark.parametrize("trouble", [answers(502), answers(503), resets, stops_short])
def test_a_passing_trouble_is_tried_again_twice(gateway_to, trouble):
    gateway = gateway_to(trouble, trouble, answers(200, ROWS))

    assert gateway.get("/", expects="list") == ROWS
    assert len(gateway.stage.requests) == 3


@pytest.mark.parametrize("trouble", [answers(503), resets, stops_short])
def test_a_trouble_that_stays_is_unreachable_after_three_tries(gateway_to, trouble):
    gateway = gateway_to(trouble)

    with pytest.raises(Unreachable):
        gateway.get("/")

    assert len(gateway.stage.requests) == 3


@pytest.mark.parametrize("trouble", [answers(500), answers(429), answers(503, Retry_After="7")])
def test_what_wants_time_is_not_tried_again_at_once(gateway_to, trouble):
    gateway = gateway_to(trouble)

    with pytest.raises(Unreachable):
        gateway.get("/")

    assert len(gateway.stage.requests) == 1


def in_ninety_seconds(**skew):
    return format_datetime(datetime.now(UTC) + timedelta(seconds=90, **skew), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry_After": "120"}, 120, 120),
        ({"Retry_After": "86400"}, 900, 900),
        ({"Retry_After": "99999999999999999999"}, 900, 900),
        ({"Retry_After": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0, 0),
        ({"Retry_After": in_ninety_seconds(days=3), "Date": in_ninety_seconds(days=3, minutes=-1)}, 60, 60),
    ],
)
def test_too_many_calls_say_how_long_to_wait(gateway_to, headers, least, most):
    with pytest.raises(Unreachable) as told:
        gateway_to(answers(429, b'{"Message":"Too many requests"}', **headers)).get("/")

    assert least <= told.value.retry_after <= most


def test_a_date_to_wait_for_counts_from_now(gateway_to):
    with pytest.raises(Unreachable) as told:
        gateway_to(answers(429, Retry_After=in_ninety_seconds())).get("/")

    assert 60 <= told.value.retry_after <= 90


@pytest.mark.parametrize("headers", [{}, {"Retry_After": "soon"}, {"Retry_After": "-5"}, {"Retry_After": "\xb2"}])
def test_too_many_calls_may_leave_the_wait_to_us(gateway_to, headers):
    with pytest.raises(Unreachable) as told:
        gateway_to(answers(429, **headers)).get("/")

    assert told.value.retry_after is None


@pytest.mark.parametrize("body", [b"<html><form action=/login>", b"", b"null", b"{}", b'{"data": []}', b'[{"a": 1}'])
def test_a_good_status_without_a_list_is_no_answer(gateway_to, body):
    with pytest.raises(Unreachable):
        gateway_to(answers(200, body)).get("/", expects="list")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_fc51_a_redirect_is_not_followed(gateway_to, stage, status):
    canary = stage(answers(200, ROWS))
    gateway = gateway_to(answers(status, Location=canary.url))

    with pytest.raises(Unreachable):
        gateway.get("/", expects="list")

    assert canary.connections == 0


@pytest.mark.parametrize("flood", [pours, zipped(b"[" + b" " * 60_000_000 + b"]")])
def test_an_answer_past_fifty_megabytes_is_cut_off(gateway_to, flood):
    gateway = gateway_to(flood)

    with pytest.raises(Unreachable, match="larger than 50 MB"):
        gateway.get("/", expects="list")

    assert len(gateway.stage.requests) == 1


@pytest.mark.parametrize("slow", [drips_headers, drips_body, drips_without_length])
def test_a_server_that_drips_is_cut_off_when_the_call_has_lasted_long_enough(gateway_to, monkeypatch, slow):
    monkeypatch.setattr(base, "CALL_SECONDS", 0.5)
    begun = time.monotonic()

    with pytest.raises(Unreachable, match="within the time"):
        gateway_to(slow).get("/", expects="list")

    assert time.monotonic() - begun < 2


def test_a_kept_connection_is_watched_too(gateway_to, monkeypatch):
    monkeypatch.setattr(base, "CALL_SECONDS", 0.5)
    gateway = gateway_to(answers(200, ROWS), drips_body)
    gateway.get("/", expects="list")

    with pytest.raises(Unreachable, match="within the time"):
        gateway.get("/", expects="list")

    assert gateway.stage.connections == 1


def test_proxies_from_the_environment_are_ignored(gateway_to, stage, monkeypatch):
    proxy = stage(answers(200, b"[]"))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert gateway_to(answers(200, ROWS)).get("/") == ROWS
    assert proxy.connections == 0


@pytest.mark.parametrize(
    ("status", "words"), [(401, "key was refused"), (403, "lacks the role"), (404, "know"), (422, "422")]
)
def test_a_refusal_needs_a_person_and_is_asked_once(gateway_to, status, words):
    gateway = gateway_to(answers(status))

    with pytest.raises(Declined, match=words) as told:
        gateway.get("/")

    assert told.value.status == status
    assert len(gateway.stage.requests) == 1


@pytest.mark.parametrize(
    "body", [b'{"Message":"Bad key s3cret"}', b'["Bad key s3cret"]', b'"Bad key s3cret"', b'{"title":"Bad key s3cret"}']
)
def test_their_words_are_passed_on_without_our_secret(gateway_to, body):
    with pytest.raises(Declined) as told:
        gateway_to(answers(400, body), auth=("s3cret", "")).get("/")

    assert told.value.reason.endswith("Bad key …")
    assert "s3cret" not in str(told.value)


def test_an_unknown_name_is_unreachable():
    with pytest.raises(Unreachable, match="No connection"):
        Gateway("http://nowhere.invalid").get("/")


# --- writes


def test_a_write_sends_json_and_answers_the_body(gateway_to):
    gateway = gateway_to(answers(200, b'{"Ids":[7]}'))

    assert gateway.post("/packages", [{"Label": "1A4"}], licenseNumber="L-1") == b'{"Ids":[7]}'

    request = gateway.stage.requests[0]
    assert request.startswith(b"POST /packages?licenseNumber=L-1 ")
    assert b"Content-Type: application/json" in request
    assert request.endswith(b'\r\n\r\n[{"Label":"1A4"}]')


def test_a_write_that_never_left_can_be_tried_later(stage):
    closed = stage(answers())
    closed.close()

    with pytest.raises(Unreachable):
        Gateway(closed.url, allow=["127.0.0.1"]).put("/packages", [])


@pytest.mark.parametrize("trouble", [resets, stops_short, answers(500), answers(503), answers(302, Location="/")])
def test_a_write_whose_answer_is_lost_is_unsettled_and_not_repeated(gateway_to, trouble):
    gateway = gateway_to(trouble)

    with pytest.raises(Unsettled):
        gateway.post("/packages", [])

    assert len(gateway.stage.requests) == 1


def test_a_write_that_times_out_is_unsettled(gateway_to, monkeypatch):
    monkeypatch.setattr(base, "CALL_SECONDS", 0.3)

    with pytest.raises(Unsettled):
        gateway_to(drips_headers).delete("/packages/1")


def test_a_write_turned_away_for_its_pace_did_not_happen(gateway_to):
    with pytest.raises(Unreachable) as told:
        gateway_to(answers(429, Retry_After="3")).post("/packages", [])

    assert told.value.retry_after == 3


def test_a_write_they_refuse_is_declined(gateway_to):
    with pytest.raises(Declined):
        gateway_to(answers(400, b'[{"row": 0}]')).post("/packages", [])


# --- the line


def test_nothing_is_called_while_the_line_holds_back(gateway_to):
    gateway = gateway_to(answers(200, ROWS), line=Notebook(wait=42.0))

    with pytest.raises(Unreachable) as told:
        gateway.get("/")

    assert told.value.retry_after == 42
    assert gateway.stage.connections == 0


def test_a_failure_that_stops_the_line_is_told_itself(gateway_to):
    line = Notebook()
    line.tell = lambda call: setattr(line, "wait", 30.0)
    gateway = gateway_to(answers(503), line=line)

    with pytest.raises(Unreachable, match="503"):
        gateway.get("/")

    assert len(gateway.stage.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_page_at_the_edge_says_nothing_about_our_key(gateway_to, status):
    gateway = gateway_to(answers(status, b"\n<!doctype html><title>Just a moment</title>"))

    with pytest.raises(Unreachable, match="web page") as told:
        gateway.get("/", expects="list")

    assert (told.value.status, told.value.again) == (status, False)
    assert len(gateway.stage.requests) == 1


def test_a_question_by_post_is_a_read_and_tried_again(gateway_to):
    gateway = gateway_to(answers(503), resets, answers(200, b"{}"))

    assert gateway.ask("/ask", {"skip": 1}, {"appname": "Backoffice"}, expects="object") == b"{}"

    assert len(gateway.stage.requests) == 3
    for request in gateway.stage.requests:
        assert request.startswith(b"POST /ask ")
        assert b"appname: Backoffice" in request
        assert request.endswith(b'{"skip":1}')


def test_a_question_that_may_be_asked_once_is_asked_once(gateway_to):
    gateway = gateway_to(answers(503))

    with pytest.raises(Unreachable):
        gateway.ask("/login", {}, once=True)

    assert len(gateway.stage.requests) == 1


def test_the_line_is_asked_and_told_of_every_try(gateway_to):
    line = Notebook()
    gateway = gateway_to(answers(503), answers(200, ROWS), line=line, auth=("s3cret", ""))

    gateway.get("/reporting/inventory", expects="list", key="s3cret")

    failed, fine = line.calls
    assert line.asked == 2
    assert (failed.outcome, failed.status, failed.reason) == ("unreachable", 503, "It is in trouble and answered 503.")
    assert (fine.outcome, fine.status, fine.size, fine.reason) == ("ok", 200, len(ROWS), "")
    assert (fine.service, fine.key, fine.method, fine.path) == ("The service", "store-1", "GET", "/reporting/inventory")
    assert 0 < fine.seconds < 5
    assert "s3cret" not in repr(line.calls)


@pytest.mark.parametrize(
    ("act", "write", "outcome"),
    [
        (answers(401), False, "declined"),
        (resets, True, "unsettled"),
        (answers(200, b"<html>"), False, "unreachable"),
    ],
)
def test_the_line_hears_how_a_call_ended(gateway_to, act, write, outcome):
    line = Notebook()
    gateway = gateway_to(act, line=line)

    with pytest.raises(base.GatewayError):
        gateway.post("/", []) if write else gateway.get("/", expects="list")

    assert line.calls[-1].outcome == outcome
