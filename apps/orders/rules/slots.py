"""Delivery slots on plain values: days and windows of a rule, and until when each can still be ordered for.

All of it is in the seller's zone. A local time that the clocks skip is read as the moment after the gap; one that comes
twice as the first of the two, so that nobody is promised an hour that has passed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core.errors import Refused

DAYS = 14  # ahead
WRITTEN = re.compile(r"(\d\d:\d\d)\s*[-\N{EN DASH}]\s*(\d\d:\d\d)")


@dataclass(frozen=True)
class Window:
    """From when to when the van comes, in local time."""

    starts: time
    ends: time

    @classmethod
    def read(cls, text: str) -> "Window":
        """`08:00-10:00`. Raises ValueError for anything else, and for an end that isn't after the start."""
        read = WRITTEN.fullmatch(text.strip())
        window = cls(*map(time.fromisoformat, read.groups())) if read else None
        if window is None or window.ends <= window.starts:
            raise ValueError(text)
        return window

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}\N{EN DASH}{self.ends:%H:%M}"


@dataclass(frozen=True)
class Rule:
    """Weekdays as ISO counts them (Monday is 1). It must be ordered by `cutoff`, local time, `lead_days` days ahead."""

    zone: str
    weekdays: frozenset[int]
    windows: tuple[Window, ...]
    cutoff: time
    lead_days: int
    closed: frozenset[date] = frozenset()


@dataclass(frozen=True, order=True)
class Slot:
    """A day and window; the three moments are in UTC. `open` while `cutoff_at` has not passed."""

    date: date
    starts_at: datetime
    ends_at: datetime
    cutoff_at: datetime
    window: Window
    open: bool

    def __str__(self) -> str:
        return f"{date_format(self.date, 'D j M')}, {self.window}"


def moment(day: date, local: time, zone: str) -> datetime:
    """A local time of a day, in UTC."""
    return datetime.combine(day, local, ZoneInfo(zone)).astimezone(UTC)


def slots(rule: Rule, now: datetime, days: int = DAYS) -> list[Slot]:
    """Every slot from today on for so many days, in order; those that closed while the day lasts are among them."""
    today = now.astimezone(ZoneInfo(rule.zone)).date()
    made = (slot for ahead in range(days) for slot in _of_day(rule, today + timedelta(days=ahead), now))
    return sorted(made)


def _of_day(rule: Rule, day: date, now: datetime) -> Iterator[Slot]:
    if day.isoweekday() not in rule.weekdays or day in rule.closed:
        return
    cutoff_at = moment(day - timedelta(days=rule.lead_days), rule.cutoff, rule.zone)
    for window in rule.windows:
        starts_at, ends_at = (moment(day, local, rule.zone) for local in (window.starts, window.ends))
        yield Slot(day, starts_at, ends_at, cutoff_at, window, open=now <= cutoff_at and now < starts_at)


def first_open(found: Iterable[Slot]) -> Slot | None:
    return next((slot for slot in sorted(found) if slot.open), None)


def chosen(found: Iterable[Slot], day: date, starts: time | None = None) -> Slot:
    """The slot of a day, the first open one of it where no start is named. Raises Refused: `slot-unknown` 422 when
    nothing is delivered then, `slot-closed` 409 after its cut-off; both name the first that can still be had."""
    found = sorted(found)
    that = [slot for slot in found if slot.date == day and starts in (None, slot.window.starts)]
    if slot := first_open(that):
        return slot
    if that:
        raise Refused(
            _("The cut-off for %(slot)s has passed.") % {"slot": that[0]} + _instead(found), code="slot-closed"
        )
    text = _("Nothing is delivered on %(day)s then.") % {"day": date_format(day, "D j M")}
    raise Refused(text + _instead(found), code="slot-unknown", status=422)


def _instead(found: list[Slot]) -> str:
    slot = first_open(found)
    return " " + (_("The first free slot is %(slot)s.") % {"slot": slot} if slot else _("No later slot is open yet."))
