"""States, times, marks and what an answer means, on plain values."""

from datetime import timedelta

import pytest

from apps.compliance import rules
from apps.compliance.rules import Kind, State, Verdict


def test_what_is_over_stays_over():
    for old in rules.TERMINAL:
        assert not any(rules.may_move(old, new) for new in State)


def test_every_open_state_can_end():
    reached = {state: set(rules.states.MOVES[state]) for state in rules.OPEN}
    for _ in State:
        for moves in reached.values():
            moves |= {new for old in list(moves) if old in reached for new in reached[old]}

    assert [state for state, moves in reached.items() if not moves & rules.TERMINAL] == []


def test_an_unclear_report_is_never_sent_again_at_once():
    """metrc.md §6.2: VERIFY alone proves that a resend is safe."""
    assert not rules.may_move(State.VERIFY, State.SENDING)
    assert not rules.may_move(State.SENDING, State.QUEUED)


@pytest.mark.parametrize(
    ("status", "text", "sent", "verdict"),
    [
        (400, "Could not load file or assembly 'System.Web'", True, Verdict.UNCLEAR),
        (400, "Package is marked as NotSubmitted and cannot be transferred.", True, Verdict.WAITS),
        (400, "Package 1A4 does not exist in the current Facility.", True, Verdict.REFUSED),
        (400, "Tag 1A4 is not valid.", True, Verdict.REFUSED),
        (400, "AdjustmentReason was not specified.", True, Verdict.REFUSED),
        (400, "Words nobody has seen.", True, Verdict.UNKNOWN),
        (401, "", True, Verdict.CONFIG),
        (403, "", True, Verdict.CONFIG),
        (404, "", True, Verdict.CONFIG),
        (405, "", True, Verdict.CONFIG),
        (413, "The content being submitted is too large", True, Verdict.REFUSED),
        (429, "", True, Verdict.LIMITED),
        (500, "", True, Verdict.UNCLEAR),
        (503, "<html>", True, Verdict.UNCLEAR),
        (200, "half a bo", True, Verdict.UNCLEAR),
        (None, "No whole answer came in time.", True, Verdict.UNCLEAR),
        (None, "No connection could be made.", False, Verdict.NOT_SENT),
    ],
)
def test_status_and_words_together_say_what_an_answer_means(status, text, sent, verdict):
    assert rules.classify(status=status, text=text, sent=sent) == verdict


def test_staffs_rules_are_asked_before_the_catalogue():
    mine = [(400, "nobody has seen", Verdict.WAITS), (None, "in time", Verdict.REFUSED)]

    assert rules.classify(status=400, text="Words nobody has seen.", sent=True, rules=mine) == Verdict.WAITS
    assert rules.classify(status=None, text="None in time.", sent=True, rules=mine) == Verdict.REFUSED
    assert rules.classify(status=401, text="", sent=True, rules=mine) == Verdict.CONFIG


def test_tries_spread_out_up_to_an_hour_and_a_wait_they_asked_for_is_kept():
    longest = [max(rules.backoff(n) for _ in range(200)) for n in range(1, 8)]

    assert all(wait <= step for wait, step in zip(longest, (5, 30, 120, 600, 1800, 3600, 3600), strict=True))
    assert longest[4] > 900
    assert all(7 <= rules.backoff(3, retry_after=7) <= 8 for _ in range(50))
    assert all(1 <= rules.backoff(1, retry_after=0) <= 2 for _ in range(50))


def test_an_unclear_write_settles_two_minutes_and_is_looked_up_again_after_five():
    assert [rules.settle_after(looks) for looks in range(4)] == [120, 300, 1200, 1200]
    assert rules.settle_after(0, settle=300, scale=0.01) == 3


@pytest.mark.parametrize(
    ("minutes", "left", "level"),
    [(1, 600, 0), (16, 600, 1), (61, 600, 2), (1, 119, 3), (1, 0, 4), (1, -5, 4)],
)
def test_alarms_rise_with_age_and_with_the_deadline(minutes, left, level):
    assert rules.alarm_level(age=timedelta(minutes=minutes), left=timedelta(minutes=left)) == level


def test_a_thousand_marks_differ_and_are_ten_plain_characters():
    marks = {rules.new_mark() for _ in range(1000)}

    assert len(marks) == 1000
    assert all(len(mark) == 10 and set(mark) <= set(rules.letters.ALPHABET) for mark in marks)


def test_every_kind_but_a_transfer_has_a_deadline_of_its_own():
    with_their_order = {Kind.TRANSFER_CREATE, Kind.TRANSFER_REGISTER, Kind.PACKAGE_CREATE}
    assert set(rules.DEADLINES) == set(Kind) - with_their_order
