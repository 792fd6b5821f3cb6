"""The roads out: pacing across processes, the shared breaker, the journal; and what holds when Redis is away."""

import threading
import time
from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.db.models import F

from apps.core import outbound
from apps.core.models import Breaker, OutboundCall
from apps.core.outbound import breaker, pace
from apps.gateways.base import Call, Gateway, Unreachable
from tests.gateways.stage import Stage, answers

ROAD = {"service": "Dutchie POS", "key": "store-1"}


def call(outcome="ok", **changes):
    told = {
        "service": ROAD["service"],
        "key": ROAD["key"],
        "method": "GET",
        "path": "/whoami",
        "status": 200,
        "seconds": 0.1,
        "size": 12,
        "outcome": outcome,
        "reason": "" if outcome == "ok" else "It is in trouble.",
    }
    return Call(**told | changes)


@pytest.fixture
def road(monkeypatch):
    """A road whose pace never waits: these tests are about the breaker."""
    monkeypatch.setattr(pace, "wait_for", lambda *_: None)
    return outbound.line(**ROAD, limit_per_minute=120)


def tells(road, *outcomes):
    for outcome in outcomes:
        road.tell(call(outcome))


def time_passes(seconds):
    """Moves the breaker's own moments back, which is how it sees the clock go on."""
    past = timedelta(seconds=seconds)
    Breaker.objects.update(open_until=F("open_until") - past, probe_until=F("probe_until") - past)


def test_a_road_is_stopped_while_its_breaker_is_open(road, db):
    assert not outbound.stopped(**ROAD)

    tells(road, *["unreachable"] * 5)
    assert outbound.stopped(**ROAD)
    assert not outbound.stopped(service=ROAD["service"], key="another")

    time_passes(31)
    assert not outbound.stopped(**ROAD)


# --- the rule


@pytest.mark.parametrize(
    ("recent", "down"),
    [
        ("", False),
        ("0000", False),
        ("00000", True),
        ("100000", True),
        ("000001", False),
        ("1" * 15 + "0" * 5, False),
        ("1" * 10 + "0" * 10, True),
        ("0" * 10 + "1" * 6 + "0" * 4, False),
        ("0" * 9 + "1" * 6 + "0" * 5, True),
    ],
)
def test_five_in_a_row_and_half_of_all_make_it_down(recent, down):
    assert breaker.trips(recent) is down


def test_the_pause_doubles_from_thirty_seconds_to_five_minutes():
    assert [breaker.pause(opens).total_seconds() for opens in (1, 2, 3, 4, 5, 500)] == [30, 60, 120, 240, 300, 300]


# --- the breaker


@pytest.mark.django_db
def test_five_failures_hold_the_next_call_back(road):
    tells(road, *["unreachable"] * 4)
    assert road.ask() is None

    tells(road, "unsettled")
    assert 29 < road.ask() <= 30
    assert Breaker.objects.get().reason == "It is in trouble."


@pytest.mark.django_db
def test_a_refusal_is_an_answer(road):
    tells(road, *["declined"] * 20)

    assert road.ask() is None
    assert Breaker.objects.get().recent == "1" * 20


@pytest.mark.django_db
def test_429_is_no_failure_of_theirs_and_their_wait_is_kept(road):
    tells(road, *["unreachable"] * 4)
    for _ in range(5):
        road.tell(call("unreachable", status=429, retry_after=7.0))

    assert 6 < road.ask() <= 7
    assert Breaker.objects.get().recent == "0000"
    assert OutboundCall.objects.filter(status=429).count() == 5


@pytest.mark.django_db
def test_a_probe_that_is_answered_with_429_leaves_the_next_probe_free(road):
    tells(road, *["unreachable"] * 5)
    time_passes(31)
    assert road.ask() is None

    road.tell(call("unreachable", status=429))

    assert outbound.in_doubt(**ROAD)
    assert 0 < road.ask() <= 1
    Breaker.objects.update(wait_until=None)
    assert road.ask() is None


@pytest.mark.django_db
def test_one_stores_trouble_holds_back_no_other(road, monkeypatch):
    tells(road, *["unreachable"] * 5)

    assert outbound.line(service="Dutchie POS", key="store-2", limit_per_minute=120).ask() is None


@pytest.mark.django_db
def test_after_the_pause_one_call_goes_and_the_others_wait_for_it(road):
    tells(road, *["unreachable"] * 5)
    time_passes(31)

    assert road.ask() is None
    assert 59 < road.ask() <= 60


@pytest.mark.django_db
def test_a_probe_that_fails_doubles_the_pause(road):
    tells(road, *["unreachable"] * 5)
    for expected in (60, 120, 240, 300, 300):
        time_passes(301)
        assert road.ask() is None
        tells(road, "unreachable")
        assert expected - 1 < road.ask() <= expected


@pytest.mark.django_db
def test_a_probe_that_comes_back_opens_the_road_for_all(road):
    tells(road, *["unreachable"] * 5)
    time_passes(31)
    assert road.ask() is None

    tells(road, "ok")

    assert (road.ask(), road.ask()) == (None, None)
    tells(road, *["unreachable"] * 4)
    assert road.ask() is None


@pytest.mark.django_db
def test_a_prober_that_died_is_replaced(road):
    tells(road, *["unreachable"] * 5)
    time_passes(31)
    assert road.ask() is None

    time_passes(61)

    assert road.ask() is None


