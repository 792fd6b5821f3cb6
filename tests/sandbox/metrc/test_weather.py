"""Limits, faults where they matter at METRC, maintenance, the hurried clock, and the control surface."""

import threading
import time
from datetime import timedelta

import pytest
import requests

from apps.sandbox.clock import moment

from .conftest import ADJUST, BLUE_SLATE, EASTOWN, HOLLAND, LANSING, NOW, TEMPLATES, TOKEN, adjustment, template

PACKAGES = "/packages/v2/active"
REASONS = "/packages/v2/adjust/reasons"


def _statuses(metrc, count, path=REASONS, **how):
    return [metrc.ask("GET", path, **how).status_code for _ in range(count)]


def test_a_licence_may_read_50_times_a_second_and_its_neighbour_is_not_held_up(metrc):
    assert _statuses(metrc, 51) == [200] * 50 + [429]
    assert _statuses(metrc, 1, licence=LANSING) == [200]
    metrc.ctl("clock", {"advance": 0.125})
    assert _statuses(metrc, 7) == [200] * 6 + [429]


def test_a_vendor_key_may_read_150_times_a_second_whatever_the_licence(metrc):
    made = metrc.ctl("licences", {"count": 4, "packages": 1}).json()["licences"]
    found = [status for one in made for status in _statuses(metrc, 40, user=one["key"], licence=one["licence"])]
    assert found == [200] * 150 + [429] * 10


def test_writes_are_not_counted_unless_the_setting_says_so(metrc):
    assert {metrc.ask("POST", ADJUST, [adjustment(-1)]).status_code for _ in range(60)} == {200}
    metrc.ctl("world", {"settings": {"limitWrites": True}})
    answers = [metrc.ask("POST", ADJUST, [adjustment(-1)]).status_code for _ in range(52)]
    assert (answers[:50], answers[50:]) == ([200] * 50, [429] * 2)
    assert metrc.quantity(licence=None) == 864 - 110


def test_more_than_ten_reads_at_once_are_too_many_for_a_licence(metrc):
    metrc.raise_fault(REASONS, "delay", seconds=1)
    waiting = [threading.Thread(target=metrc.server.answer, args=(metrc.server.vendor, _request())) for _ in range(10)]
    for thread in waiting:
        thread.start()
    time.sleep(0.3)
    assert metrc.ask("GET", PACKAGES).status_code == 429
    for thread in waiting:
        thread.join()
    assert metrc.ask("GET", PACKAGES).status_code == 200


def _request():
    import base64

    from apps.sandbox.wire import Request

    basic = base64.b64encode(b"sbx-vendor-reup:sbx-user-northlight").decode()
    return Request("GET", REASONS, {"licenseNumber": HOLLAND}, {"authorization": f"Basic {basic}"})


def test_every_fourth_429_names_no_seconds_and_the_setting_names_them_or_none(metrc):
    metrc.raise_fault(PACKAGES, "429")
    named = ["Retry-After" in metrc.ask("GET", PACKAGES).headers for _ in range(8)]
    assert named == [True, True, True, False] * 2
    metrc.ctl("world", {"settings": {"retryAfter": "absent"}})
    assert "Retry-After" not in metrc.ask("GET", PACKAGES).headers
    metrc.ctl("world", {"settings": {"retryAfter": 3}})
    assert metrc.ask("GET", PACKAGES).headers["Retry-After"] == "3"


@pytest.mark.parametrize(
    ("fault", "status", "committed"),
    [
        ("timeout_before_commit", None, False),
        ("timeout_after_commit", None, True),
        ("reset_before_commit", None, False),
        ("reset_after_commit", None, True),
        ("500_before", 500, False),
        ("500_after_commit", 500, True),
        ("400_server_fault", 400, False),
        ("429", 429, False),
        ("503_html", 503, False),
        ("truncated_json", 200, True),
        ("wrong_content_type", 200, True),
        ("warnings_not_null", 200, True),
        ("ids_missing", 200, True),
    ],
)
def test_a_fault_on_a_write_commits_or_does_not_and_the_ledger_knows(metrc, fault, status, committed):
    metrc.raise_fault(ADJUST, fault, times=1, seconds=0)
    try:
        answer = metrc.ask("POST", ADJUST, [adjustment()])
        assert answer.status_code == status
    except requests.ConnectionError:
        assert status is None
    entry = metrc.journal()[-1]
    assert (entry["fault"], entry["status"], entry["committed"]) == (fault, status, committed)
    assert len(metrc.ledger()) == committed
    assert metrc.quantity() == (861.5 if committed else 864)


def test_a_late_commit_answers_504_first_and_happens_all_the_same(metrc):
    metrc.raise_fault(TEMPLATES, "late_commit", times=1, seconds=0.2)
    assert metrc.ask("POST", TEMPLATES, [template()]).status_code == 504
    assert metrc.ledger() == []
    deadline = time.monotonic() + 5
    while not metrc.ledger() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [entry["act"] for entry in metrc.ledger()] == ["template"]
    assert [entry["committed"] for entry in metrc.journal() if entry["method"] == "POST"] == [True]


