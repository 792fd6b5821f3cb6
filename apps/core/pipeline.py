"""Phases: a pipeline is a list one can read; each line leaves a SyncStep that staff can read.

A run whose worker was killed is taken up again by the next one under its own number: its steps are made anew, and the
writing phases share one transaction, so nothing is lost or doubled.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from . import soon, steps
from .errors import LeaseLost, Refused
from .faultpoint import faultpoint
from .models import RunState, StepState, SyncRun, SyncStep
from .push import push

log = structlog.get_logger(__name__)


class Held(Exception):
    """A phase found something that a person must look at first. Nothing was applied."""


@dataclass(frozen=True)
class Phase:
    """`step(work)` returns `(count, detail)`: how many, and one plain sentence. A `vital` one's failure ends the run.
    A `brief` one is over before anybody could look: its step is written with the next one's.

    `joined` lines that stand side by side share one transaction: what is written, told and recorded stands or falls
    together. When they are the last, the run's own end is in it too.
    """

    name: str
    step: Callable[[Any], tuple[int, str]]
    vital: bool = True
    joined: bool = False
    brief: bool = False
    when: Callable[[Any], bool] = lambda work: True


@dataclass
class Work:
    """What the phases hand on to each other. Pipelines subclass it."""

    run: SyncRun
    counts: dict = field(default_factory=dict)
    retry_after: float | None = None  # seconds that a source asked us to wait

    def outcome(self) -> RunState:
        return RunState.COMPLETED

    def undone(self) -> None:
        """The joined phases were rolled back: take back from `counts` what they would have written."""


BEGIN = """
INSERT INTO core_syncrun (organization_id, location_id, location_name, kind, trigger, state, source, attempt, counts,
                          error, started_at, created_at, updated_at)
VALUES (%(organization_id)s, %(location_id)s, %(location_name)s, %(kind)s, %(trigger)s, 'running', '', 1, '{}', '',
        %(started_at)s, %(started_at)s, %(started_at)s)
ON CONFLICT (location_id, kind) WHERE state = 'running' DO UPDATE
SET attempt = core_syncrun.attempt + 1, started_at = excluded.started_at, updated_at = excluded.updated_at
RETURNING id, attempt
"""


def begin(*, organization_id, location_id, location_name: str, kind: str, trigger: str) -> SyncRun:
    """A new run, or the one whose worker died. Call under the location's lease."""
    values = {
        "organization_id": organization_id,
        "location_id": location_id,
        "location_name": location_name,
        "kind": kind,
        "trigger": trigger,
        "started_at": timezone.now(),
    }
    key, attempt = soon.execute(BEGIN, values)
    if attempt > 1:
        left = SyncRun.objects.get(pk=key)
        left.steps.all().delete()
        return left
    made = SyncRun(pk=key, created_at=values["started_at"], **values)
    made._state.adding = False  # it is a row already
    return made


class _Undo(Exception):
    """Rolls back the joined phases before the one that stopped."""


def run(phases: list[Phase], work: Work) -> SyncRun:
    """Walk the phases. Failures end in the run's state and words, never in an exception; a lost lease does raise."""
    with structlog.contextvars.bound_contextvars(run=work.run.pk, location=str(work.run.location_id)):
        todo, done = list(enumerate(phases, 1)), []
        while todo:
            group, todo = _first_group(todo)
            if group[0][1].joined:
                steps.write(done)
                done, stopped = [], _together(group, work, last=not todo)
            else:
                done, stopped = _alone(*group[0], work, done)
            if stopped:
                steps.write(done + [_skip(position, phase, work) for position, phase in todo])
                return _end(work, RunState(stopped.state), stopped.detail)
        steps.write(done)
        return work.run if work.run.finished_at else _end(work, work.outcome())


def _first_group(todo: list[tuple[int, Phase]]) -> tuple[list, list]:
    """The next line, with the joined ones beside it when it is joined."""
    size = 1
    while todo[0][1].joined and size < len(todo) and todo[size][1].joined:
        size += 1
    return todo[:size], todo[size:]


def _alone(position: int, phase: Phase, work: Work, done: list[SyncStep]) -> tuple[list[SyncStep], SyncStep | None]:
    """Walk one phase; its row is there from the start, for those who watch, written with the `done` ones before it.
    Returns what is still to be written, and the step when it ends the run."""
    if not phase.when(work):
        return [*done, _skip(position, phase, work)], None
    step = _new(position, phase, work)
    if not phase.brief:
        steps.write([*done, step])
        done = []
    _walk(step, phase, work)
    return [*done, step], step if _stops(step) and phase.vital else None


def _together(group: list[tuple[int, Phase]], work: Work, *, last: bool) -> SyncStep | None:
    """Walk joined phases in one transaction: all of them, or none and the step that stopped them."""
    walked: list[SyncStep] = []
    try:
        with transaction.atomic():
            for position, phase in group:
                walked.append(_walk(_new(position, phase, work), phase, work))
                if _stops(walked[-1]):
                    raise _Undo
            steps.write(walked)
            if last:
                _end(work, work.outcome())
    except _Undo:
        work.undone()
        steps.write([walked[-1], *(_skip(position, phase, work) for position, phase in group[len(walked) :])])
        return walked[-1]
    return None


def _walk(step: SyncStep, phase: Phase, work: Work) -> SyncStep:
    began = time.monotonic()
    try:
        faultpoint(f"before {phase.name}")
        step.count, detail = phase.step(work)
        faultpoint(f"after {phase.name}")
        step.state = StepState.COMPLETED
    except LeaseLost:
        raise
    except Held as held:
        step.state, detail = StepState.HELD, str(held)
    except Refused as refusal:
        step.state, detail = StepState.FAILED, refusal.detail
    except Exception as failure:
        log.exception("phase_failed", phase=phase.name)
        work.retry_after = getattr(failure, "retry_after", None)
        step.state, detail = StepState.FAILED, _words(failure)
    step.detail = detail[:240]
    step.seconds = round(time.monotonic() - began, 4)
    return step


def _stops(step: SyncStep) -> bool:
    return step.state in (StepState.HELD, StepState.FAILED)


def _skip(position: int, phase: Phase, work: Work) -> SyncStep:
    return _new(position, phase, work, StepState.SKIPPED)


def _new(position: int, phase: Phase, work: Work, state: StepState = StepState.RUNNING) -> SyncStep:
    return SyncStep(
        run=work.run,
        organization_id=work.run.organization_id,
        position=position,
        name=phase.name,
        state=state,
        started_at=timezone.now(),
    )


@transaction.atomic(savepoint=False)
def _end(work: Work, state: RunState, error: str = "") -> SyncRun:
    run = work.run
    run.state, run.error, run.finished_at, run.counts = state, error, timezone.now(), work.counts
    run.save()
    push(f"runs.{run.organization_id}", "run.ended", run=run.pk, location=str(run.location_id), state=state)
    log.info("run_ended", state=str(state), seconds=run.seconds, **work.counts)
    return run


def _words(failure: Exception) -> str:
    """A gateway's failure speaks for itself; of any other only the kind is told, for its text may hold anything."""
    return getattr(failure, "reason", "") or f"It broke ({type(failure).__name__}); the log has the rest."