@pytest.mark.django_db
def test_a_late_failure_does_not_lengthen_the_pause(road):
    tells(road, *["unreachable"] * 9)

    assert 29 < road.ask() <= 30
    assert Breaker.objects.get().opens == 1


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_of_eight_callers_one_wins_the_probe(road):
    tells(road, *["unreachable"] * 5)
    time_passes(31)
    gate, answers_ = threading.Barrier(8), []

    def ask():
        gate.wait()
        answers_.append(road.ask())
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers_) == 8
    assert answers_.count(None) == 1


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_calls_told_at_once_are_all_remembered(road):
    def tell():
        tells(road, "unreachable")
        connection.close()

    threads = [threading.Thread(target=tell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Breaker.objects.get().recent == "0" * 8
    assert OutboundCall.objects.count() == 8


# --- the journal


@pytest.mark.django_db
def test_every_call_is_written_down(road):
    road.tell(call("declined", status=403, path="/x" * 300, reason="r" * 300))

    row = OutboundCall.objects.get()
    assert (row.service, row.key, row.method, row.status, row.outcome) == (
        "Dutchie POS",
        "store-1",
        "GET",
        403,
        "declined",
    )
    assert (len(row.path), len(row.reason), row.size, row.seconds) == (240, 240, 12, 0.1)
    assert row.at is not None


@pytest.mark.django_db
def test_a_gateway_on_a_road_stops_calling_what_is_down(road):
    stage = Stage(answers(500))
    gateway = Gateway(stage.url, line=road, allow=["127.0.0.1"])

    for _ in range(8):
        with pytest.raises(Unreachable):
            gateway.get("/whoami")

    assert len(stage.requests) == 5
    assert OutboundCall.objects.filter(outcome="unreachable").count() == 5
    stage.close()


# --- the pace


@pytest.mark.parametrize("per_minute", [1, 5, 10, 60, 120, 600])
def test_no_minute_holds_more_calls_than_the_limit(per_minute):
    """Counted by the bucket's own arithmetic: all that go at once after a rest, then one a gap."""
    gap, burst = pace.gap_and_burst(per_minute)

    assert burst + 1 + int(60 / gap) <= per_minute


@pytest.fixture
def name(request):
    """A road nobody else paces, forgotten afterwards."""
    yield f"test:{request.node.name}"
    client = pace._client()
    for key in client.scan_iter(f"*pace:test:{request.node.name}*"):
        client.delete(key)


@pytest.mark.engines
def test_calls_past_the_burst_wait_their_turn(name):
    begun = time.monotonic()
    for _ in range(62):  # at once: 60 and the one that was due, then one a gap of 0.113 s
        assert pace.wait(name=name, per_minute=600) is None

    assert 0.1 <= time.monotonic() - begun < 1


@pytest.mark.engines
def test_an_even_stream_fits_into_a_bucket_of_a_second_and_uses_it_whole(name):
    """Whoever is called keeps a bucket of 150 that fills with 150 a second: no more come, and hardly fewer."""
    bucket = pace.an_even_stream(name, 9_000)
    for _ in range(bucket.burst + 1):
        assert pace.wait_for(bucket) is None
    assert bucket.burst < 150 / 2 + 1
    begun = time.monotonic()
    for _ in range(450):
        assert pace.wait_for(bucket) is None

    assert 2.9 < time.monotonic() - begun < 3.1


@pytest.mark.engines
def test_a_call_that_two_limits_count_takes_a_place_in_both_or_in_none(name):
    wide, narrow = pace.an_even_stream(name, 3_000), pace.Bucket(f"{name}:narrow", 60.0, 0)
    assert pace.wait_for(wide, narrow) is None

    for _ in range(300):
        assert pace.wait_for(wide, narrow) > pace.PATIENCE
    begun = time.monotonic()
    assert pace.wait_for(wide) is None
    assert time.monotonic() - begun < 0.5


@pytest.mark.engines
def test_two_processes_share_one_pace(name, monkeypatch):
    assert pace.wait(name=name, per_minute=1) is None

    monkeypatch.setattr(pace, "_redis", None)  # another process: a connection and a memory of its own
    monkeypatch.setattr(pace, "_alone", {})

    assert 60 < pace.wait(name=name, per_minute=1) <= 61


@pytest.mark.engines
def test_roads_with_one_login_share_its_pace_and_nothing_else(name, db):
    one, other = (
        outbound.line(service="test", key=key, limit_per_minute=1, paced_as=name.removeprefix("test:"))
        for key in ("store-1", "store-2")
    )
    assert (one.key, other.key) == ("store-1", "store-2")
    assert one.ask() is None

    assert 60 < other.ask() <= 61


@pytest.mark.engines
def test_who_is_sent_away_takes_no_place_in_the_queue(name):
    pace.wait(name=name, per_minute=1)
    waits = [pace.wait(name=name, per_minute=1) for _ in range(3)]

    assert all(60 < wait <= 61 for wait in waits)


def test_without_redis_calls_go_on_more_slowly(monkeypatch):
    name = "test:away"
    away = redis.Redis(unix_socket_path="/nowhere.sock", retry=pace.AT_ONCE)
    monkeypatch.setattr(pace, "_redis", away)
    slept = []
    monkeypatch.setattr(pace.time, "sleep", slept.append)

    assert pace.wait(name=name, per_minute=60) is None
    assert pace.wait(name=name, per_minute=60) is None
    assert slept[0] == 0
    assert slept[1] == pytest.approx(8 * 61 / 54, abs=0.1)

    refused = [pace.wait(name=name, per_minute=60) for _ in range(5)]
    assert refused[-1] > pace.PATIENCE