def test_a_server_fault_says_what_metrc_was_seen_to_say(metrc):
    metrc.raise_fault(ADJUST, "400_server_fault")
    said = metrc.ask("POST", ADJUST, [adjustment()]).json()["Message"]
    assert said.startswith("Could not load file or assembly ")


def test_an_empty_list_says_so_in_all_its_numbers(metrc):
    metrc.raise_fault(PACKAGES, "200_empty_list", times=1)
    page = metrc.read(PACKAGES)
    assert (page["Data"], page["Total"], page["TotalPages"]) == ([], 0, 0)


def test_a_row_may_come_twice_where_pages_meet(metrc):
    metrc.raise_fault(PACKAGES, "duplicate_row_on_page_boundary")
    first, second = (metrc.data(PACKAGES, pageNumber=number, pageSize=20) for number in (1, 2))
    assert first[-1] == second[0]


def test_a_stale_read_shows_what_was(metrc):
    metrc.write("POST", ADJUST, adjustment())
    metrc.ctl("clock", {"advance": 10})
    metrc.raise_fault(f"/packages/v2/{BLUE_SLATE}", "stale_read", times=1, seconds=30)
    assert [metrc.quantity(), metrc.quantity()] == [864, 861.5]


def test_a_fault_of_one_licence_leaves_its_neighbour_alone(metrc):
    metrc.raise_fault("*", "401", caller=EASTOWN)
    assert metrc.ask("GET", PACKAGES, user="sbx-user-juniper", licence=EASTOWN).status_code == 401
    assert metrc.ask("GET", PACKAGES).status_code == 200


def test_in_maintenance_everything_is_503_and_a_web_page(metrc):
    until = NOW + timedelta(minutes=30)
    metrc.ctl("world", {"settings": {"maintenance": [NOW.isoformat(), until.isoformat()]}})
    answer = metrc.ask("POST", ADJUST, [adjustment()])
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    metrc.ctl("clock", {"advance": 1800})
    assert metrc.write("POST", ADJUST, adjustment())


def test_a_hurried_clock_runs_a_minute_a_second_from_where_it_stood(metrc):
    said = metrc.ctl("clock", {"speed": 60}).json()
    assert said["frozen"] is False
    assert timedelta() <= moment(said["now"]) - NOW < timedelta(seconds=30)
    time.sleep(0.5)
    passed = moment(metrc.ctl("world").json()["clock"]["now"]) - NOW
    assert timedelta(seconds=29) < passed < timedelta(minutes=10)
    metrc.ctl("clock", {"freeze": False})
    metrc.ctl("clock", {"freeze": NOW.isoformat()})


def test_a_merge_patch_by_metrcs_names_changes_what_metrc_answers_and_stamps_it(metrc):
    id = str(metrc.read(f"/packages/v2/{BLUE_SLATE}")["Id"])
    metrc.ctl("world", {"packages": {id: {"Quantity": 5, "IsOnHold": True}}})
    [row] = metrc.data("/packages/v2/onhold")
    assert (row["Quantity"], row["LastModified"]) == (5, "2026-11-17T10:42:00.000+00:00")


def test_licences_by_the_dozen_are_open_at_once(metrc):
    made = metrc.ctl("licences", {"count": 3, "packages": 2, "quantity": 50}).json()
    assert made["vendor"] == "sbx-vendor-reup"
    last = made["licences"][-1]
    how = {"user": last["key"], "licence": last["licence"]}
    assert [row["Label"] for row in metrc.data(PACKAGES, **how)] == last["labels"]
    assert metrc.write("POST", ADJUST, adjustment(-1, last["labels"][0]), **how)
    assert metrc.ctl("licences", {"count": 0}).status_code == 400


def test_reset_begins_again_with_the_same_ids_and_an_empty_ledger(metrc):
    before = metrc.read(f"/packages/v2/{BLUE_SLATE}")
    metrc.write("POST", ADJUST, adjustment())
    metrc.ctl("reset", {})
    assert (metrc.read(f"/packages/v2/{BLUE_SLATE}"), metrc.ledger()) == (before, [])
    assert metrc.ctl("ledger", token="wrong").status_code == 404


def test_on_the_control_page_a_person_registers_and_receives(metrc):
    [id] = metrc.write("POST", TEMPLATES, template())
    page = metrc.session.get(f"{metrc.url}/_ctl/", headers={"X-Control-Token": TOKEN}).text
    assert "RU-1042-7K2M9QX4AB to Juniper &amp; Pine, Eastown" in page
    form = {"token": TOKEN, "act": "register", "id": id}
    assert "for RU-1042-7K2M9QX4AB." in metrc.session.post(f"{metrc.url}/_ctl/", data=form).text
    [transfer] = metrc.data("/transfers/v2/outgoing")
    form |= {"act": "receive", "id": transfer["Id"]}
    assert "is received whole" in metrc.session.post(f"{metrc.url}/_ctl/", data=form).text
    form |= {
        "act": "quantity",
        "id": metrc.read(f"/packages/v2/{BLUE_SLATE}", licence=EASTOWN, user="sbx-user-juniper")["Id"],
    }
    assert "7 Each" in metrc.session.post(f"{metrc.url}/_ctl/", data=form | {"quantity": 7}).text
