"""What the METRC queue is measured by (metrc.md §6.10): each road, what waits since when, what look-ups found."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from apps.compliance import rules
from apps.compliance.actions.door import SERVICE
from apps.compliance.models import Cursor, Facility, Report, ReportAttempt
from apps.core.models import Breaker

State = rules.State
LIMIT = 15  # minutes until METRC's mirror is stale (LOOK §3)
CALLS = """
SELECT key, count(*) FILTER (WHERE status = 429),
       percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds), percentile_disc(0.95) WITHIN GROUP (ORDER BY seconds)
FROM core_outboundcall WHERE service = %s AND key = ANY(%s) AND at >= %s GROUP BY key
"""


@dataclass(frozen=True)
class Road:
    """How METRC answers a facility: up, late (resting), away (closed) or none. `p50`, `p95` in seconds, and `limited`
    answers of 429, are of the last hour; `breaker` is closed, open or probing; `lag` is how far the oldest of its lists
    is behind; `oldest` how long a report has been queued."""

    facility: Facility
    state: str
    p50: float | None
    p95: float | None
    limited: int
    breaker: str
    lag: timedelta | None
    oldest: timedelta | None
    key_days: int | None
    key_state: str


def roads(facilities: QuerySet[Facility], now: datetime) -> list[Road]:
    found = list(facilities.select_related("location"))
    keys = [str(one.location_id) for one in found]
    breakers = dict(Breaker.objects.filter(service=SERVICE, key__in=keys).values_list("key", "open_until"))
    calls = _calls(keys, now - timedelta(hours=1))
    cursors = _by_facility(Cursor.objects.filter(facility__in=found), Min("until_at"))
    queued = _by_facility(Report.objects.filter(facility__in=found, state=State.QUEUED), Min("created_at"))
    return [
        _road(
            one,
            _breaker(breakers.get(str(one.location_id)), now),
            calls.get(str(one.location_id), (0, None, None)),
            cursors.get(one.pk),
            queued.get(one.pk),
            now,
        )
        for one in found
    ]


def _by_facility(rows: QuerySet, what) -> dict:
    return dict(rows.order_by().values_list("facility").annotate(found=what))


def _calls(keys: list[str], since: datetime) -> dict[str, tuple]:
    with connection.cursor() as cursor:
        cursor.execute(CALLS, [SERVICE, keys, since])
        return {key: figures for key, *figures in cursor.fetchall()}


def _breaker(open_until: datetime | None, now: datetime) -> str:
    return "closed" if open_until is None else "open" if open_until > now else "probing"


def _road(
    one: Facility, breaker: str, calls, until_at: datetime | None, queued: datetime | None, now: datetime
) -> Road:
    state = "away" if one.held_at or breaker == "open" else "none" if one.last_ok_at is None else "up"
    if state == "up" and now - one.last_ok_at > timedelta(minutes=LIMIT):
        state = "late"
    days = (one.key_expires_date - now.date()).days if one.key_expires_date else None
    key = "bad" if days is not None and days < 7 else "warn" if days is not None and days < 30 else ""
    limited, p50, p95 = calls
    return Road(
        facility=one,
        state=state,
        p50=p50,
        p95=p95,
        limited=limited,
        breaker=breaker,
        lag=max(now - until_at, timedelta(0)) if until_at else None,
        oldest=now - queued if queued else None,
        key_days=days,
        key_state="bad" if one.held_at else key,
    )


def metrics(now: datetime | None = None) -> dict:
    """What the status page tells staff, over the present scope."""
    now = now or timezone.now()
    counts = dict(Report.objects.open().order_by().values_list("state").annotate(n=Count("pk")))
    told = Report.objects.aggregate(
        resent=Count("pk", filter=Q(resends__gt=0)), doubled=Count("pk", filter=Q(found__times__gt=1))
    )
    return {
        "open": counts,
        "unclear": counts.get(State.VERIFY, 0) + counts.get(State.REVIEW, 0),
        "verdicts": _verdicts(now - timedelta(hours=24)),
        "roads": roads(Facility.objects.reported(), now),
        **told,
    }


def _verdicts(since: datetime) -> dict[str, int]:
    """What look-ups found since: there, absent, unsure; all others got no answer that says anything."""
    looks = ReportAttempt.objects.filter(purpose=ReportAttempt.Purpose.VERIFY, started_at__gte=since)
    found = dict(looks.order_by().values_list("verdict").annotate(n=Count("pk")))
    plain = {word: found.pop(word, 0) for word in ("there", "absent", "unsure")}
    return plain | {"unanswered": sum(found.values())}
