"""Stops calling what is down, and finds out with one call at a time whether it is back. One row a road, on the
database's clock, so every process sees the same breaker."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from apps.core.models import Breaker

ANSWERS = frozenset({"ok", "declined"})
REMEMBERED = 20
IN_A_ROW = 5
FIRST_PAUSE = 30
LONGEST_PAUSE = 300
# A prober that died is replaced after this long; longer than any one call may last.
PROBE = timedelta(seconds=60)


def trips(recent: str) -> bool:
    """Is it down? `recent` holds the last answers, newest last, 1 for one that came: the last five didn't, and at
    least half of all."""
    return recent.endswith("0" * IN_A_ROW) and 2 * recent.count("0") >= len(recent)


def pause(opens: int) -> timedelta:
    """How long the breaker stays open the nth time in a row: 30 s, doubling up to 5 minutes."""
    return timedelta(seconds=min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(opens - 1, 10)))


def held(*, service: str, key: str) -> float | None:
    """Seconds until the next try; None when the road is open, or when this caller won the one probe."""
    road = Breaker.objects.filter(service=service, key=key)
    shut = road.filter(Q(open_until__isnull=False) | Q(wait_until__gt=Now()))
    state = shut.values_list("open_until", "wait_until", "probe_until", Now()).first()
    if state is None:
        return None
    *untils, probe_until, now = state
    until = max(filter(None, untils))
    if until > now:
        return (until - now).total_seconds()
    free = Q(probe_until=None) | Q(probe_until__lte=Now())
    won = road.filter(free, open_until__lte=Now()).update(probe_until=Now() + PROBE)
    return None if won else _until(probe_until, now)


def _until(probe_until: datetime | None, now: datetime) -> float:
    """Somebody else is probing: worth asking again when that call must be over, at the latest."""
    return max(1.0, (probe_until - now).total_seconds()) if probe_until else PROBE.total_seconds()


@transaction.atomic
def note(*, service: str, key: str, answered: bool, reason: str = "", wait: float | None = None) -> None:
    """Remembers how a call went; an answer closes the breaker, a failed probe or one failure too many opens it.
    `wait` is for how many seconds they want no call, whatever else happens."""
    Breaker.objects.bulk_create([Breaker(service=service, key=key)], ignore_conflicts=True)
    road = Breaker.objects.select_for_update().annotate(now=Now()).get(service=service, key=key)
    road.recent = (road.recent + ("1" if answered else "0"))[-REMEMBERED:]
    if answered:
        road.opens, road.open_until, road.probe_until, road.last_ok_at = 0, None, None, road.now
    else:
        road.last_failed_at, road.reason = road.now, reason[:240]
        _reopen(road)
    if wait:
        road.wait_until = road.now + timedelta(seconds=wait)
    road.save()


def _reopen(road: Breaker) -> None:
    """A call that set out before the breaker opened and fails after it changes nothing more."""
    already = road.open_until is not None and road.open_until > road.now
    if not already and (road.open_until is not None or trips(road.recent)):
        road.opens += 1
        road.open_until, road.probe_until = road.now + pause(road.opens), None
