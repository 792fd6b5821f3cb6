"""What staff do with reports that wait for them: nothing is sent that METRC may have."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.compliance import actions
from apps.compliance.models import Discrepancy, Report
from apps.compliance.rules import State
from apps.core.errors import Refused
from apps.core.models import AuditEntry
from apps.core.scope import everyone, scope
from tests.compliance import make
from tests.compliance.conftest import BUYER, again

pytestmark = pytest.mark.django_db
ADJUST = "/packages/v2/adjust"


@pytest.fixture(autouse=True)
def here(cast, facility):
    with scope(cast.wholesaler):
        yield


@pytest.fixture
def refused(facility, metrc, drain) -> Report:
    """METRC refused it plainly."""
    report = make.adjustment(facility=facility, label=metrc.labels()[0], reason="Fell over", note="x")
    drain()
    return again(report)


@pytest.fixture
def unclear(facility, metrc, drain) -> Report:
    """Applied, but METRC drops the notes."""
    metrc.world.patch({"states": {"mi": {"noteKept": False}}})
    metrc.fault(ADJUST, "500_after_commit", times=1)
    report = make.adjustment(facility=facility, label=metrc.labels()[0], reason="Drying", note="x")
    drain()
    return again(report)


def test_a_refused_report_is_sent_again_and_one_that_may_be_there_is_looked_up_first(refused, facility, metrc, drain):
    """Case 45."""
    actions.redrive(report=refused, by="officer")
    assert again(refused).state == State.QUEUED
    drain()
    assert len(metrc.calls("POST", ADJUST)) == 2

    metrc.fault(ADJUST, "500_before", times=3)
    lost = make.adjustment(facility=facility, label=metrc.labels()[1], reason="Drying", note="x")
    drain()
    assert again(lost).state == State.REVIEW
    sent = len(metrc.calls("POST", ADJUST))
    actions.redrive(report=lost, by="officer")
    assert again(lost).state == State.VERIFY
    assert len(metrc.calls("POST", ADJUST)) == sent
    drain()
    assert again(lost).state == State.CONFIRMED


def test_what_metrc_shows_already_is_not_driven_again_but_adopted(unclear, metrc):
    with pytest.raises(Refused, match="count it twice"):
        actions.redrive(report=unclear, by="officer")

    adopted = actions.adopt(report=unclear, by="officer")

    assert adopted.state == State.ADOPTED
    assert Decimal(adopted.found["adopted"]["delta"]) == -2
    assert len(metrc.calls("POST", ADJUST)) == 1


def test_nothing_is_adopted_that_metrc_does_not_show(refused):
    with pytest.raises(Refused, match="no record to adopt"):
        actions.adopt(report=refused, by="officer")


def test_a_refused_report_is_said_in_other_words_and_the_old_one_superseded(refused, metrc, drain):
    new = actions.edit(report=refused, changes={"reason": "Drying", "note": "dried out"}, by="officer")
    drain()

    assert (again(refused).state, again(new).state) == (State.SUPERSEDED, State.CONFIRMED)
    assert new.supersedes == refused
    assert again(new).payload["reason"] == "Drying"


@pytest.mark.parametrize("changes", [{}, {"reason": "Fell over"}, {"delta": "0"}, {"delta": "much"}])
def test_an_edit_that_changes_nothing_or_to_nonsense_is_refused(refused, changes):
    with pytest.raises(Refused):
        actions.edit(report=refused, changes=changes, by="officer")
    assert again(refused).state == State.REJECTED


def test_an_unclear_report_is_not_edited(unclear):
    with pytest.raises(Refused, match="look it up"):
        actions.edit(report=unclear, changes={"reason": "Spoilage"}, by="officer")


def test_a_cancelled_report_needs_a_reason_that_stays_in_the_trail(refused):
    with pytest.raises(Refused, match="Say why"):
        actions.cancel(report=refused, by="officer", why=" ")

    actions.cancel(report=refused, by="officer", why="Reported by phone, ticket 7")

    assert again(refused).state == State.CANCELLED
    entry = AuditEntry.objects.get(action="report.cancelled")
    assert (entry.actor, entry.data["why"]) == ("officer", "Reported by phone, ticket 7")


def test_a_cancelled_report_lets_the_next_of_its_package_go(refused, facility, metrc, drain):
    behind = make.adjustment(facility=facility, label=metrc.labels()[0], reason="Drying", note="x")
    drain()
    assert again(behind).state == State.QUEUED

    actions.cancel(report=refused, by="officer", why="Wrong package")
    drain()

    assert again(behind).state == State.CONFIRMED


def test_a_bulk_is_shown_first_and_then_goes_seconds_apart(refused, unclear, facility, metrc, drain):
    another = make.adjustment(facility=facility, label=metrc.labels()[5], reason="Fell over", note="x")
    drain()
    waiting = Report.objects.filter(state__in=[State.REJECTED, State.REVIEW]).order_by("pk")

    shown = actions.redrivable(waiting)
    assert shown == [refused, another]
    assert again(refused).state == State.REJECTED

    actions.redrive_all(reports=waiting, by="officer")
    first, second = again(refused), again(another)
    assert {first.state, second.state} == {State.QUEUED}
    assert second.not_before - first.not_before > timedelta(seconds=1)


def test_a_transfer_is_adopted_by_its_manifest_number_only_if_metrc_lists_it_to_the_same_buyer(
    facility, metrc, drain, pull
):
    report = make.transfer(facility=facility, order="1042", to=BUYER, lines=[make.line(metrc.labels()[0])])
    other = make.transfer(facility=facility, order="1043", to="AU-R-010244", lines=[make.line(metrc.labels()[1])])
    drain()
    first, second = (template["Id"] for template in metrc.templates())
    number = metrc.press(f"templates/{first}/register")["ManifestNumber"]
    theirs = metrc.press(f"templates/{second}/register")["ManifestNumber"]
    for template in (first, second):  # a person gave them other names at METRC's site
        renamed = [row for row in metrc.world.rows("transfers") if row["OriginatingTemplateId"] == template]
        for row in renamed:
            metrc.world.change("transfers", row["Id"], Name="Friday tour", OriginatingTemplateId=None)
    pull()

    for wrong, words in (("", "has no manifest"), ("0000", "has no manifest"), (theirs, "goes to AU-R-010244")):
        with pytest.raises(Refused, match=words):
            actions.adopt(report=report, by="officer", manifest_number=wrong)
    assert actions.adopt(report=report, by="officer", manifest_number=number).state == State.ADOPTED
    assert again(report).found["manifest_number"] == number
    assert again(other).state == State.ASSIST


def test_an_outage_has_a_reason_and_an_end(cast):
    with pytest.raises(Refused, match="Say why"):
        actions.begin_outage(organization=cast.wholesaler, reason=" ", by="officer", now=make.NOW)

    actions.begin_outage(organization=cast.wholesaler, reason="METRC is down", by="officer", now=make.NOW)
    assert actions.outage_of(cast.wholesaler).reason == "METRC is down"

    actions.end_outage(organization=cast.wholesaler, by="officer", now=make.NOW)
    assert actions.outage_of(cast.wholesaler) is None
    with pytest.raises(Refused, match="No outage"):
        actions.end_outage(organization=cast.wholesaler, by="officer", now=make.NOW)


def test_an_outage_is_over_when_its_time_is(cast):
    past = make.NOW - timedelta(days=900)
    actions.begin_outage(organization=cast.wholesaler, reason="x", by="o", now=past, until_at=past + timedelta(hours=1))

    assert actions.outage_of(cast.wholesaler) is None


def test_late_reports_raise_an_alarm_once_a_level(facility, metrc):
    report = make.adjustment(facility=facility, label=metrc.labels()[0], reason="Drying", note="x")
    with everyone("test"):
        Report.objects.filter(pk=report.pk).update(deadline_at=make.NOW - timedelta(days=400), alarm=0)
        assert actions.raise_alarms() == 1
        assert actions.raise_alarms() == 0
    assert again(report).alarm == 4


def test_a_difference_is_one_task_until_both_agree_or_a_person_says_who_is_right(facility):
    said = {"facility": facility, "kind": "quantity", "subject": "1A4…1187"}
    first = actions.note_difference(**said, ours="48", theirs="46")
    again_told = actions.note_difference(**said, ours="48", theirs="45")
    assert (first.pk, again_told.theirs) == (again_told.pk, "45")

    assert actions.agree(facility=facility, kind="quantity", subjects=["1A4…1187"]) == 1
    reopened = actions.note_difference(**said, ours="48", theirs="45")
    with pytest.raises(Refused, match="which side"):
        actions.settle(difference=reopened, by="officer", why="")
    actions.settle(difference=reopened, by="officer", why="Counted: 45")
    assert sorted(Discrepancy.objects.values_list("state", flat=True)) == ["gone", "settled"]
