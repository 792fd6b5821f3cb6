"""One report, one call: the try is committed before the first byte, the wire is waited on outside any transaction, and
what came of it is written only while the facility's lease still holds."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.compliance import rules
from apps.compliance.models import ErrorRule, Facility, Report, ReportAttempt
from apps.core import soon
from apps.core.faultpoint import faultpoint
from apps.core.locks import Held
from apps.gateways.base import Declined, GatewayError, Unsettled
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import read_refusals

from . import holding, proving, registering
from .letters import LETTERS, Outcome
from .moving import locked, move

State, Verdict = rules.State, rules.Verdict
WORKER = "METRC queue"
PURPOSE = ReportAttempt.Purpose
NO_ENTRY = 401


@dataclass
class Turn:
    """A worker's turn with one facility: its lease, its door, and whether it is worth going on."""

    facility: Facility
    lease: Held
    metrc: Metrc
    go_on: bool = True
    opens: bool = True  # whether the key still opened the facility when it was last refused
    rests: float | None = None  # seconds until it is worth going on, where they were told

    def stop(self) -> None:
        self.go_on = False

    def rest(self, seconds: float) -> None:
        """No calls at this facility for so long."""
        holding.rest(self.facility, seconds)
        self.rests = seconds
        self.stop()


def scaled(seconds: float) -> float:
    return seconds * settings.METRC_TIME_SCALE


def settle_seconds(looks: int = 0) -> float:
    """Until METRC is asked whether it has a report, after so many looks."""
    return rules.settle_after(looks, settle=settings.METRC_SETTLE_SECONDS, scale=settings.METRC_TIME_SCALE)


def send(report_id: int, turn: Turn) -> None:
    """Say it to METRC. Nothing is done where it is no longer the report's turn."""
    attempt = _begin(report_id, turn)
    if attempt is None:
        return
    report = attempt.report
    faultpoint("metrc before send")
    try:
        outcome = LETTERS[report.kind].send(turn.metrc, report)
    except GatewayError as failed:
        _failed(attempt, turn, failed)
    else:
        faultpoint("metrc after send")
        _end(attempt, turn, outcome.verdict, lambda report: taken(report, outcome))


def _failed(attempt: ReportAttempt, turn: Turn, failed: GatewayError) -> None:
    """What it means; whether the key opens at all is asked before anything is locked."""
    verdict = judge(failed, turn.metrc)
    if failed.status == NO_ENTRY:
        turn.opens = holding.opens(turn.facility)
    _end(attempt, turn, verdict, lambda report: failing(report, verdict, failed, turn))


@transaction.atomic
def _begin(report_id: int, turn: Turn) -> ReportAttempt | None:
    turn.lease.still()
    report = locked(report_id, turn.facility)
    if report.state not in (State.QUEUED, State.RETRY_WAIT):
        return None
    report.sends += 1
    move(report, State.SENDING, by=WORKER, may_exist=True, sent_at=timezone.now(), looks=0)
    return new_try(report, PURPOSE.SEND, turn.lease.fence)


def new_try(report: Report, purpose: str, fence: int) -> ReportAttempt:
    """With the report's row locked: tries are numbered without a gap."""
    report.tried += 1
    return ReportAttempt.objects.create(
        organization_id=report.organization_id, report=report, n=report.tried, purpose=purpose, fence=fence
    )


@soon.writing()
def _end(attempt: ReportAttempt, turn: Turn, verdict: str, then: Callable[[Report], None]) -> None:
    """Not waited for until it is on the disk: what a power cut takes back is a report that was being sent, and that is
    looked up."""
    turn.lease.still()
    report = locked(attempt.report_id, turn.facility)
    finish(attempt, turn.metrc, verdict)
    report.verdict = verdict
    then(report)


def finish(attempt: ReportAttempt, metrc: Metrc, verdict: str, **evidence) -> None:
    """What they said, kept with the try."""
    heard = metrc.heard
    attempt.finished_at, attempt.verdict, attempt.evidence = timezone.now(), verdict, evidence
    if heard:
        attempt.status, attempt.answer = heard.status, heard.text.replace("\0", "")
    attempt.save(update_fields=["finished_at", "verdict", "evidence", "status", "answer"])


