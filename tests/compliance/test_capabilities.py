"""A call that a state comes to publish: entered by staff, sent through the queue, proven as ever; without a row nothing
is tried, and where METRC has no such call a person does it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.compliance import actions
from apps.compliance.models import Capability, ReceiptLine, Report, Transfer
from apps.compliance.rules import ByHand, Kind, Received, State
from apps.compliance.sync import forward
from apps.core.scope import everyone, scope
from tests import make as others
from tests.compliance import make
from tests.compliance.conftest import BUYER, LICENCE, again

pytestmark = pytest.mark.django_db
ACCEPT, REGISTER = "/transfers/v2/incoming/receive", "/transfers/v2/templates/outgoing/register"


@pytest.fixture(autouse=True)
def short_first_reading(monkeypatch):
    monkeypatch.setattr(forward, "FIRST", timedelta(days=2))


@pytest.fixture
def store(cast, metrc):
    place = others.location(organization=cast.retailer)
    return make.facility(place=place, number=BUYER, key="sbx-user-juniper")


@pytest.fixture
def publishes(metrc):
    """A state that publishes both; the emulator's, and the rows that staff enter for it."""
    calls = {"accept": f"POST {ACCEPT}", "register": f"POST {REGISTER}"}
    metrc.world.patch({"states": {"mi": {"publishes": calls}}})
    enter(ByHand.ACCEPT, ACCEPT)
    enter(ByHand.REGISTER, REGISTER)


def enter(act: str, path: str, **values) -> Capability:
    with everyone("test"):
        return Capability.objects.create(**{"state": "mi", "act": act, "path": path} | values)


def receipt(store, cast, **decisions) -> Report:
    """What was found in the transfer on its way to the store; `decisions` by the package's number."""
    with scope(cast.retailer):
        transfer = Transfer.objects.get(facility=store, direction="incoming")
        found = []
        for number, package in enumerate(transfer.packages.order_by("label")):
            decision, quantity, reason = decisions.get(f"n{number}", ("accept", package.shipped_quantity, ""))
            found.append(Received(package.label, decision, Decimal(quantity), package.shipped_unit, reason))
        return actions.file_accept(organization=cast.retailer, transfer=transfer, found=found, by="r", now=make.NOW)


def shelves(report: Report) -> set[str]:
    with everyone("test"):
        return set(ReceiptLine.objects.filter(report=report).values_list("state", flat=True))


def test_without_a_row_no_call_is_tried(store, cast, metrc, pull, drain):
    pull(store)
    report = receipt(store, cast)
    drain(store)

    assert report.state == State.ASSIST
    assert [call["path"] for call in metrc.world.journal.entries() if call["method"] != "GET"] == []


def test_with_a_row_the_receipt_is_sent_and_still_only_reading_proves_it(store, cast, metrc, pull, drain, publishes):
    pull(store)
    report = receipt(store, cast, n0=("adjust", "20", "Four were missing"), n1=("reject", "0", "Wet"))
    assert report.state == State.QUEUED

    drain(store)
    assert again(report).state == State.ASSIST
    assert shelves(report) == {"quarantine"}
    assert len(metrc.calls("POST", ACCEPT)) == 1

    pull(store)
    assert again(report).state == State.CONFIRMED
    assert shelves(report) == {"released", "returned"}


@pytest.mark.parametrize("fault", ["timeout_after_commit", "500_after_commit", "timeout_before_commit"])
def test_an_unclear_answer_is_looked_up_before_anything_is_sent_again(
    store, cast, metrc, pull, drain, publishes, settings, fault
):
    settings.METRC_CALL_SECONDS = 0.6
    pull(store)
    metrc.fault(ACCEPT, fault, method="POST", times=1)
    report = receipt(store, cast)
    drain(store)
    drain(store)
    pull(store)

    assert again(report).state == State.CONFIRMED
    assert len(metrc.calls("POST", ACCEPT)) == (2 if fault == "timeout_before_commit" else 1)
    received = [entry for entry in metrc.ledger() if entry["act"] == "transfer.accept"]
    assert len(received) == 1


def test_a_call_that_metrc_does_not_have_leaves_it_to_a_person_with_an_alarm(store, cast, metrc, pull, drain):
    pull(store)
    row = enter(ByHand.ACCEPT, ACCEPT)
    report = receipt(store, cast)
    drain(store)

    report = again(report)
    row.refresh_from_db()
    assert (report.state, report.may_exist) == (State.ASSIST, False)
    assert "404" in report.last_error
    assert row.missing_at is not None
    metrc.press(f"transfers/{report.payload['transfer']}/receive")
    pull(store)
    assert again(report).state == State.CONFIRMED


