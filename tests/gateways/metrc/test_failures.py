"""The three failures told apart: what may be tried again, what must be looked up first, what a person must see."""

import time

import pytest

from apps.gateways.base import Declined, Unreachable, Unsettled
from tests.gateways.stage import answers, resets, stops_short

from .conftest import BLUE_SLATE, adjustment, template

ADJUST, TEMPLATES, PACKAGES = "/packages/v2/adjust", "/transfers/v2/templates/outgoing", "/packages/v2/active"


def storm(world, path, fault, **rule):
    world.world.weather.add([{"path": path, "fault": fault, **rule}])


def quantity(world):
    return next(row["Quantity"] for row in world.world.rows("packages") if row["Label"] == BLUE_SLATE)


@pytest.mark.parametrize(
    ("fault", "failed", "happened"),
    [
        ("timeout_before_commit", Unsettled, False),
        ("timeout_after_commit", Unsettled, True),
        ("reset_before_commit", Unsettled, False),
        ("reset_after_commit", Unsettled, True),
        ("reset_mid_body", Unsettled, True),
        ("500_before", Unsettled, False),
        ("500_after_commit", Unsettled, True),
        ("502", Unsettled, False),
        ("504", Unsettled, False),
        ("503_html", Unsettled, False),
        ("400_server_fault", Unsettled, False),
        ("truncated_json", Unsettled, True),
        ("200_html", Unsettled, False),
        ("429", Unreachable, False),
        ("401", Declined, False),
        ("403", Declined, False),
    ],
)
def test_a_write_that_may_have_happened_is_unsettled_and_sent_once(world, open_metrc, fault, failed, happened):
    storm(world, ADJUST, fault, times=1, seconds=0.2)
    with pytest.raises(failed) as told:
        open_metrc(seconds=5.0).adjust_packages(adjustment())
    assert type(told.value) is failed
    assert quantity(world) == (861.5 if happened else 864)
    assert len([entry for entry in world.world.journal.entries() if entry["method"] == "POST"]) == 1


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [("ids_missing", ((), "")), ("wrong_content_type", None), ("warnings_not_null", None)],
)
def test_a_yes_with_a_strange_body_is_a_yes(world, metrc, fault, accepted):
    storm(world, ADJUST, fault, times=1)
    said = metrc.adjust_packages(adjustment())
    assert quantity(world) == 861.5
    assert (said.ids, said.warnings) == accepted if accepted else said.ids
    assert bool(said.warnings) == (fault == "warnings_not_null")


def test_a_late_commit_is_unsettled_first_and_there_later(world, metrc):
    storm(world, TEMPLATES, "late_commit", times=1, seconds=0.2)
    with pytest.raises(Unsettled):
        metrc.create_transfer_template(template())
    assert metrc.find_templates("RU-1042-7K2M9QX4AB") == []
    deadline = time.monotonic() + 5
    while not metrc.find_templates("RU-1042-7K2M9QX4AB") and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(metrc.find_templates("RU-1042-7K2M9QX4AB")) == 1


def test_the_time_for_a_call_ends_it_and_the_write_is_unsettled(world, open_metrc):
    storm(world, ADJUST, "timeout_after_commit", times=1, seconds=5)
    begun = time.monotonic()
    with pytest.raises(Unsettled):
        open_metrc(seconds=0.4).adjust_packages(adjustment())
    assert time.monotonic() - begun < 2


def test_what_was_never_sent_is_unreachable(stage, metrc_to):
    metrc = metrc_to(answers(200))
    metrc.stage.close()
    with pytest.raises(Unreachable):
        metrc.adjust_packages(adjustment())
    assert metrc.heard is None


@pytest.mark.parametrize("act", [resets, stops_short], ids=["reset", "short"])
def test_a_line_that_breaks_leaves_nothing_heard(metrc_to, act):
    metrc = metrc_to(answers(200, b'{"Ids": [1]}'), act)
    metrc.adjust_packages(adjustment())
    assert metrc.heard.text == '{"Ids": [1]}'
    with pytest.raises(Unsettled):
        metrc.adjust_packages(adjustment())
    assert metrc.heard is None


def test_a_429_tells_how_long_to_wait_where_metrc_says_so(world, metrc):
    world.world.patch({"settings": {"retryAfter": 3}})
    storm(world, ADJUST, "429")
    with pytest.raises(Unreachable) as told:
        metrc.adjust_packages(adjustment())
    assert (told.value.status, told.value.retry_after, metrc.heard.retry_after) == (429, 3, 3)
    world.world.patch({"settings": {"retryAfter": "absent"}})
    with pytest.raises(Unreachable) as told:
        metrc.adjust_packages(adjustment())
    assert (told.value.status, told.value.retry_after, metrc.heard.retry_after) == (429, None, None)


def test_a_refusal_comes_with_every_message_of_metrcs(metrc):
    with pytest.raises(Declined) as told:
        metrc.adjust_packages(adjustment(label="none", adjustment_reason="Typo"))
    assert told.value.status == 400
    assert "Package none does not exist in the current Facility.; " in told.value.reason


@pytest.mark.parametrize("key", ["sbx-user-nobody", "sbx-user-juniper-expired", "sbx-user-other"])
def test_a_key_that_opens_nothing_is_declined_with_401(open_metrc, key):
    with pytest.raises(Declined) as told:
        open_metrc(user_key=key).facilities()
    assert told.value.status == 401


def test_keys_are_in_no_failure_and_nothing_heard(metrc_to):
    body = b'{"Message": "Bad keys vendor-key and user-key"}'
    metrc = metrc_to(answers(400, body))
    with pytest.raises(Declined) as told:
        metrc.facilities()
    assert "vendor-key" not in str(told.value) + metrc.heard.text
    assert "user-key" not in str(told.value) + metrc.heard.text
    assert metrc.heard.text == '{"Message": "Bad keys … and …"}'


@pytest.mark.parametrize("fault", ["502", "503", "reset_after_commit", "400_server_fault"])
def test_a_read_is_tried_again_while_the_trouble_looks_passing(world, metrc, fault):
    storm(world, PACKAGES, fault, times=2)
    assert len(metrc.packages()) == 126


@pytest.mark.parametrize("fault", ["200_html", "truncated_json", "200_null", "200_object", "500", "503_html"])
def test_a_read_that_is_no_whole_list_is_unreachable_never_empty(world, metrc, fault):
    storm(world, PACKAGES, fault)
    with pytest.raises(Unreachable):
        metrc.packages()


@pytest.mark.parametrize(
    ("fault", "bad"),
    [
        ("row_without_id", 1),
        ("row_not_an_object", 1),
        ("quantity_infinite", 1),
        ("bad_date", 1),
        ("numbers_as_text", 1),
        ("quantity_negative", 0),
        ("unknown_fields", 0),
    ],
)
def test_one_spoiled_row_a_page_is_set_aside_and_the_rest_is_read(world, metrc, fault, bad):
    storm(world, PACKAGES, fault)
    rows = metrc.packages()
    assert (len(rows), len(rows.bad)) == (126 - bad * 7, bad * 7)
    assert all(row.reason for row in rows.bad)


def test_an_empty_body_is_no_empty_list(metrc_to):
    with pytest.raises(Unreachable):
        metrc_to(answers(200)).packages()
