"""METRC read in: a filed manifest gets its number, what arrives is proven, windows are walked forward."""

from datetime import timedelta
from decimal import Decimal

import pytest
import requests
from django.utils import timezone

from apps.compliance import actions, sync
from apps.compliance.actions import limits
from apps.compliance.actions.door import lease_name
from apps.compliance.events import packages_seen, report_settled, transfer_seen
from apps.compliance.models import Cursor, Facility, Package, ReceiptLine, Report, Transfer, Word
from apps.compliance.rules import Received, State
from apps.compliance.sync import forward
from apps.compliance.sync.pull import STEPS
from apps.core import jobs
from apps.core.errors import Refused
from apps.core.models import Job
from apps.core.scope import everyone, scope
from apps.gateways.metrc.licence import Metrc
from tests.compliance import make
from tests.compliance.conftest import BUYER, USER, VENDOR, again

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short_first_reading(monkeypatch):
    monkeypatch.setattr(forward, "FIRST", timedelta(days=6))


@pytest.fixture
def readers(monkeypatch):
    """Who lives above and asked for the news, as orders will."""
    for news, name in (
        (report_settled, "test.report_settled"),
        (transfer_seen, "test.transfer_seen"),
        (packages_seen, "test.packages_seen"),
    ):
        monkeypatch.setattr(news, "readers", {name: lambda facts: True})


def told(name: str) -> list[dict]:
    with everyone("test"):
        return list(Job.objects.filter(name=name).order_by("pk").values_list("kwargs", flat=True))


@pytest.fixture
def filed(facility, metrc, cast):
    """An order's manifest, filed."""

    def file(order: str = "1042", **values) -> Report:
        with scope(cast.wholesaler):
            lines = [make.line(label) for label in metrc.labels()[:3]]
            return make.transfer(facility=facility, order=order, to=BUYER, lines=lines, **values)

    return file


def test_a_manifest_becomes_a_template_is_registered_by_hand_and_its_number_is_read(
    filed, drain, pull, metrc, facility, readers
):
    """Cases 27 and 31: template, register, number, the state's own PDF."""
    report = filed()
    drain()

    report = again(report)
    [template] = metrc.templates()
    assert (report.state, report.found["template_id"]) == (State.ASSIST, template["Id"])
    assert template["Name"] == report.template_name
    assert "manifest_number" not in report.found
    assert pull() == ""
    assert again(report).state == State.ASSIST

    registered = metrc.press(f"templates/{template['Id']}/register")
    assert pull() == ""

    report = again(report)
    assert (report.state, report.found["manifest_number"]) == (State.CONFIRMED, registered["ManifestNumber"])
    with scope(facility.organization_id):
        transfer = Transfer.objects.get(direction="outgoing", order_number="1042")
        assert bytes(transfer.state_pdf).startswith(b"%PDF")
        assert transfer.packages.count() == 3
    assert [news["state"] for news in told("test.report_settled")] == ["ASSIST", "CONFIRMED"]
    assert told("test.report_settled")[-1]["manifest_number"] == registered["ManifestNumber"]
    assert told("test.transfer_seen")[-1]["order_number"] == "1042"


@pytest.mark.parametrize("fault", ["timeout_after_commit", "500_after_commit"])
def test_a_template_whose_answer_was_lost_is_found_by_its_name(filed, drain, metrc, settings, fault):
    """Case 28."""
    settings.METRC_CALL_SECONDS = 0.6
    metrc.fault("/transfers/v2/templates/outgoing", fault, method="POST", times=1)
    report = filed()

    drain()

    assert again(report).state == State.ASSIST
    assert len(metrc.templates()) == 1
    assert again(report).found["template_id"] == metrc.templates()[0]["Id"]


def test_ids_that_are_missing_in_the_answer_are_learned_from_the_transfer(filed, drain, pull, metrc):
    metrc.fault("/transfers/v2/templates/outgoing", "ids_missing", method="POST", times=1)
    report = filed()
    drain()
    metrc.press(f"templates/{metrc.templates()[0]['Id']}/register")

    pull()

    assert again(report).state == State.CONFIRMED