def test_nothing_is_called_where_a_person_was_faster(store, cast, metrc, pull, drain, publishes):
    pull(store)
    report = receipt(store, cast)
    metrc.press(f"transfers/{report.payload['transfer']}/receive")
    drain(store)
    pull(store)

    assert metrc.calls("POST", ACCEPT) == []
    assert again(report).state == State.CONFIRMED


def test_a_refusal_of_the_call_is_a_persons_and_metrcs_own_answer_still_closes_it(store, cast, metrc, pull, drain):
    """The world's receive takes no part of a package; the call is refused, and what a person then did is proven."""
    metrc.world.patch({"states": {"mi": {"publishes": {"accept": f"POST {ACCEPT}"}, "partialReceive": False}}})
    enter(ByHand.ACCEPT, ACCEPT)
    pull(store)
    report = receipt(store, cast, n0=("adjust", "20", "Four were missing"))
    drain(store)
    assert again(report).state == State.REJECTED
    assert "must be received whole" in again(report).last_error

    metrc.world.patch({"states": {"mi": {"partialReceive": True}}})
    label = report.payload["packages"][0]["tag"]
    metrc.press(f"transfers/{report.payload['transfer']}/receive", packages=[{"label": label, "received": 20}])
    pull(store)
    assert again(report).state == State.CONFIRMED


def test_a_licences_own_row_comes_before_its_states_and_one_switched_off_is_none(store):
    whole = enter(ByHand.ACCEPT, ACCEPT)
    assert Capability.of(store, ByHand.ACCEPT) == whole
    own = enter(ByHand.ACCEPT, "/transfers/v2/ours", number=BUYER)
    assert Capability.of(store, ByHand.ACCEPT) == own
    Capability.objects.update(is_on=False)
    assert Capability.of(store, ByHand.ACCEPT) is None
    assert Capability.of(store, ByHand.REGISTER) is None


# ---- registering


@pytest.fixture
def filed(facility, metrc, cast) -> Report:
    with scope(cast.wholesaler):
        return make.transfer(facility=facility, to=BUYER, lines=[make.line(metrc.labels()[0])])


def registrations(report: Report) -> list[Report]:
    with everyone("test"):
        return list(Report.objects.filter(kind=Kind.TRANSFER_REGISTER, payload__report=report.pk))


def test_a_template_is_registered_by_the_published_call_and_its_number_is_read(filed, metrc, drain, pull, publishes):
    drain()
    [follow] = registrations(filed)
    assert (again(filed).state, follow.state) == (State.ASSIST, State.CONFIRMED)
    assert len(metrc.calls("POST", REGISTER)) == 1

    pull()
    assert again(filed).state == State.CONFIRMED
    assert again(filed).found["manifest_number"]


def test_registering_that_metrc_does_not_have_is_a_persons(filed, metrc, drain, pull):
    enter(ByHand.REGISTER, REGISTER, number=LICENCE)
    drain()
    [follow] = registrations(filed)
    assert (again(filed).state, follow.state) == (State.ASSIST, State.ASSIST)

    metrc.press(f"templates/{metrc.templates()[0]['Id']}/register")
    pull()
    assert {again(filed).state, again(follow).state} == {State.CONFIRMED}


def test_registering_whose_answer_was_lost_is_done_once(filed, metrc, drain, publishes):
    metrc.fault(REGISTER, "500_after_commit", method="POST", times=1)
    drain()
    drain()

    assert [one.state for one in registrations(filed)] == [State.CONFIRMED]
    assert len(metrc.calls("POST", REGISTER)) == 1
    assert len([row for row in metrc.world.rows("transfers") if row["Name"] == filed.template_name]) == 1


def test_without_a_row_registering_is_nobodys_report(filed, drain):
    drain()

    assert again(filed).state == State.ASSIST
    assert registrations(filed) == []


def test_a_transfer_that_is_taken_back_is_not_registered(filed, metrc, drain, cast, publishes):
    metrc.fault(REGISTER, "429", method="POST", times=1)
    drain()
    [follow] = registrations(filed)
    assert again(follow).state == State.RETRY_WAIT
    with scope(cast.wholesaler):
        actions.void_transfer(
            organization=cast.wholesaler, order_number=filed.order_number, by="w", why="No van", now=make.NOW
        )
    with everyone("test"):
        type(filed.facility).objects.update(paused_until=None)
    drain()

    assert again(follow).state == State.CANCELLED
    assert [row for row in metrc.world.rows("transfers") if row["Name"] == filed.template_name] == []
