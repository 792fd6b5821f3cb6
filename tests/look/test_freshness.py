"""A late source is shown as late, one that does not answer as unknown."""

from datetime import UTC, datetime, timedelta

from apps.core.look.freshness import freshness

NOW = datetime(2026, 11, 17, 15, 45, tzinfo=UTC)


def chip(minutes, **also):
    as_of = None if minutes is None else NOW - timedelta(minutes=minutes)
    return freshness(as_of=as_of, source="Dutchie POS", limit=20, now=NOW, **also)


def test_a_source_read_within_its_limit_is_fresh():
    assert chip(20).state == "fresh"


def test_a_source_past_its_limit_is_stale():
    assert chip(20.1).state == "stale"


def test_a_source_that_does_not_answer_is_away_however_young_its_last_word():
    away = chip(1, away_since=NOW - timedelta(minutes=14))

    assert (away.state, away.age) == ("away", "14 min")


def test_a_source_never_read_is_unknown_not_fresh():
    assert chip(None).state == "away"
    assert chip(None).since is None
