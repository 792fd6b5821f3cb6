"""Dutchie asks for fewer calls, or shows a page where data should be: we wait as told and keep what we have."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.db.models import F

from apps.accounts.models import Credential
from apps.catalog import actions
from apps.catalog.models import StockItem
from apps.core.models import Breaker, Job, StreamEvent, SyncRun
from apps.core.scope import everyone
from apps.gateways import base
from tests import make
from tests.catalog.test_sources import GRAPHQL, INVENTORY, LOGIN, SECRET, asked, assert_nowhere
from tests.gateways.stage import Stage, answers


@pytest.fixture(autouse=True)
def nobody_is_paced(monkeypatch, settings):
    monkeypatch.setattr(base, "PAUSES", (0.01, 0.02))
    settings.DUTCHIE_BACKOFFICE_PER_MINUTE = settings.DUTCHIE_PER_MINUTE = 100_000


@pytest.fixture
def sync(run_jobs):
    """`sync(location)` has it read now, by its job; returns the run."""

    def read(*locations) -> SyncRun:
        with everyone("test"):
            for location in locations:
                actions.enqueue_sync(location=location, trigger="test")
        run_jobs()
        with everyone("test"):
            return SyncRun.objects.filter(location_id=locations[0].pk).latest("pk")

    return read


def waits(location) -> float:
    """Seconds until the location's next attempt, which starts afresh."""
    with everyone("test"):
        job = Job.objects.get(state="ready", key=str(location.pk))
    assert (job.attempts, job.error) == (0, "")
    return (job.not_before - datetime.now(UTC)).total_seconds()


# --- 429


def in_ninety_seconds() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        (lambda: "120", 115, 120),
        (in_ninety_seconds, 84, 91),
        (lambda: "soon", 55, 300),
        (lambda: "86400", 895, 900),
    ],
    ids=["seconds", "date", "unreadable", "a day"],
)
def test_fc10_a_429_is_waited_out_as_it_asks_and_burns_no_attempt(cast, sync, settings, said, least, most):
    stage = Stage(answers(429, b"{}", Retry_After=said()))
    settings.DUTCHIE_POS_URL = stage.url

    run = sync(cast.place)

    assert (run.state, run.error) == ("failed", "It asks for fewer calls.")
    assert least < waits(cast.place) <= most
    assert len(stage.requests) == 1
    with everyone("test"):
        assert Job.objects.get(state="done").attempts == 1
    stage.close()


def test_fc10_an_unreadable_wait_is_drawn_anew_each_time(cast, sync, settings):
    stage = Stage(answers(429, b"{}", Retry_After="soon"))
    settings.DUTCHIE_POS_URL = stage.url
    drawn = set()
    for _ in range(4):
        sync(cast.place)
        drawn.add(round(waits(cast.place)))

    assert len(drawn) > 1
    stage.close()


def test_fc10_the_wait_holds_whoever_asks_meanwhile(cast, sync, settings):
    """The timetable and "sync now" bring the waiting job forward; the road still waits as long as was asked."""
    stage = Stage(answers(429, b"{}", Retry_After="120"))
    settings.DUTCHIE_POS_URL = stage.url
    sync(cast.place)

    for _ in range(3):
        assert sync(cast.place).state == "failed"

    assert len(stage.requests) == 1
    assert 110 < waits(cast.place) <= 120
    stage.close()


def test_fc10_when_the_wait_is_over_the_location_is_read(cast, sync, world):
    world.world.weather.add([{"path": INVENTORY, "fault": "429", "times": 1}])
    assert sync(cast.place).state == "failed"

    Breaker.objects.update(wait_until=F("wait_until") - timedelta(seconds=121))

    assert sync(cast.place).state == "completed"


def test_fc10_no_other_location_waits(cast, sync, world):
    lansing = make.location(organization=cast.wholesaler, lsp=822, loc=4102, key="pos-northlight-lansing")
    world.world.weather.add([{"path": "/reporting/*", "fault": "429", "caller": 4101}])
    for _ in range(6):
        Breaker.objects.update(wait_until=None)
        sync(cast.place, lansing)

    with everyone("test"):
        states = list(SyncRun.objects.values_list("location_id", "state"))
        assert sorted(states) == sorted([(cast.place.pk, "failed"), (lansing.pk, "completed")] * 6)
        roads = dict(Breaker.objects.values_list("key", "wait_until"))
    assert roads[str(cast.place.pk)] is not None
    assert roads[str(lansing.pk)] is None


