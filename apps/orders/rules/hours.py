"""Business hours on plain values: Monday to Friday, nine to five, in a site's own zone; until when somebody should have
seen to an order, and how long promises hold."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .states import State

OPENS, CLOSES = time(9), time(17)
DISPUTABLE = timedelta(hours=72)  # from delivery on (features T27, T28); then it confirms itself
FROZEN = timedelta(days=30)  # so long a backorder keeps its parent's prices (features §3.5)
ANSWERED = timedelta(hours=4)  # what a request to cancel may wait (features T17b)
RETURNABLE = timedelta(days=30)  # from its receipt on (features T30)

CLAIM_IDLE = timedelta(minutes=30)  # then a claim is given back (features T6)
FIRST_TOUCH, ANSWER_DISPUTE = timedelta(minutes=30), timedelta(hours=8)  # while it is open (features §6.3)


def seen_to_by(
    state: str, moved_at: datetime, zone: str, *, disputed: bool, cancel_requested: bool, halved: bool = False
) -> datetime | None:
    """Until when the seller should have seen to an order that came where it stands at `moved_at`; None where nobody
    waits for the seller. `halved` is half of that time, to be warned before."""
    part = 2 if halved else 1
    if cancel_requested:
        return moved_at + ANSWERED / part
    if disputed:
        return _open_after(moved_at, ANSWER_DISPUTE / part, zone)
    if state == State.REVIEW:
        return moved_at + CLAIM_IDLE / part
    return _open_after(moved_at, FIRST_TOUCH / part, zone) if state == State.PENDING else None


def business_hours_after(start: datetime, hours: float, zone: str) -> datetime:
    """The moment when so many open hours have passed since `start`; in UTC. Holidays are not known."""
    return _open_after(start, timedelta(hours=hours), zone)


def _open_after(start: datetime, left: timedelta, zone: str) -> datetime:
    here = start.astimezone(ZoneInfo(zone))
    while True:
        opens, closes = (datetime.combine(here.date(), at, here.tzinfo) for at in (OPENS, CLOSES))
        here = max(here, opens)
        if here.isoweekday() <= 5 and here < closes:
            if left <= closes - here:
                return (here + left).astimezone(UTC)
            left -= closes - here
        here = datetime.combine(here.date() + timedelta(days=1), OPENS, here.tzinfo)
