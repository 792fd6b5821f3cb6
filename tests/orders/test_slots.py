"""Delivery slots: days, windows and cut-offs in the seller's zone, over the days the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Refused
from apps.orders.rules.slots import Rule, Window, chosen, first_open, moment, slots

DETROIT = "America/Detroit"


def rule(**values) -> Rule:
    usual = {"zone": DETROIT, "weekdays": frozenset({2, 4}), "windows": (Window.read("08:00-10:00"),)}
    return Rule(**usual | {"cutoff": time(14), "lead_days": 1} | values)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_slots_are_the_rules_weekdays_with_their_cutoffs():
    found = slots(rule(), at("2026-11-16T12:00-05:00"), days=7)  # a Monday

    assert [(slot.date, slot.cutoff_at, slot.open) for slot in found] == [
        (date(2026, 11, 17), at("2026-11-16T14:00-05:00"), True),
        (date(2026, 11, 19), at("2026-11-18T14:00-05:00"), True),
    ]
    assert (found[0].starts_at, found[0].ends_at) == (at("2026-11-17T13:00+00:00"), at("2026-11-17T15:00+00:00"))
    assert str(found[0]) == "Tue 17 Nov, 08:00–10:00"


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-11-16T14:00:00-05:00", date(2026, 11, 17)),
        ("2026-11-16T14:00:01-05:00", date(2026, 11, 19)),
        ("2026-11-17T02:00:00+00:00", date(2026, 11, 19)),  # still Monday evening in Detroit
    ],
)
def test_after_the_cutoff_the_next_slot_is_the_first(now, first):
    assert first_open(slots(rule(), at(now))).date == first


def test_a_closed_day_has_no_slot():
    found = slots(rule(closed=frozenset({date(2026, 11, 26)})), at("2026-11-23T09:00-05:00"), days=7)

    assert [slot.date for slot in found] == [date(2026, 11, 24)]


def test_on_the_day_itself_a_window_that_has_begun_is_closed():
    same_day = rule(lead_days=0, cutoff=time(9), windows=(Window.read("08:00-10:00"), Window.read("13:00-15:00")))

    found = slots(same_day, at("2026-11-17T08:30-05:00"), days=1)

    assert [(str(slot.window), slot.open) for slot in found] == [("08:00–10:00", False), ("13:00–15:00", True)]


@pytest.mark.parametrize(
    ("zone", "day", "local", "utc"),
    [
        ("America/Detroit", date(2026, 3, 8), time(2, 30), "2026-03-08T07:30+00:00"),  # skipped: 03:30 summer time
        ("America/Detroit", date(2026, 3, 8), time(3), "2026-03-08T07:00+00:00"),
        ("America/Detroit", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30+00:00"),  # comes twice: the first
        ("America/Detroit", date(2026, 11, 1), time(2), "2026-11-01T07:00+00:00"),
        ("America/Phoenix", date(2026, 3, 8), time(2, 30), "2026-03-08T09:30+00:00"),  # knows no summer time
        ("America/Chicago", date(2026, 11, 1), time(1, 30), "2026-11-01T06:30+00:00"),
    ],
)
def test_local_times_on_the_days_the_clocks_change(zone, day, local, utc):
    assert moment(day, local, zone) == at(utc)


def test_a_cutoff_keeps_its_local_hour_over_the_change():
    """Sunday's cut-off for Monday 9 March 2026, and Sunday's for Monday 2 November, both at 14:00 in Detroit."""
    monday = rule(weekdays=frozenset({1}))

    spring = slots(monday, at("2026-03-07T12:00-05:00"), days=3)[0]
    autumn = slots(monday, at("2026-10-31T12:00-04:00"), days=3)[0]

    assert (spring.cutoff_at, autumn.cutoff_at) == (at("2026-03-08T18:00+00:00"), at("2026-11-01T19:00+00:00"))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(["America/Detroit", "America/Phoenix", "America/New_York", "America/Chicago"]),
    st.times(),
    st.integers(0, 5),
)
def test_an_open_slots_cutoff_lies_ahead_and_reads_as_the_rule_says(now, zone, cutoff, lead_days):
    cutoff = cutoff.replace(second=0, microsecond=0, tzinfo=None)
    every = rule(zone=zone, cutoff=cutoff, lead_days=lead_days, weekdays=frozenset(range(1, 8)))

    for slot in slots(every, now):
        local = slot.cutoff_at.astimezone(ZoneInfo(zone))
        assert slot.open == (now <= slot.cutoff_at and now < slot.starts_at)
        assert local.date() == slot.date - timedelta(days=lead_days)
        assert local.time() == cutoff or local.time() == time((cutoff.hour + 1) % 24, cutoff.minute)  # in the gap


def test_a_chosen_slot_is_refused_with_the_first_free_one():
    found = slots(rule(), at("2026-11-16T15:00-05:00"), days=7)

    assert chosen(found, date(2026, 11, 19), time(8)).open
    with pytest.raises(Refused) as closed:
        chosen(found, date(2026, 11, 17))
    with pytest.raises(Refused) as unknown:
        chosen(found, date(2026, 11, 18))
    assert (closed.value.code, closed.value.status) == ("slot-closed", 409)
    assert closed.value.detail == (
        "The cut-off for Tue 17 Nov, 08:00–10:00 has passed. The first free slot is Thu 19 Nov, 08:00–10:00."
    )
    assert (unknown.value.code, unknown.value.status) == ("slot-unknown", 422)
    assert unknown.value.detail.startswith("Nothing is delivered on Wed 18 Nov then.")


@pytest.mark.parametrize("text", ["10:00-08:00", "8-10", "08:00", "", "08:00-08:00", "08:00+01:00-10:00"])
def test_a_window_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError):
        Window.read(text)
