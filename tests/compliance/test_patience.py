"""How long METRC is waited for: breaker and probe, alarms, and when a person has to look. metrc.md §6.6."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from apps.compliance import actions, tasks
from apps.compliance.models import Facility, Report
from apps.compliance.rules import State
from apps.core.errors import Refused
from apps.core.models import AuditEntry, Breaker, Job
from apps.core.scope import everyone, scope
from tests.compliance import make
from tests.compliance.conftest import again

pytestmark = pytest.mark.django_db
ADJUST, FACILITIES = "/packages/v2/adjust", "/facilities/v2"


@pytest.fixture
def filed(facility, metrc):
    def adjust(label: str = "", **values) -> Report:
        with scope(facility.organization_id):
            return make.adjustment(
                facility=facility, label=label or metrc.labels()[0], reason="Drying", note="x", **values
            )

    return adjust


def passes(**time) -> None:
    """The reports grow older, and so do the moments that the breaker and the facilities wait for."""
    past = timedelta(**time)
    with everyone("test"):
        Report.objects.update(created_at=F("created_at") - past, not_before=F("not_before") - past)
        Facility.objects.update(paused_until=F("paused_until") - past)
        Breaker.objects.update(open_until=F("open_until") - past, wait_until=F("wait_until") - past)


def state_of(report: Report) -> str:
    return again(report).state


# --- the breaker


def test_after_an_outage_the_first_call_is_a_read_that_reports_wait_for(filed, drain, metrc):
    """Case 17, the way back: at most one probe at a time, and never with a report."""
    metrc.fault("*", "503_html")
    reports = [filed(label) for label in metrc.labels()[:6]]
    drain()
    sent = len(metrc.calls("POST", ADJUST))
    assert sent + len(metrc.calls("GET", "/packages/v2/adjustments")) >= 5  # what was sent, and what was looked up
    assert sent <= 5

    passes(seconds=31)
    assert drain() == 0
    assert len(metrc.calls("POST", ADJUST)) == sent
    assert len(metrc.calls("GET", FACILITIES)) == 1
    with everyone("test"):
        assert Breaker.objects.get().opens == 2

    metrc.fine()
    passes(seconds=61)
    drain()
    assert {state_of(report) for report in reports} == {State.CONFIRMED}
    asked = [call["path"] for call in metrc.world.journal.entries()]
    assert asked[asked.index(FACILITIES) + 1] == FACILITIES


def test_429_leaves_the_breaker_as_it_was(filed, drain, metrc):
    metrc.fault(ADJUST, "429", times=12)
    report = filed()
    for _ in range(12):
        drain()
        passes(seconds=60)
    drain()

    assert state_of(report) == State.CONFIRMED
    with everyone("test"):
        assert Breaker.objects.get().recent == "1"
        assert again(report).attempts == 0


def test_a_401_closes_the_road_of_its_licence_alone(filed, drain, metrc, facility):
    other = make.facility(at=facility.organization, number="AU-P-000413", key="sbx-user-northlight")
    with scope(facility.organization_id):
        theirs = make.adjustment(facility=other, label=metrc.labels("AU-P-000413")[0], reason="Drying", note="x")
    metrc.world.weather.add([{"path": "*", "fault": "401", "caller": facility.number}])
    metrc.world.weather.add([{"path": FACILITIES, "fault": "401", "times": 1}])
    mine = filed()

    drain()
    drain(other)

    assert state_of(mine) == State.HELD
    assert state_of(theirs) == State.CONFIRMED
    with everyone("test"):
        assert list(Facility.objects.filter(held_at__isnull=False)) == [facility]


def test_a_rest_is_over_when_it_is_and_the_facility_is_woken_then(filed, drain, metrc, settings):
    """Nobody calls while it rests; who rested has two turns at once."""
    settings.METRC_TIME_SCALE = 1.0
    metrc.world.patch({"settings": {"retryAfter": 3}})
    metrc.fault(ADJUST, "429", times=1)
    for label in metrc.labels()[:6]:
        filed(label)
    with everyone("test"):
        Job.objects.all().delete()
    drain(most=2)

    assert drain(most=2) == 0
    with everyone("test"):
        [job] = Job.objects.filter(name="compliance.send_reports")
        rests = Facility.objects.get().paused_until - timezone.now()
        assert 0 < rests.total_seconds() <= 4
        assert abs(job.not_before - Facility.objects.get().paused_until) < timedelta(seconds=1)

    passes(seconds=5)
    assert drain(most=2) == 4
    assert drain(most=2) == 2


# --- a person has to look


@pytest.mark.parametrize("looks", [1, 2])
def test_what_three_looks_leave_open_is_a_persons(filed, drain, metrc, looks):
    metrc.world.patch({"states": {"mi": {"noteKept": False}}})
    metrc.fault(ADJUST, "500_after_commit", times=1)
    report = filed()
    drain(most=1)
    assert state_of(report) == State.VERIFY

    drain(most=looks)
    assert (state_of(report), again(report).looks) == (State.VERIFY, looks)
    drain(most=3 - looks)
    assert (state_of(report), again(report).looks) == (State.REVIEW, 3)
    assert len(metrc.calls("POST", ADJUST)) == 1


def test_no_number_of_tries_ends_a_report_but_thirty_days_do(filed, drain, settings, metrc):
    settings.METRC_URL = "http://127.0.0.1:9"
    report = filed()
    with everyone("test"):
        Report.objects.filter(pk=report.pk).update(order_number="1001")  # what concerns an order is told
    for _ in range(30):
        drain(most=1)
        passes(hours=2)
        with everyone("test"):
            Breaker.objects.all().delete()
    tasks.watch()
    assert state_of(report) == State.RETRY_WAIT

    passes(days=28)
    tasks.watch()
    assert state_of(report) == State.DEAD
    with everyone("test"):
        entry = AuditEntry.objects.get(action="report.dead")
        told = Job.objects.filter(name="orders.note_report").last()
    assert entry.data["why"] == "30 days without an answer"
    assert told.organization_id == report.organization_id

    settings.METRC_URL = metrc.server.url
    with scope(report.organization_id):
        actions.redrive(report=again(report), by="officer")
    drain()
    assert state_of(report) == State.CONFIRMED


def test_the_days_are_a_setting(filed, settings):
    report = filed()
    passes(days=3)
    settings.METRC_GIVE_UP_DAYS = 4
    tasks.watch()
    assert state_of(report) == State.QUEUED

    settings.METRC_GIVE_UP_DAYS = 2
    tasks.watch()
    assert state_of(report) == State.DEAD


def test_age_leaves_what_waits_for_a_key_or_behind_another_report(filed, drain, facility, metrc):
    first, behind = filed(delta="-99999"), filed()
    drain()
    assert state_of(first) == State.REJECTED
    with scope(facility.organization_id):
        actions.put_key(facility=facility, key="sbx-user-revoked-0001", by="owner")
    waits = filed(metrc.labels()[1]), filed(metrc.labels()[2])
    drain()
    passes(days=40)

    tasks.watch()

    assert [state_of(report) for report in (first, behind, *waits)] == [
        State.REJECTED,
        State.QUEUED,
        State.HELD,
        State.RETRY_WAIT,  # begun together with the one before it, and put back: nothing of it had left
    ]


def test_staff_give_up_with_a_reason_and_what_may_be_there_is_looked_up_when_they_come_back(filed, drain, metrc):
    metrc.fault(ADJUST, "500_after_commit", times=1)
    report = filed()
    drain(most=1)
    with scope(report.organization_id):
        with pytest.raises(Refused, match="Say why"):
            actions.give_up(report=report, by="officer", why=" ")
        actions.give_up(report=report, by="officer", why="The site is sold.")
        assert state_of(report) == State.DEAD
        assert drain() == 0
        actions.redrive(report=again(report), by="officer")
        assert state_of(report) == State.VERIFY
    drain()
    assert state_of(report) == State.CONFIRMED
    assert len(metrc.calls("POST", ADJUST)) == 1


def test_alarms_after_a_quarter_and_a_whole_hour_and_before_and_at_the_deadline(filed, caplog):
    report = filed()
    with everyone("test"):
        Report.objects.update(deadline_at=timezone.now() + timedelta(hours=6), created_at=timezone.now())

    def raised(**time) -> tuple[int, int]:
        with everyone("test"):
            past = timedelta(**time)
            Report.objects.update(created_at=F("created_at") - past, deadline_at=F("deadline_at") - past)
            return actions.raise_alarms(), Report.objects.get().alarm

    assert raised(minutes=14) == (0, 0)
    assert raised(minutes=1, seconds=1) == (1, 1)
    assert raised(minutes=44) == (0, 1)
    assert raised(minutes=1) == (1, 2)
    assert raised(hours=2, minutes=59) == (0, 2)
    assert raised(minutes=1) == (1, 3)
    assert raised(hours=1, minutes=59) == (0, 3)
    assert raised(minutes=1) == (1, 4)
    assert raised(hours=100) == (0, 4)
    assert state_of(report) == State.QUEUED
