"""A facility's queue: one worker at a time, report by report, those whose turn it is in their lanes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import transaction

from apps.compliance import rules
from apps.compliance.models import Facility, Report
from apps.core.errors import LeaseLost
from apps.core.locks import Held, only_one

from .door import door
from .filing import wake
from .holding import hold
from .looking import look_up
from .moving import locked, move
from .sending import WORKER, Turn, send, settle_seconds

log = structlog.get_logger(__name__)
State = rules.State
SECONDS = 10.0
AT_ONCE = 20


def lease_name(facility: Facility) -> str:
    return f"metrc:{facility.pk}"


def drain(*, facility: Facility, seconds: float = SECONDS) -> int:
    """Do what is due at this facility until none is left or the time is up; then another facility has its turn.
    Returns how many reports were taken in hand; 0 where another worker is at it, or it is held or rests."""
    with only_one(lease_name(facility)) as lease:
        if lease is None:
            return 0
        _take_back(facility, lease)
        if not Facility.objects.filter(Facility.free_now(), pk=facility.pk, is_active=True).exists():
            return 0
        try:
            with _turn(facility, lease) as turn:
                return _work(turn, until=time.monotonic() + seconds) if turn else 0
        except LeaseLost:
            log.warning("facility_lease_lost", facility=facility.number)
            return 0


@contextmanager
def _turn(facility: Facility, lease: Held) -> Iterator[Turn | None]:
    if not facility.sealed:
        with transaction.atomic():
            hold(facility, "No METRC user key.", for_key=False)
        yield None
        return
    metrc = door(facility)
    try:
        yield Turn(facility, lease, metrc)
    finally:
        metrc.close()


def _work(turn: Turn, *, until: float) -> int:
    done = 0
    while found := _due(turn.facility):
        for pk, state in found:
            (look_up if state == State.VERIFY else send)(pk, turn)
            done += 1
            if not turn.go_on:
                return done
            if time.monotonic() > until:
                wake(turn.facility)
                return done
    return done


def _due(facility: Facility) -> list[tuple[int, str]]:
    """No two of them share a lane: the later one's turn is not yet."""
    due = Report.objects.due().first_in_lane().filter(facility=facility).order_by("pk")
    return list(due.values_list("pk", "state")[:AT_ONCE])


def _take_back(facility: Facility, lease: Held) -> None:
    """Whoever was sending died or lost the lease: METRC may have it, so it is looked up, never sent again at once."""
    left = Report.objects.filter(facility=facility, state=State.SENDING).values_list("pk", flat=True)
    for pk in list(left):
        with transaction.atomic():
            lease.still()
            report = locked(pk)
            move(report, State.VERIFY, by=WORKER, after=settle_seconds(), why="its worker went away", evidence={})