def test_a_package_that_waits_for_its_lab_is_sent_again_until_it_passes(filed, drain, metrc):
    """Case 32."""
    metrc.world.patch({"states": {"mi": {"labStatesRefused": ["NotSubmitted"]}}})
    label = metrc.labels()[0]
    metrc.world.change("packages", metrc.package(label)["Id"], LabTestingState="NotSubmitted")
    with everyone("test"):
        owner = Facility.objects.get()
    with scope(owner.organization_id):
        report = make.transfer(facility=owner, to=BUYER, lines=[make.line(label)])
    drain(seconds=0)
    assert (again(report).state, again(report).verdict) == (State.RETRY_WAIT, "waits")

    metrc.world.change("packages", metrc.package(label)["Id"], LabTestingState="TestPassed")
    drain()

    assert again(report).state == State.ASSIST


def test_a_template_that_is_not_wanted_any_more_is_taken_away(filed, drain, metrc, cast):
    report = filed()
    drain()
    with scope(cast.wholesaler):
        void = actions.void_transfer(
            organization=cast.wholesaler, order_number="1042", by="w", why="The truck broke down", now=make.NOW
        )

    drain()

    assert (again(void).state, again(report).state) == (State.CONFIRMED, State.CANCELLED)
    assert [row["_archived"] for row in metrc.templates()] == [True]
    with scope(cast.wholesaler):
        assert make.transfer(facility=again(report).facility, version=2, to=BUYER, lines=[make.line(metrc.labels()[0])])


def test_a_registered_transfer_is_voided_by_a_person_and_proven_by_reading(filed, drain, pull, metrc, cast):
    report = filed()
    drain()
    transfer = metrc.press(f"templates/{metrc.templates()[0]['Id']}/register")
    pull()
    with scope(cast.wholesaler):
        void = actions.void_transfer(
            organization=cast.wholesaler, order_number="1042", by="w", why="Refused at the door", now=make.NOW
        )
    drain()
    assert again(void).state == State.ASSIST

    metrc.press(f"transfers/{transfer['Id']}/void")
    pull()

    assert again(void).state == State.CONFIRMED
    assert again(report).state == State.CONFIRMED


# ---- receiving


@pytest.fixture
def store(cast, metrc):
    """The retailer's facility, with the transfer that is on its way there."""
    place = make.location(organization=cast.retailer)
    return make.facility(place=place, number=BUYER, key="sbx-user-juniper")


def incoming(store) -> Transfer:
    return Transfer.objects.get(facility=store, direction="incoming")


def accept(store, cast, *, by="receiver", **decisions) -> Report:
    """`decisions` by the number of the package: (decision, quantity, reason)."""
    transfer = incoming(store)
    found = []
    for number, package in enumerate(transfer.packages.order_by("label")):
        decision, quantity, reason = decisions.get(f"n{number}", ("accept", package.shipped_quantity, ""))
        found.append(Received(package.label, decision, Decimal(quantity), package.shipped_unit, reason))
    return actions.file_accept(organization=cast.retailer, transfer=transfer, found=found, by=by, now=make.NOW)


def shelves(report: Report) -> list[str]:
    with everyone("test"):
        return list(ReceiptLine.objects.filter(report=report).order_by("label").values_list("state", flat=True))


def test_an_incoming_transfer_is_accepted_by_hand_and_released_only_when_metrc_shows_it(
    store, cast, metrc, drain, pull
):
    """Cases 34 and FC32: no POST is tried, the person's word alone confirms nothing."""
    pull(store)
    with scope(cast.retailer):
        report = accept(store, cast)
    drain(store)
    pull(store)
    assert again(report).state == State.ASSIST
    assert set(shelves(report)) == {"quarantine"}
    assert [call["method"] for call in metrc.world.journal.entries() if call["method"] != "GET"] == []

    metrc.press(f"transfers/{report.payload['transfer']}/receive")
    pull(store)

    assert again(report).state == State.CONFIRMED
    assert set(shelves(report)) == {"released"}
    assert {state for state, _ in again(report).evidence.values()} == {"Accepted"}


