"""One report, one call: the tries of a moment are committed before the first byte, the wire is waited on outside any
transaction, and what came of them is written only while the facility's lease still holds."""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.compliance import rules
from apps.compliance.models import ErrorRule, Facility, Report, ReportAttempt
from apps.core import jobs, many, soon
from apps.core.faultpoint import faultpoint
from apps.core.locks import Held
from apps.gateways.base import Declined, GatewayError, Unsettled
from apps.gateways.metrc.client import Heard
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import read_refusals

from . import holding, proving, registering
from .letters import LETTERS, Outcome
from .moving import locked_all, move, move_all

State, Verdict = rules.State, rules.Verdict
WORKER = "METRC queue"
PURPOSE = ReportAttempt.Purpose
NO_ENTRY = 401
FINISHED = ("finished_at", "verdict", "evidence", "status", "answer")  # of a try
AT_ONCE_SECONDS = 0.5  # between the commit of a try and its call, at most


@dataclass
class Turn:
    """A worker's turn with one facility: its lease, its door, and whether it is worth going on."""

    facility: Facility
    lease: Held
    metrc: Metrc
    go_on: bool = True
    opens: bool = True  # whether the key still opened the facility when it was last refused
    rests: float | None = None  # seconds until it is worth going on, where they were told
    at_once: ClassVar[int] = 1  # so many reports are begun together, as this process has found worth while

    def stop(self) -> None:
        self.go_on = False

    def took(self, calls: int, seconds: float) -> None:
        """Next time as many at once as are said in half of the time they have, but no more than twice as many: one
        lucky moment says little."""
        Turn.at_once = min(2 * calls, jobs.fitting(calls, seconds, within=AT_ONCE_SECONDS / 2))

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


@dataclass(frozen=True)
class Said:
    """A try that is over, and what its report's row is to be told: `then` is called with the row locked."""

    attempt: ReportAttempt
    verdict: str
    heard: Heard | None = None
    outcome: Outcome | None = None
    then: Callable[[Report], None] | None = None


def send(report_ids: Sequence[int], turn: Turn) -> None:
    """Say them to METRC, one call after the other. Nothing is done with those whose turn it is no longer.

    Their tries are committed together before the first byte, and what came of them is written together: so many as take
    a moment. What has not left within that moment goes back to wait."""
    waiting, begun = deque(_begin(report_ids, turn)), monotonic()
    until = begun + AT_ONCE_SECONDS
    while waiting and turn.go_on and monotonic() < until:
        said = [_say(waiting.popleft(), turn)]
        while waiting and said[-1].outcome and monotonic() < until:
            said.append(_say(waiting.popleft(), turn))
        turn.took(len(said), monotonic() - begun)
        _end(said, turn)
    _put_back(waiting, turn)


def _say(attempt: ReportAttempt, turn: Turn) -> Said:
    report = attempt.report
    faultpoint("metrc before send")
    try:
        outcome = LETTERS[report.kind].send(turn.metrc, report)
    except GatewayError as failed:
        return _failed(attempt, turn, failed)
    faultpoint("metrc after send")
    return Said(attempt, outcome.verdict, turn.metrc.heard, outcome)


def _failed(attempt: ReportAttempt, turn: Turn, failed: GatewayError) -> Said:
    """What it means; whether the key opens at all is asked before anything is locked."""
    verdict = judge(failed, turn.metrc)
    heard = turn.metrc.heard
    if failed.status == NO_ENTRY:
        turn.opens = holding.opens(turn.facility)
    return Said(attempt, verdict, heard, then=lambda report: failing(report, verdict, failed, turn))


@transaction.atomic
def _begin(report_ids: Sequence[int], turn: Turn) -> list[ReportAttempt]:
    if not report_ids:
        return []
    turn.lease.still()
    reports = [one for one in locked_all(report_ids, turn.facility) if one.state in (State.QUEUED, State.RETRY_WAIT)]
    for report in reports:
        report.sends += 1
    move_all(reports, State.SENDING, by=WORKER, may_exist=True, sent_at=timezone.now(), looks=0)
    return new_tries(reports, PURPOSE.SEND, turn.lease.fence)


def new_tries(reports: Sequence[Report], purpose: str, fence: int) -> list[ReportAttempt]:
    """With the reports' rows locked: tries are numbered without a gap."""
    for report in reports:
        report.tried += 1
    return ReportAttempt.objects.bulk_create(
        ReportAttempt(
            organization_id=report.organization_id, report=report, n=report.tried, purpose=purpose, fence=fence
        )
        for report in reports
    )


@soon.writing()
def _end(said: Sequence[Said], turn: Turn) -> None:
    """Not waited for until it is on the disk: what a power cut takes back is a report that was being sent, and that is
    looked up."""
    turn.lease.still()
    reports = {report.pk: report for report in locked_all([one.attempt.report_id for one in said], turn.facility)}
    for one in said:
        finished(one.attempt, one.heard, one.verdict)
        reports[one.attempt.report_id].verdict = one.verdict
    many.update([one.attempt for one in said], *FINISHED)
    all_taken([(reports[one.attempt.report_id], one.outcome) for one in said if one.outcome])
    for one in said:
        if one.then:
            one.then(reports[one.attempt.report_id])


@soon.writing()
def _put_back(waiting: Sequence[ReportAttempt], turn: Turn) -> None:
    """Nothing of them has left."""
    if not waiting:
        return
    turn.lease.still()
    for attempt in waiting:
        finished(attempt, None, Verdict.NOT_SENT)
    many.update(list(waiting), *FINISHED)
    reports = locked_all([attempt.report_id for attempt in waiting], turn.facility)
    for report in reports:
        report.sends -= 1
    move_all(reports, State.RETRY_WAIT, by=WORKER, may_exist=False)


def finished(attempt: ReportAttempt, heard: Heard | None, verdict: str, **evidence) -> None:
    """What they said, for keeping with the try."""
    attempt.finished_at, attempt.verdict, attempt.evidence = timezone.now(), verdict, evidence
    if heard:
        attempt.status, attempt.answer = heard.status, heard.text.replace("\0", "")


def all_taken(taken: Sequence[tuple[Report, Outcome]]) -> None:
    """METRC has them. In the caller's transaction, with the rows locked."""
    states: dict[str, list[Report]] = defaultdict(list)
    for report, outcome in taken:
        report.found = report.found | outcome.found  # another one, so that it is seen to have changed
        report.last_error, report.may_exist, report.attempts = outcome.said, outcome.may_exist, 0
        states[outcome.state].append(report)
    for state, reports in states.items():
        move_all(reports, state, by=WORKER)
    for report, outcome in taken:
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