# --- a page where data should be


@pytest.fixture
def tampa(cast, world):
    place = make.location(
        organization=cast.wholesaler, name="Tidewater, Tampa", zone="America/New_York", lsp=821, loc=7101
    )
    make.sign_in(location=place)
    return place


def stock() -> list:
    with everyone("test"):
        return list(StockItem.objects.order_by("pk").values_list("inventory_id", "quantity", "price", "gone_at"))


def an_hour_passes() -> None:
    """Since the last sign-in was tried."""
    with everyone("test"):
        Credential.objects.update(knocked_at=F("knocked_at") - timedelta(hours=1))


def told_of_failure(location) -> StreamEvent:
    with everyone("test"):
        return StreamEvent.objects.filter(type="run.ended", data__location=str(location.pk)).latest("pk")


def test_fc12_a_page_from_the_pos_is_a_failure_and_never_an_empty_shelf(cast, sync, world):
    sync(cast.place)
    before = stock()
    world.world.weather.add([{"path": INVENTORY, "fault": "200_sign_in"}])

    run = sync(cast.place)

    assert (run.state, run.error) == ("failed", "A web page came where data was expected.")
    assert (run.counts["fetched"], run.counts["gone"]) == (0, 0)
    assert stock() == before != []
    assert told_of_failure(cast.place).data["state"] == "failed"


def test_fc12_a_sign_in_page_from_the_back_office_is_one_new_sign_in_and_then_a_failure(tampa, sync, world, caplog):
    sync(tampa)
    before = stock()
    an_hour_passes()
    world.world.weather.add([{"path": GRAPHQL, "fault": "200_sign_in"}])
    already, calls = len(asked(world, LOGIN)), len(asked(world, GRAPHQL))

    run = sync(tampa)

    assert (run.state, run.error) == ("failed", "A sign-in page came where data was expected.")
    assert stock() == before != []
    assert (len(asked(world, LOGIN)) - already, len(asked(world, GRAPHQL)) - calls) == (1, 2)
    assert run.location_name == "Tidewater, Tampa"
    assert told_of_failure(tampa).data["state"] == "failed"
    assert not [told for told in (SECRET, "backoffice@tidewater", *world.world.ids("sessions")) if told in caplog.text]
    assert_nowhere([SECRET, *world.world.ids("sessions")])


def test_fc12_a_session_that_never_holds_is_one_sign_in_in_five_minutes(tampa, sync, world):
    world.world.weather.add([{"path": GRAPHQL, "fault": "200_sign_in"}])

    runs = [sync(tampa) for _ in range(4)]

    assert [run.state for run in runs] == ["failed"] * 4
    assert "the next waits until" in runs[-1].error
    assert len(asked(world, LOGIN)) == 1
    an_hour_passes()
    sync(tampa)
    assert len(asked(world, LOGIN)) == 2


def test_fc12_a_sign_in_that_gets_no_answer_is_tried_once_in_five_minutes_too(tampa, sync, world):
    world.world.weather.add([{"path": LOGIN, "fault": "500"}])

    for _ in range(3):
        sync(tampa)

    assert len(asked(world, LOGIN)) == 1


def test_fc12_a_session_that_ended_is_renewed_and_the_shelf_read(tampa, sync, world):
    sync(tampa)
    an_hour_passes()
    world.world.weather.add([{"path": GRAPHQL, "fault": "200_sign_in", "times": 1}])

    assert sync(tampa).state == "completed"
    assert len(asked(world, LOGIN)) == 2


def test_fc12_any_other_page_leaves_the_session_open(tampa, sync, world):
    sync(tampa)
    an_hour_passes()
    world.world.weather.add([{"path": GRAPHQL, "fault": "200_html", "times": 1}])

    assert sync(tampa).error == "A web page came where data was expected."
    assert sync(tampa).state == "completed"
    assert len(asked(world, LOGIN)) == 1