def test_an_adjusted_and_a_rejected_package_close_as_decided(store, cast, metrc, pull):
    pull(store)
    with scope(cast.retailer):
        report = accept(store, cast, n0=("adjust", "20", "Four were missing"), n1=("reject", "0", "Wet"))
        labels = sorted(incoming(store).packages.values_list("label", flat=True))

    said = [{"label": labels[0], "received": 20}, {"label": labels[1], "rejected": True}]
    metrc.press(f"transfers/{report.payload['transfer']}/receive", packages=said)
    pull(store)

    assert again(report).state == State.CONFIRMED
    assert shelves(report) == ["released", "returned"]


def test_another_quantity_in_metrc_is_a_persons_to_resolve_and_nothing_is_overwritten(store, cast, metrc, pull):
    pull(store)
    with scope(cast.retailer):
        report = accept(store, cast)
        label = sorted(incoming(store).packages.values_list("label", flat=True))[0]

    metrc.press(f"transfers/{report.payload['transfer']}/receive", packages=[{"label": label, "received": 1}])
    pull(store)

    assert again(report).state == State.REVIEW
    assert label in again(report).last_error
    assert "differs" in shelves(report)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (("adjust", "1", ""), "Say why"),
        (("accept", "1", ""), "was shipped with"),
        (("keep", "1", "x"), "Accept, adjust or reject"),
        (("adjust", "-1", "x"), "a number, 0 or more"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(store, cast, pull, decision, words):
    pull(store)
    with scope(cast.retailer), pytest.raises(Refused, match=words):
        accept(store, cast, n0=decision)


def test_every_package_needs_a_decision(store, cast, pull):
    pull(store)
    with scope(cast.retailer), pytest.raises(Refused, match="each package"):
        actions.file_accept(organization=cast.retailer, transfer=incoming(store), found=[], by="x", now=make.NOW)


# ---- reading


def test_the_mirror_holds_packages_words_and_rights(pull, facility, metrc, readers):
    assert pull() == ""

    with scope(facility.organization_id):
        package = Package.objects.get(label=metrc.labels()[0])
        assert package.quantity == Decimal(str(metrc.package(package.label)["Quantity"]))
        assert Word.objects.filter(kind="reason", name="Drying").exists()
        assert Facility.objects.get().rights["CanCreateDerivedPackages"] is True
    assert sum(len(news["labels"]) for news in told("test.packages_seen")) >= len(metrc.labels())


def test_only_what_changed_is_news_at_the_second_reading(pull, facility, metrc, readers):
    pull()
    with everyone("test"):
        Job.objects.all().delete()
    label = metrc.labels()[0]
    metrc.world.change("packages", metrc.package(label)["Id"], Quantity=7.0)

    pull()

    assert [news["labels"] for news in told("test.packages_seen")] == [[label]]
    with scope(facility.organization_id):
        assert Package.objects.get(label=label).quantity == 7


def test_windows_go_forward_never_over_24_hours_and_go_on_after_a_crash(pull, facility, metrc, monkeypatch):
    """Case 40."""
    monkeypatch.setattr(forward, "FIRST", timedelta(days=10))
    metrc.fault("/packages/v2/active", "500", every=4)
    reason = pull()
    assert reason

    with scope(facility.organization_id):
        stood = Cursor.objects.get(endpoint="packages/active").until_at
    metrc.fine()
    assert pull() == ""

    calls = [call for call in metrc.calls("GET", "/packages/v2/active") if call["status"] == 200]
    spans = [(call["params"]["lastModifiedStart"], call["params"]["lastModifiedEnd"]) for call in calls]
    assert spans == sorted(spans)
    assert len(set(spans)) >= 10
    with scope(facility.organization_id):
        assert Cursor.objects.get(endpoint="packages/active").until_at > stood


def test_a_plus_in_a_time_is_encoded_on_the_wire(metrc):
    """Cases 43 and FC30."""
    from datetime import datetime, timezone

    gate = Metrc(metrc.server.url, vendor_key=VENDOR, user_key=USER, license_number="AU-P-000412", allow=("127.0.0.1",))
    until = datetime.now(timezone(timedelta(hours=2)))
    rows = gate.packages("active", until - timedelta(hours=24), until)
    gate.close()

    assert rows.bad == []
    sent = metrc.calls("GET", "/packages/v2/active")[-1]["params"]["lastModifiedStart"]
    assert sent.endswith("+00:00")
    assert abs(datetime.fromisoformat(sent) - (until - timedelta(hours=24))) < timedelta(milliseconds=2)


def test_no_answer_leaves_the_mirror_as_it_was(pull, facility, metrc):
    pull()
    with scope(facility.organization_id):
        before = list(Package.objects.order_by("pk").values("label", "quantity", "place"))

    for fault in ("503_html", "200_object", "truncated_json"):
        metrc.fault("/packages/v2/*", fault)
        assert pull()
        metrc.fine()

    with scope(facility.organization_id):
        assert list(Package.objects.order_by("pk").values("label", "quantity", "place")) == before


def test_a_key_that_opens_another_licence_reads_nothing(pull, facility, metrc):
    """Case 53."""
    with scope(facility.organization_id):
        actions.put_key(facility=facility, key="sbx-user-juniper", by="owner")

    assert "does not open" in pull() or "refused" in pull()
    with scope(facility.organization_id):
        assert not Package.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/transfers/v2/receive",
        "/transfers/v2/accept",
        "/transfers/v2/licensed",
        "/transfers/v2/external/outgoing",
        "/transfers/v2/incoming/1/receive",
    ],
)
def test_invented_paths_are_not_there(metrc, path):
    """Case 37."""
    answer = requests.post(
        f"{metrc.server.url}{path}?licenseNumber=AU-P-000412", json=[{}], auth=(VENDOR, USER), timeout=5
    )

    assert answer.status_code == 404


