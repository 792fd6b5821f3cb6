"""Several reports of one facility in a moment: begun together, told one by one, and what came of them kept together."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.compliance.actions import sending
from apps.compliance.models import Report, ReportAttempt
from apps.compliance.rules import State
from apps.core import audit
from apps.core.models import Job
from apps.core.scope import everyone, scope
from tests.compliance import make
from tests.compliance.conftest import again

pytestmark = pytest.mark.django_db
ADJUST = "/packages/v2/adjust"
MANY = 4


@pytest.fixture
def filed(facility, metrc, monkeypatch) -> list[Report]:
    """Of a package each, so that none waits for another; the worker has found that so many fit into a moment."""
    monkeypatch.setattr(sending.Turn, "at_once", MANY)
    with scope(facility.organization_id):
        labels = metrc.labels()[:MANY]
        return [make.adjustment(facility=facility, label=label, reason="Drying", note="counted") for label in labels]


def told(metrc, reports: list[Report]) -> list[int]:
    """How often METRC has each."""
    return [len(metrc.ledger(report.mark)) for report in reports]


def test_all_are_told_once_and_each_has_its_try_and_its_links(filed, drain, metrc):
    drain()

    assert {again(report).state for report in filed} == {State.CONFIRMED}
    assert told(metrc, filed) == [1] * MANY
    with everyone("test"):
        tries = list(ReportAttempt.objects.order_by("report").values_list("n", "status", "verdict"))
        assert tries == [(1, 200, "accepted")] * MANY
        assert all(attempt.answer for attempt in ReportAttempt.objects.all())
        assert audit.verify()[2] == []
        assert not Job.objects.filter(name="orders.note_report").exists()  # they concern no order


def test_four_cost_hardly_more_trips_than_one(filed, drain, facility, metrc):
    with CaptureQueriesContext(connection) as many:
        drain()
    with scope(facility.organization_id):
        one = make.adjustment(facility=facility, label=metrc.labels()[0], reason="Drying", note="one more")
    with CaptureQueriesContext(connection) as single:
        drain()

    assert again(one).state == State.CONFIRMED
    assert len(many) - len(single) <= (MANY - 1) * 2  # asking the road and telling it


def test_a_limit_met_on_the_way_stops_the_rest_before_they_leave(filed, drain, metrc):
    metrc.fault(ADJUST, "429", every=2, times=1)

    drain()

    reports = [again(report) for report in filed]
    assert len(metrc.calls("POST", ADJUST)) == 2
    assert [report.state for report in reports] == [State.CONFIRMED, *[State.RETRY_WAIT] * 3]
    assert [report.sends for report in reports] == [1, 1, 0, 0]
    assert [report.may_exist for report in reports] == [True, False, False, False]
    assert told(metrc, filed) == [1, 0, 0, 0]


def test_one_refused_in_their_middle_is_refused_alone(filed, drain, metrc):
    with everyone("test"):
        Report.objects.filter(pk=filed[1].pk).update(payload=filed[1].payload | {"delta": "-99999"})

    drain()

    assert [again(report).state for report in filed] == [
        State.CONFIRMED,
        State.REJECTED,
        State.CONFIRMED,
        State.CONFIRMED,
    ]
    assert told(metrc, filed) == [1, 0, 1, 1]


def test_no_call_leaves_long_after_its_try_was_committed(filed, drain, metrc, monkeypatch):
    """A lease may be over by then. What was begun and has not left goes back, and is told in another moment."""
    begun = []
    begin = sending._begin
    monkeypatch.setattr(sending, "AT_ONCE_SECONDS", 0.2)
    monkeypatch.setattr(sending, "_begin", lambda ids, turn: begun.append(list(ids)) or begin(ids, turn))
    metrc.fault(ADJUST, "delay", seconds=0.3, times=1)

    drain()

    assert begun[0] == [report.pk for report in filed]
    assert begun[1] == [filed[1].pk]  # that METRC is slow is learnt, too
    assert {again(report).state for report in filed} == {State.CONFIRMED}
    assert told(metrc, filed) == [1] * MANY


def test_a_worker_killed_among_them_leaves_all_to_be_looked_up(filed, drain, metrc, monkeypatch):
    """The first two had left; nobody knows that but METRC."""

    class Killed(BaseException):
        pass

    def point(name: str) -> None:
        if name == "metrc before send" and len(metrc.calls("POST", ADJUST)) == 2:
            raise Killed

    monkeypatch.setattr(sending, "faultpoint", point)
    with pytest.raises(Killed):
        drain()
    assert {again(report).state for report in filed} == {State.SENDING}
    assert told(metrc, filed) == [1, 1, 0, 0]

    monkeypatch.setattr(sending, "faultpoint", lambda name: None)
    drain()

    assert {again(report).state for report in filed} == {State.CONFIRMED}
    assert told(metrc, filed) == [1] * MANY
    assert [again(report).resends for report in filed] == [0, 0, 1, 1]
