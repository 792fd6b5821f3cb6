"""Unclear reports are looked up, never sent on a guess: after the settle time, then twice more (metrc.md §6.5)."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.compliance import rules
from apps.compliance.models import Report
from apps.gateways.base import GatewayError

from . import holding
from .letters import LETTERS, Look, Seen
from .moving import kept, locked, move
from .sending import (
    FINISHED,
    NO_ENTRY,
    PURPOSE,
    WORKER,
    Turn,
    all_taken,
    finished,
    judge,
    new_tries,
    scaled,
    settle_seconds,
)

State, Verdict = rules.State, rules.Verdict
AGREEING = 2  # absent so often before it is sent again: one list may lag
INCONCLUSIVE = 3
RESENDS = 2  # without a person


def look_up(report_id: int, turn: Turn) -> None:
    """Ask METRC whether it has the report, and go by what it says."""
    report = Report.objects.select_related("facility__location").filter(pk=report_id, state=State.VERIFY).first()
    if report is None:
        return
    try:
        look = LETTERS[report.kind].look(turn.metrc, report)
    except GatewayError as failed:
        if failed.status == NO_ENTRY:
            turn.opens = holding.opens(turn.facility)
        _unanswered(report_id, turn, failed)
    else:
        _answered(report_id, turn, look)


@transaction.atomic
def _unanswered(report_id: int, turn: Turn, failed: GatewayError) -> None:
    """A failed read says nothing about the report: it is no look."""
    turn.lease.still()
    report = locked(report_id, turn.facility)
    verdict = judge(failed, turn.metrc)
    _noted(report, turn, verdict, why=failed.reason)
    if failed.status == NO_ENTRY and not turn.opens:
        turn.stop()
        holding.hold(turn.facility, failed.reason, for_key=True)
        move(report, State.HELD, by=WORKER)
        return
    held_back = turn.metrc.line.held_back
    if held_back is not None:
        turn.rest(scaled(held_back))
    wait = rules.backoff(3, retry_after=getattr(failed, "retry_after", None), scale=settings.METRC_TIME_SCALE)
    _wait(report, wait)


@transaction.atomic
def _answered(report_id: int, turn: Turn, look: Look) -> None:
    turn.lease.still()
    report = locked(report_id, turn.facility)
    if report.state != State.VERIFY:
        return
    _noted(report, turn, look.seen, why=look.why, **look.evidence)
    report.looks += 1
    absent = report.evidence.get("absent", 0) + 1 if look.seen == Seen.ABSENT else 0
    report.evidence = {"absent": absent, "why": look.why, "row": look.evidence}
    if look.seen == Seen.THERE and look.outcome:
        all_taken([(report, look.outcome)])
    elif absent >= AGREEING:
        _not_there(report)
    elif report.looks >= INCONCLUSIVE:
        move(report, State.REVIEW, by=WORKER, why=look.why)
    else:
        _wait(report, settle_seconds(report.looks))


def _noted(report: Report, turn: Turn, verdict: str, **evidence) -> None:
    """The look is kept as a try of its own."""
    (attempt,) = new_tries([report], PURPOSE.VERIFY, turn.lease.fence)
    finished(attempt, turn.metrc.heard, verdict, **evidence)
    attempt.save(update_fields=FINISHED)


def _not_there(report: Report) -> None:
    """Sending again is proven safe; but something that vanishes over and over is a person's business."""
    if report.resends >= RESENDS:
        move(report, State.REVIEW, by=WORKER, why=_("Sent three times; METRC shows none of them."))
        return
    why = report.evidence["why"]
    move(report, State.QUEUED, by=WORKER, after=0, may_exist=False, resends=report.resends + 1, looks=0, why=why)


def _wait(report: Report, seconds: float) -> None:
    """Nothing changed but when it is due."""
    report.not_before = Now() + timedelta(seconds=seconds)
    kept(report)
