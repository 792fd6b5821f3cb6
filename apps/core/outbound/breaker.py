"""Stops calling what is down, and finds out with one call at a time whether it is back. One row a road, on the
database's clock, so every process sees the same breaker."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from apps.core import soon
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


SHUT = """
SELECT open_until, wait_until, probe_until, statement_timestamp() FROM core_breaker
WHERE service = %s AND key = %s AND (open_until IS NOT NULL OR wait_until > statement_timestamp())
"""


def held(*, service: str, key: str) -> float | None:
    """Seconds until the next try; None when the road is open, or when this caller won the one probe."""
    with connection.cursor() as cursor:
        cursor.execute(SHUT, [service, key])
        state = cursor.fetchone()
    if state is None:
        return None
    road = Breaker.objects.filter(service=service, key=key)
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


# What most calls are, in one trip to the database: written down, remembered, and whatever was closed is open.
ANSWERED = """
WITH call AS (
    INSERT INTO core_outboundcall (at, service, key, method, path, status, seconds, size, outcome, reason)
    VALUES (statement_timestamp(), %(service)s, %(key)s, %(method)s, %(path)s, %(status)s, %(seconds)s, %(size)s,
            %(outcome)s, %(reason)s))
INSERT INTO core_breaker (service, key, recent, opens, last_ok_at, reason)
VALUES (%(service)s, %(key)s, '1', 0, statement_timestamp(), '')
ON CONFLICT (service, key) DO UPDATE
SET recent = right(core_breaker.recent || '1', %(remembered)s), opens = 0, open_until = NULL, probe_until = NULL,
    last_ok_at = excluded.last_ok_at
RETURNING wait_until IS NULL OR wait_until <= statement_timestamp()
"""


def answered(**call) -> bool:
    """A call that was answered, as the journal keeps it. Returns whether the road is open: they may want a rest."""
    return soon.execute(ANSWERED, {**call, "remembered": REMEMBERED})[0]


@transaction.atomic
def failed(*, service: str, key: str, reason: str = "") -> None:
    """A failed probe or one failure too many opens it."""
    road = _locked(service, key)
    road.recent = (road.recent + "0")[-REMEMBERED:]
    road.last_failed_at, road.reason = road.now, reason[:240]
    _reopen(road)
    road.save()


@transaction.atomic
def rest(*, service: str, key: str, seconds: float | None) -> None:
    """They want no call for so long, a second where they don't say; it is about us, and no failure of theirs."""
    road = _locked(service, key)
    road.probe_until, road.wait_until = None, road.now + timedelta(seconds=max(1.0, seconds or 0))
    road.save()


def _locked(service: str, key: str) -> Breaker:
    Breaker.objects.bulk_create([Breaker(service=service, key=key)], ignore_conflicts=True)
    return Breaker.objects.select_for_update().annotate(now=Now()).get(service=service, key=key)


def _reopen(road: Breaker) -> None:
    """A call that set out before the breaker opened and fails after it changes nothing more."""
    already = road.open_until is not None and road.open_until > road.now
    if not already and (road.open_until is not None or trips(road.recent)):
        road.opens += 1
        road.open_until, road.probe_until = road.now + pause(road.opens), None
