"""Phases: a pipeline is a list one can read; each line leaves a SyncStep that staff can read.

A run whose worker was killed is taken up again by the next one under its own number: steps are overwritten, the writing phase
is one transaction, so nothing is lost or doubled.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from .errors import LeaseLost, Refused
from .models import RunState, StepState, SyncRun, SyncStep
from .push import push

log = structlog.get_logger(__name__)


class Held(Exception):
    """A phase found something that a person must look at first. Nothing was applied."""


@dataclass(frozen=True)
class Phase:
    """`step(work)` returns `(count, detail)`: how many, and one plain sentence. A `vital` one's failure ends the run."""

    name: str
    step: Callable[[Any], tuple[int, str]]
    vital: bool = True
    when: Callable[[Any], bool] = lambda work: True


@dataclass
class Work:
    """What the phases hand on to each other. Pipelines subclass it."""

    run: SyncRun
    counts: dict = field(default_factory=dict)

    def outcome(self) -> RunState:
        return RunState.COMPLETED


def begin(*, organization_id, location_id, location_name: str, kind: str, trigger: str) -> SyncRun:
    """A new run, or the one whose worker died. Call under the location's lease."""
    left = SyncRun.objects.of(location_id).filter(kind=kind, state=RunState.RUNNING).first()
    if left:
        left.steps.all().delete()
        left.attempt += 1
        left.started_at = timezone.now()
        left.save()
        return left
    return SyncRun.objects.create(
        organization_id=organization_id,
        location_id=location_id,
        location_name=location_name,
        kind=kind,
        trigger=trigger,
        started_at=timezone.now(),
    )


def run(phases: list[Phase], work: Work) -> SyncRun:
    """Walk the phases. Failures end in the run's state and words, never in an exception; a lost lease does raise."""
    with structlog.contextvars.bound_contextvars(run=work.run.pk, location=str(work.run.location_id)):
        state, error = RunState.COMPLETED, ""
        for position, phase in enumerate(phases, 1):
            ended, error = _walk(position, phase, work) if state == RunState.COMPLETED else _skip(position, phase, work)
            if ended in (StepState.HELD, StepState.FAILED) and phase.vital:
                state, work.run.error = RunState(ended), error
        return _end(work, work.outcome() if state == RunState.COMPLETED else state)


def _walk(position: int, phase: Phase, work: Work) -> tuple[StepState, str]:
    if not phase.when(work):
        return _skip(position, phase, work)
    step = _step(position, phase, work, StepState.RUNNING)
    began = time.monotonic()
    try:
        step.count, step.detail = phase.step(work)
        step.state, error = StepState.COMPLETED, ""
    except LeaseLost:
        raise
    except Held as held:
        step.state, error = StepState.HELD, str(held)
    except Refused as refusal:
        step.state, error = StepState.FAILED, refusal.detail
    except Exception as failure:
        log.exception("phase_failed", phase=phase.name)
        step.state, error = StepState.FAILED, _words(failure)
    step.detail = (error or step.detail)[:240]
    step.seconds = round(time.monotonic() - began, 4)
    step.save()
    return StepState(step.state), error


def _skip(position: int, phase: Phase, work: Work) -> tuple[StepState, str]:
    _step(position, phase, work, StepState.SKIPPED)
    return StepState.SKIPPED, ""


def _step(position: int, phase: Phase, work: Work, state: StepState) -> SyncStep:
    return SyncStep.objects.create(
        run=work.run,
        organization_id=work.run.organization_id,
        position=position,
        name=phase.name,
        state=state,
        started_at=timezone.now(),
    )


@transaction.atomic
def _end(work: Work, state: RunState) -> SyncRun:
    run = work.run
    run.state, run.finished_at, run.counts = state, timezone.now(), work.counts
    run.save()
    push(f"runs.{run.organization_id}", "run.ended", run=run.pk, location=str(run.location_id), state=state)
    log.info("run_ended", state=str(state), seconds=run.seconds, **work.counts)
    return run


def _words(failure: Exception) -> str:
    """A gateway's failure speaks for itself; of any other only the kind is told, for its text may hold anything."""
    return getattr(failure, "reason", "") or f"It broke ({type(failure).__name__}); the log has the rest."