def taken(report: Report, outcome: Outcome) -> None:
    found = report.found | outcome.found
    told = {"last_error": outcome.said, "may_exist": outcome.may_exist}
    move(report, outcome.state, by=WORKER, found=found, attempts=0, **told)
    registering.follow(report)
    if report.kind == rules.Kind.TRANSFER_VOID and outcome.state == State.CONFIRMED:
        proving.close_voided(report.payload["report"])


def judge(failed: GatewayError, metrc: Metrc) -> Verdict:
    """By the three failures of the door, then by status and words; staff's rules first."""
    text = metrc.heard.text if metrc.heard else failed.reason
    mine = ErrorRule.objects.values_list("status", "pattern", "verdict")
    sent = isinstance(failed, Unsettled)
    verdict = rules.classify(status=failed.status, text=text, sent=sent, rules=mine)
    if verdict == Verdict.UNKNOWN and not isinstance(failed, Declined):
        return Verdict.UNCLEAR if sent else Verdict.NOT_SENT
    return verdict


def failing(report: Report, verdict: Verdict, failed: GatewayError, turn: Turn) -> None:
    """What is done next, by verdict."""
    report.last_error = _words(failed, turn)
    NEXT[verdict](report, failed, turn)


def _words(failed: GatewayError, turn: Turn) -> str:
    """Every message they sent, else ours; long lists of valid values are cut."""
    said = read_refusals(turn.metrc.heard.text) if turn.metrc.heard else ()
    return (" ".join(refusal.text for refusal in said) or failed.reason)[:2000]


def _again_later(report: Report, failed: GatewayError, turn: Turn) -> None:
    """It can't have happened. Held back by our own line, it was no try at all, and others needn't try either."""
    held_back = turn.metrc.line.held_back
    if held_back is not None:
        wait = scaled(held_back)
        turn.rest(wait)
    else:
        report.attempts += 1
        wait = rules.backoff(report.attempts, retry_after=_asked(failed), scale=settings.METRC_TIME_SCALE)
    move(report, State.RETRY_WAIT, by=WORKER, after=wait, may_exist=False)


def _limited(report: Report, failed: GatewayError, turn: Turn) -> None:
    """No try is counted; the whole facility rests."""
    wait = rules.backoff(1, retry_after=_asked(failed) or 1.0, scale=settings.METRC_TIME_SCALE)
    turn.rest(wait)
    move(report, State.RETRY_WAIT, by=WORKER, after=wait, may_exist=False)


def _unclear(report: Report, failed: GatewayError, turn: Turn) -> None:
    move(report, State.VERIFY, by=WORKER, after=settle_seconds(), evidence={})


def _config(report: Report, failed: GatewayError, turn: Turn) -> None:
    """401 has three causes. The first is looked at once more: a key that opens the facility may have been refused in
    passing."""
    seen_before = report.tries.filter(verdict=Verdict.CONFIG).count() > 1
    if failed.status == NO_ENTRY:
        turn.stop()
        if turn.opens and not seen_before:
            wait = rules.backoff(1, scale=settings.METRC_TIME_SCALE)
            move(report, State.RETRY_WAIT, by=WORKER, after=wait, may_exist=False)
            return
        holding.hold(turn.facility, report.last_error, for_key=not turn.opens)
    move(report, State.HELD, by=WORKER, may_exist=False)


def _waits(report: Report, failed: GatewayError, turn: Turn) -> None:
    report.attempts += 1
    wait = scaled(max(600, rules.backoff(report.attempts)))
    move(report, State.RETRY_WAIT, by=WORKER, after=wait, may_exist=False)


def _refused(report: Report, failed: GatewayError, turn: Turn) -> None:
    move(report, State.REJECTED, by=WORKER, may_exist=False)


def _asked(failed: GatewayError) -> float | None:
    return getattr(failed, "retry_after", None)


NEXT: dict[str, Callable[[Report, GatewayError, Turn], None]] = {
    Verdict.NOT_SENT: _again_later,
    Verdict.LIMITED: _limited,
    Verdict.UNCLEAR: _unclear,
    Verdict.CONFIG: _config,
    Verdict.WAITS: _waits,
    Verdict.REFUSED: _refused,
    Verdict.UNKNOWN: _refused,
}
