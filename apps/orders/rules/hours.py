"""Business hours on plain values: Monday to Friday, nine to five, in a site's own zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(17)
DISPUTABLE = timedelta(hours=72)  # from delivery on (features T27, T28); then it confirms itself


def business_hours_after(start: datetime, hours: float, zone: str) -> datetime:
    """The moment when so many open hours have passed since `start`; in UTC. Holidays are not known."""
    here, left = start.astimezone(ZoneInfo(zone)), timedelta(hours=hours)
    while True:
        opens, closes = (datetime.combine(here.date(), at, here.tzinfo) for at in (OPENS, CLOSES))
        here = max(here, opens)
        if here.isoweekday() <= 5 and here < closes:
            if left <= closes - here:
                return (here + left).astimezone(UTC)
            left -= closes - here
        here = datetime.combine(here.date() + timedelta(days=1), OPENS, here.tzinfo)
