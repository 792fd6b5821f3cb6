"""The cases of metrc.md §7 and of the fault list, each by the tests that decide it; and those told nowhere else."""

import ast
import threading
from datetime import date, timedelta

import pytest
from django.conf import settings as project
from django.db import connection

from apps.compliance import actions
from apps.compliance.models import Report, ReportAttempt
from apps.compliance.rules import State, Verdict, classify
from apps.core.models import AuditEntry
from apps.core.scope import everyone, scope
from apps.gateways.base import Declined
from apps.gateways.metrc.client import wire
from apps.gateways.metrc.licence import ADJUST, Metrc
from apps.gateways.metrc.payloads import Adjustment
from apps.sandbox.metrc import licences
from tests.compliance import make
from tests.compliance.conftest import USER, VENDOR, again

pytestmark = pytest.mark.django_db
BY_HAND = "test_an_incoming_transfer_is_accepted_by_hand_and_released_only_when_metrc_shows_it"
RE_DRIVEN = "test_a_refused_report_is_sent_again_and_one_that_may_be_there_is_looked_up_first"
CASES = {
    "01": "compliance/test_sending: test_an_adjustment_is_sent_once_and_confirmed",
    "02": "compliance/test_sending: test_an_answer_lost_after_the_act_is_found_by_look_up_and_not_sent_again",
    "03": "compliance/test_sending: test_a_lost_request_is_looked_up_twice_before_it_is_sent_again",
    "07": "compliance/test_filing: test_the_same_stock_movement_filed_twice_is_one_report",
    "09": "compliance/test_filing: test_a_change_that_is_rolled_back_leaves_no_report_and_no_job",
    "10": "compliance/test_cases: test_metrc_10_each_of_25_adjustments_is_a_call_of_its_own_in_order",
    "11": "compliance/test_cases: test_metrc_11_eleven_objects_are_refused_as_our_own_mistake_and_not_tried_again",
    "12": "compliance/test_sending: test_every_message_of_a_refusal_is_kept_and_nothing_is_tried_again",
    "14": "compliance/test_cases: test_metrc_14_four_server_faults_told_as_400_are_looked_up_before_each_new_try",
    "15": "compliance/test_cases: test_metrc_15_each_429_is_waited_out_and_neither_counts_as_a_try",
    "17": "compliance/test_patience: test_after_an_outage_the_first_call_is_a_read_that_reports_wait_for",
    "19": "compliance/test_sending: test_a_revoked_key_holds_its_facility_alone_and_a_new_key_sets_it_going",
    "21": "compliance/test_sending: test_a_worker_killed_after_the_request_leaves_a_report_that_is_looked_up",
    "24": "compliance/test_cases: test_metrc_24_four_workers_keep_the_order_of_twenty_packages",
    "26": "compliance/test_cases: test_metrc_26_put_sets_what_is_left_and_a_change_sent_by_put_would_leave_it_negative",
    "27": "compliance/test_mirror: test_a_manifest_becomes_a_template_is_registered_by_hand_and_its_number_is_read",
    "28": "compliance/test_mirror: test_a_template_whose_answer_was_lost_is_found_by_its_name",
    "31": "compliance/test_mirror: test_a_manifest_becomes_a_template_is_registered_by_hand_and_its_number_is_read",
    "32": "compliance/test_mirror: test_a_package_that_waits_for_its_lab_is_sent_again_until_it_passes",
    "34": f"compliance/test_mirror: {BY_HAND}",
    "37": "compliance/test_mirror: test_invented_paths_are_not_there",
    "38": "compliance/test_cases: test_metrc_38_of_45_rows_in_pages_of_20_each_is_read_once",
    "40": "compliance/test_mirror: test_windows_go_forward_never_over_24_hours_and_go_on_after_a_crash",
    "43": "compliance/test_mirror: test_a_plus_in_a_time_is_encoded_on_the_wire",
    "45": f"compliance/test_desk_actions: {RE_DRIVEN}",
    "47": "core/test_heads: test_two_hundred_tamperings_of_each_kind_are_all_found",
    "49": "compliance/test_sending: test_a_drivers_licence_that_metrc_echoes_is_kept_nowhere_but_its_end",
    "53": "compliance/test_mirror: test_a_key_that_opens_another_licence_reads_nothing",
    "FC26": "compliance/test_cases: test_fc26_accepted_and_the_answer_lost_three_hundred_times_is_in_metrc_once_each",
    "FC29": "compliance/test_cases: test_fc29_a_key_revoked_in_the_middle_of_200_pauses_its_facility_alone",
    "FC30": "compliance/test_mirror: test_a_plus_in_a_time_is_encoded_on_the_wire",
    "FC32": f"compliance/test_mirror: {BY_HAND}",
    "FC59": "core/test_heads: test_two_hundred_tamperings_of_each_kind_are_all_found",
}


