"""An order's way as steps: what lies behind it, where it stands, what is still to come, and where it left the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .states import State

S = State
WAY = (S.PENDING, S.REVIEW, S.ACCEPTED, S.PREPARING, S.SHIPPED, S.DELIVERED, S.CONFIRMED)
OUT = (S.REJECTED, S.CANCELLED, S.RETURNED)
PAST, HERE, ASKS, OFF, LATER = "past", "here", "asks", "off", "later"


@dataclass(frozen=True)
class Step:
    """`kind`: past, here, asks (waits for a person), off (the way ended here) or later. `at` None: not told."""

    state: str
    kind: str
    at: datetime | None = None


def steps(state: str, reached: Mapping[str, datetime]) -> list[Step]:
    """`reached` is when each state was entered last. A skipped step that lies behind is past without a time."""
    if state in OUT:
        passed = [one for one in WAY if one in reached]
        return [*(Step(one, PAST, reached[one]) for one in passed), Step(state, OFF, reached.get(state))]
    way = [*WAY[:2], S.COUNTERED, *WAY[2:]] if state == S.COUNTERED else list(WAY)
    at = way.index(state) if state in way else -1  # a draft stands before all of them
    return [_step(number, one, at, reached) for number, one in enumerate(way)]


def _step(number: int, one: str, at: int, reached: Mapping[str, datetime]) -> Step:
    return Step(one, _kind(number, at, one), reached.get(one) if number <= at else None)


def _kind(number: int, at: int, state: str) -> str:
    if number != at:
        return PAST if number < at else LATER
    if state == S.CONFIRMED:
        return PAST
    return ASKS if state in (S.COUNTERED, S.DELIVERED) else HERE