def test_two_readers_at_one_facility_are_one(facility, metrc):
    from apps.core.locks import only_one

    with only_one(lease_name(facility)) as lease, scope(facility.organization_id):
        assert lease
        assert sync.pull_mirror(facility=facility).why == "busy"


def test_a_long_reading_takes_turns_and_each_goes_on_where_the_last_one_stood(facility, metrc):
    """The first one goes through 90 days; others at the same worker do not wait for its end."""
    asked_at, turns = timezone.now(), 0
    with scope(facility.organization_id):
        while True:
            before = len(metrc.world.journal.entries())
            pulled = sync.pull_mirror(
                facility=facility, asked_at=asked_at, limits=actions.Limits.of(seconds=60, calls=10)
            )
            assert pulled.why == ""
            if pulled.again is None:
                break
            turns += 1
            assert len(metrc.world.journal.entries()) - before < 30

        assert turns > 4
        assert Facility.objects.get().last_ok_at is not None
        read = dict(Cursor.objects.values_list("endpoint", "until_at"))
    assert set(read) == set(STEPS)
    assert all(until_at >= asked_at for until_at in read.values())


def test_a_turn_that_is_not_the_last_asks_for_the_next(facility, metrc, monkeypatch):
    monkeypatch.setattr(limits, "MOMENT", 0)

    with scope(facility.organization_id):
        actions.ask_mirror(facility)
    jobs.drain("sync")

    with everyone("test"):
        asked = Job.objects.filter(name="compliance.pull_mirror").values_list("state", "kwargs__asked_at")
        assert len(asked) > 3
        assert set(asked) == {("done", asked[0][1])}
    with scope(facility.organization_id):
        assert Facility.objects.get().last_ok_at is not None


def test_a_mirror_that_metrc_asks_to_wait_goes_on_by_itself(facility, metrc):
    metrc.fault("/packages/v2/active", "429", times=3)

    with scope(facility.organization_id):
        pulled = sync.pull_mirror(facility=facility)

    assert pulled.again is not None
    assert 0 < pulled.again <= 60