@pytest.mark.parametrize("case", CASES)
def test_the_test_that_decides_a_case_is_there(case):
    place, _, name = CASES[case].partition(": ")
    tree = ast.parse((project.ROOT / "tests" / f"{place}.py").read_text())
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.fixture
def filed(facility, metrc):
    def adjust(label: str = "", **values) -> Report:
        with scope(facility.organization_id):
            label = label or metrc.labels()[0]
            return make.adjustment(facility=facility, label=label, reason="Drying", note="x", **values)

    return adjust


@pytest.fixture
def gate(metrc, facility) -> Metrc:
    """METRC's door without a queue before it."""
    opened = Metrc(
        metrc.server.url, vendor_key=VENDOR, user_key=USER, license_number=facility.number, allow=("127.0.0.1",)
    )
    yield opened
    opened.close()


def row(label: str, quantity, note="x") -> Adjustment:
    return Adjustment(label, quantity, "Each", "Drying", date.today(), note)


def marks(metrc, label: str) -> list[str]:
    return [entry["note"].partition(" ")[0] for entry in metrc.ledger() if entry["label"] == label]


def test_metrc_10_each_of_25_adjustments_is_a_call_of_its_own_in_order(filed, drain, metrc):
    labels = metrc.labels()[:5]
    reports = [filed(labels[number % 5], delta="1") for number in range(25)]

    drain()

    assert len(metrc.calls("POST", ADJUST)) == len(metrc.ledger()) == 25
    for number, label in enumerate(labels):
        assert marks(metrc, label) == [report.mark for report in reports[number::5]]


def test_metrc_11_eleven_objects_are_refused_as_our_own_mistake_and_not_tried_again(gate, metrc):
    rows = [row(metrc.labels()[0], 1)] * 11
    with pytest.raises(ValueError, match="1 to 10 rows"):
        gate.adjust_packages(*rows)
    with pytest.raises(Declined) as refused:
        gate.post(ADJUST, wire(rows), licenseNumber=gate.license_number)

    assert refused.value.status == 413
    assert classify(status=413, text=gate.heard.text, sent=True) == Verdict.REFUSED
    assert len(metrc.calls("POST", ADJUST)) == 1


def test_metrc_14_four_server_faults_told_as_400_are_looked_up_before_each_new_try(filed, drain, metrc):
    """The third leaves it to a person: no more than two sends without one. What they re-drive is looked up first."""
    metrc.fault(ADJUST, "400_server_fault", times=4)
    report = filed()

    drain()
    assert again(report).state == State.REVIEW
    with scope(report.organization_id):
        actions.redrive(report=report, by="officer")
    drain()

    assert again(report).state == State.CONFIRMED
    with everyone("test"):
        purposes = list(report.tries.values_list("purpose", flat=True))
    look = ["verify", "verify"]
    assert purposes == ["send", *look, "send", *look, "send", *look, *look, "send", *look, "send"]
    assert len(metrc.ledger(report.mark)) == 1


def test_metrc_15_each_429_is_waited_out_and_neither_counts_as_a_try(filed, drain, metrc, settings, facility):
    settings.METRC_TIME_SCALE = 1.0
    metrc.world.patch({"settings": {"retryAfter": 3}})
    metrc.fault(ADJUST, "429", times=2)
    report = filed()

    for _ in range(2):
        drain()
        with everyone("test"):
            facility.refresh_from_db()
            waits = facility.paused_until - ReportAttempt.objects.order_by("n").last().finished_at
        assert waits >= timedelta(seconds=3)
        assert drain() == 0
        passed(seconds=5)
    drain()

    assert (again(report).state, again(report).attempts) == (State.CONFIRMED, 0)
    assert len(metrc.calls("POST", ADJUST)) == 3


def passed(**time) -> None:
    from tests.compliance.test_patience import passes

    passes(**time)


@pytest.mark.django_db(transaction=True)
def test_metrc_24_four_workers_keep_the_order_of_twenty_packages(metrc, facility, settings):
    made = licences.make(metrc.world, count=1, packages=20)["licences"][0]
    place = make.facility(at=facility.organization, number=made["licence"], key=made["key"])
    with scope(place.organization_id):
        reports = [
            make.adjustment(facility=place, label=made["labels"][number % 20], delta="1", reason="Drying", note="x")
            for number in range(200)
        ]

    def work():
        with scope(place.organization_id):
            while actions.drain(facility=place, seconds=0.3) or waiting():
                pass
        connection.close()

    def waiting() -> bool:
        return Report.objects.filter(facility=place).open().exists()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, label in enumerate(made["labels"]):
        assert marks(metrc, label) == [report.mark for report in reports[number::20]]
    sends = [(call["elapsed"], call["status"]) for call in metrc.calls("POST", ADJUST)]
    assert len(sends) == 200


