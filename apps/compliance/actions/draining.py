"""A facility's queue: one worker at a time, report by report, those whose turn it is in their lanes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from uuid import UUID

import structlog
from django.db import connection, transaction

from apps.compliance import rules
from apps.compliance.models import Facility, Report
from apps.core import outbound
from apps.core.errors import LeaseLost
from apps.core.locks import Held, only_one
from apps.gateways.base import Declined, GatewayError
from apps.gateways.metrc.licence import Metrc

from .door import SERVICE, door, lease_name
from .filing import wake
from .holding import hold, rest
from .limits import MANY, Limits
from .looking import look_up
from .moving import locked, move
from .sending import WORKER, Turn, scaled, send, settle_seconds

log = structlog.get_logger(__name__)
State = rules.State
SECONDS = 10.0
LATER = 0.5  # seconds; another worker may just be leaving
ANY = UUID(int=0)  # stands for a facility where a statement is written once for all of them


def drain(*, facility: Facility, seconds: float = SECONDS, most: int = MANY) -> int:
    """Do what is due at this facility until none is left, the time is up or so many calls were made. Returns how many
    reports were taken in hand; 0 where another worker is at it, or it is held or rests."""
    return _drain(facility, Limits.of(seconds=seconds, calls=most))


def take_turn(*, facility: Facility) -> int:
    """As `drain`, where others wait for the same workers."""
    return _drain(facility, Limits.of_a_turn())


def _drain(facility: Facility, limits: Limits) -> int:
    with only_one(lease_name(facility)) as lease:
        done, again = _held(facility, lease, limits) if lease else (0, LATER if _due(facility, 1) else None)
    if again is not None:  # not before the lease is free: who came at once would find it taken, and go
        wake(facility, after=again)
    return done


def _held(facility: Facility, lease: Held, limits: Limits) -> tuple[int, float | None]:
    """How many were taken in hand, and in how many seconds somebody should come again."""
    _take_back(facility, lease)
    free = Facility.objects.filter(Facility.free_now(), pk=facility.pk, is_active=True)
    if not (found := free.values_list("paused_until").first()):
        return 0, None
    try:
        with _turn(facility, lease) as turn:
            if turn is None:
                return 0, None
            if _rested(facility, *found):
                limits = limits.doubled()
            return _work(turn, limits)
    except LeaseLost:
        log.warning("facility_lease_lost", facility=facility.number)
        return 0, None


def _rested(facility: Facility, paused_until: datetime | None) -> bool:
    """Who rested because METRC asked for it missed a turn, and has two at once now."""
    return paused_until is not None and bool(
        Facility.objects.filter(pk=facility.pk, paused_until=paused_until).update(paused_until=None)
    )


@contextmanager
def _turn(facility: Facility, lease: Held) -> Iterator[Turn | None]:
    if not facility.sealed:
        with transaction.atomic():
            hold(facility, "No METRC user key.", for_key=False)
        yield None
        return
    metrc = door(facility)
    try:
        yield Turn(facility, lease, metrc) if _answers(metrc, facility) else None
    finally:
        metrc.close()


def _answers(metrc: Metrc, facility: Facility) -> bool:
    """After an outage the first call is a cheap read (metrc.md §6.6): a report would be unclear again if it failed."""
    if not outbound.in_doubt(service=SERVICE, key=metrc.line.key):
        return True
    try:
        metrc.facilities()
    except Declined:
        return True
    except GatewayError:
        rest(facility, scaled(metrc.line.ask() or 0))
        return False
    return True


def _work(turn: Turn, limits: Limits) -> tuple[int, float | None]:
    done = 0
    while left := limits.left(turn.metrc.line.calls):
        found = _due(turn.facility, min(turn.at_once, left))
        if not found:
            return done, None
        _do(found, turn)
        done += len(found)
        if not turn.go_on:
            return done, turn.rests
    return done, 0


def _do(due: list[tuple[int, str]], turn: Turn) -> None:
    send([pk for pk, state in due if state != State.VERIFY], turn)
    for pk, state in due:
        if state == State.VERIFY and turn.go_on:
            look_up(pk, turn)


def _due(facility: Facility, most: int) -> list[tuple[int, str]]:
    """No two of them share a lane: the later one's turn is not yet."""
    sql, values = _asking_for_due()
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(facility.pk if value == ANY else value for value in values), most])
        return cursor.fetchall()


@cache
def _asking_for_due() -> tuple[str, tuple]:
    """The text of the query: to write it takes longer than to ask it."""
    due = Report.objects.due().first_in_lane().filter(facility=ANY).order_by("pk").values_list("pk", "state")
    sql, values = due.query.sql_with_params()
    return f"{sql} LIMIT %s", values


def _take_back(facility: Facility, lease: Held) -> None:
    """Whoever was sending died or lost the lease: METRC may have it, so it is looked up, never sent again at once."""
    left = Report.objects.filter(facility=facility, state=State.SENDING).values_list("pk", flat=True)
    for pk in list(left):
        with transaction.atomic():
            lease.still()
            report = locked(pk)
            move(report, State.VERIFY, by=WORKER, after=settle_seconds(), why="its worker went away", evidence={})