def test_metrc_26_put_sets_what_is_left_and_a_change_sent_by_put_would_leave_it_negative(gate, metrc):
    emptied, trapped = metrc.labels()[:2]
    gate.set_packages(row(emptied, 0))
    gate.finish_package(emptied, on_date=date.today())
    assert (metrc.package(emptied)["Quantity"], metrc.package(emptied)["IsFinished"]) == (0, True)

    metrc.world.patch({"states": {"mi": {"allowNegative": True}}})
    before = metrc.package(trapped)["Quantity"]
    gate.set_packages(row(trapped, -before))
    assert metrc.package(trapped)["Quantity"] == -before


def test_metrc_38_of_45_rows_in_pages_of_20_each_is_read_once(metrc, facility):
    made = licences.make(metrc.world, count=1, packages=45)["licences"][0]
    gate = Metrc(
        metrc.server.url,
        vendor_key=VENDOR,
        user_key=made["key"],
        license_number=made["licence"],
        allow=("127.0.0.1",),
    )
    rows = gate.packages("active")
    gate.close()

    assert sorted(one.label for one in rows) == sorted(made["labels"])
    asked = metrc.calls("GET", "/packages/v2/active")
    assert [(call["params"]["pageNumber"], call["params"]["pageSize"]) for call in asked] == [
        ("1", "20"),
        ("2", "20"),
        ("3", "20"),
    ]


LOST = ("reset_after_commit", "500_after_commit", "truncated_json")


def test_fc26_accepted_and_the_answer_lost_three_hundred_times_is_in_metrc_once_each(metrc, facility, drain):
    """Seeded by the emulator's own chance, one of three losses each; those past the deadline have their own test. So
    many in a row open the breaker over and over; time passes and it goes on."""
    made = licences.make(metrc.world, count=10, packages=10)["licences"]
    places = [make.facility(at=facility.organization, number=row["licence"], key=row["key"]) for row in made]
    with scope(facility.organization_id):
        reports = [
            make.adjustment(facility=place, label=label, delta="1", reason="Drying", note="x")
            for place, row in zip(places, made, strict=True)
            for label in row["labels"] * 3
        ]
    for share, fault in ((1 / 3, LOST[0]), (1 / 2, LOST[1]), (1, LOST[2])):
        metrc.fault(ADJUST, fault, probability=share, method="POST")

    for _ in range(12):
        for place in places:
            drain(place, seconds=60)
        passed(seconds=400)

    assert len(reports) == 300
    assert {again(report).state for report in reports} == {State.CONFIRMED}
    with everyone("test"):
        entries = AuditEntry.objects.filter(subject_kind="compliance.report", action="report.verify")
        assert entries.count() == 300
    assert all(len(metrc.ledger(report.mark)) == 1 for report in reports)
    assert len(metrc.calls("POST", ADJUST)) == 300


def test_fc29_a_key_revoked_in_the_middle_of_200_pauses_its_facility_alone(metrc, facility, drain):
    one, two = licences.make(metrc.world, count=2, packages=20)["licences"]
    mine, other = (make.facility(at=facility.organization, number=row["licence"], key=row["key"]) for row in (one, two))
    with scope(mine.organization_id):
        reports = [
            make.adjustment(facility=mine, label=one["labels"][number % 20], delta="1", reason="Drying", note="x")
            for number in range(200)
        ]
        theirs = make.adjustment(facility=other, label=two["labels"][0], delta="1", reason="Drying", note="x")
    drain(mine, most=80)
    metrc.world.patch({"userKeys": {one["key"]: {"expires": "2020-01-01T00:00:00+00:00"}}})

    for _ in range(3):
        drain(mine)
    drain(other)

    left = [again(report) for report in reports[80:]]
    assert {report.attempts for report in left} == {0}
    assert {report.sends for report in left[1:]} == {0}
    assert left[0].state == State.HELD
    assert {report.state for report in left[1:]} <= {State.QUEUED, State.RETRY_WAIT}
    assert again(theirs).state == State.CONFIRMED
    with everyone("test"):
        assert AuditEntry.objects.filter(action="facility.held").count() == 1

    metrc.world.patch({"userKeys": {"sbx-user-new": {**metrc.world.get("userKeys", one["key"]), "expires": None}}})
    with scope(mine.organization_id):
        actions.put_key(facility=mine, key="sbx-user-new", by="owner")
    while drain(mine, seconds=60):
        pass

    for number, label in enumerate(one["labels"]):
        assert marks(metrc, label) == [report.mark for report in reports[number::20]]
    assert len([entry for entry in metrc.ledger() if entry["licence"] == mine.number]) == 200
