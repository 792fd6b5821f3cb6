"""A pipeline is a list one can read: each line leaves a step, joined lines stand or fall together."""

import pytest

from apps.core import pipeline
from apps.core.errors import LeaseLost, Refused
from apps.core.models import RunState, StreamEvent, SyncRun, SyncStep
from apps.core.pipeline import Held, Phase, Work
from apps.core.scope import everyone
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_scope(db):
    with everyone("test"):
        yield


def begin(place) -> SyncRun:
    return pipeline.begin(
        organization_id=place.organization_id,
        location_id=place.pk,
        location_name=place.name,
        kind="inventory",
        trigger="test",
    )


def walk(place, *phases: Phase) -> SyncRun:
    pipeline.run(list(phases), Work(begin(place)))
    return SyncRun.objects.newest_first().first()


def steps(run) -> list[tuple[str, str]]:
    return list(run.steps.values_list("name", "state"))


def phase(name: str, raises: Exception | None = None, **how) -> Phase:
    """Makes a product of its name, then ends well or as told."""

    def step(work):
        make.product(organization=make.organization(), name=name)
        if raises:
            raise raises
        return 1, f"Did {name}."

    return Phase(name, step, **how)


def made() -> set[str]:
    from apps.catalog.models import Product

    return set(Product.objects.values_list("name", flat=True))


def test_each_line_leaves_a_step_with_count_words_and_seconds(cast):
    run = walk(cast.place, phase("fetch"), phase("log"))

    assert (run.state, run.error, steps(run)) == ("completed", "", [("fetch", "completed"), ("log", "completed")])
    first = run.steps.first()
    assert (first.count, first.detail, first.organization_id) == (1, "Did fetch.", cast.wholesaler.pk)
    assert 0 <= first.seconds < 5
    assert run.finished_at >= run.started_at


def test_the_end_of_a_run_is_told_to_its_organization(cast):
    run = walk(cast.place, phase("fetch"))

    event = StreamEvent.objects.get(topic=f"runs.{cast.wholesaler.pk}")
    assert (event.type, event.data) == (
        "run.ended",
        {"run": run.pk, "location": str(cast.place.pk), "state": "completed"},
    )


def test_a_vital_phase_that_fails_ends_the_run_in_words_and_skips_the_rest(cast):
    run = walk(cast.place, phase("fetch", Refused("The key is not known.")), phase("log"))

    assert (run.state, run.error) == ("failed", "The key is not known.")
    assert steps(run) == [("fetch", "failed"), ("log", "skipped")]


def test_a_phase_that_is_not_vital_fails_alone(cast):
    run = walk(cast.place, phase("enrich", Refused("No answer."), vital=False), phase("log"))

    assert (run.state, steps(run)) == ("completed", [("enrich", "failed"), ("log", "completed")])


def test_a_held_phase_holds_the_run(cast):
    run = walk(cast.place, phase("compare", Held("9 of 10 rows are gone.")), phase("update"))

    assert (run.state, run.error) == ("held", "9 of 10 rows are gone.")
    assert steps(run) == [("compare", "held"), ("update", "skipped")]


def test_a_phase_that_is_not_wanted_is_skipped_and_the_run_goes_on(cast):
    run = walk(cast.place, phase("odoo", when=lambda work: False), phase("log"))

    assert (run.state, steps(run)) == ("completed", [("odoo", "skipped"), ("log", "completed")])


def test_a_crash_tells_its_kind_and_not_its_text(cast):
    run = walk(cast.place, phase("fetch", ValueError("the key is 4f1c")))

    assert run.state == "failed"
    assert "ValueError" in run.error
    assert "4f1c" not in run.error


def test_joined_phases_are_undone_together_when_one_fails(cast):
    run = walk(
        cast.place,
        phase("fetch"),
        phase("update", joined=True),
        phase("notify", Refused("No."), joined=True),
        phase("log", joined=True),
    )

    assert run.state == "failed"
    assert [state for _, state in steps(run)][0] == "completed"
    assert dict(steps(run))["notify"] == "failed"
    assert dict(steps(run))["log"] == "skipped"
    assert made() == {"fetch"}
    assert SyncStep.objects.filter(run=run, state="running").count() == 0


def test_joined_phases_and_the_runs_end_are_there_together(cast):
    run = walk(cast.place, phase("update", joined=True), phase("log", joined=True))

    assert (run.state, steps(run)) == ("completed", [("update", "completed"), ("log", "completed")])
    assert made() == {"update", "log"}


def test_a_lost_lease_raises_and_the_run_is_left_to_who_has_it(cast):
    with pytest.raises(LeaseLost):
        walk(cast.place, phase("fetch"), phase("update", LeaseLost("taken over"), joined=True))

    run = SyncRun.objects.get()
    assert run.state == RunState.RUNNING
    assert made() == {"fetch"}


def test_a_killed_run_is_taken_up_under_its_own_number(cast):
    killed = begin(cast.place)
    SyncStep.objects.create(
        run=killed,
        organization_id=killed.organization_id,
        position=1,
        name="fetch",
        state="running",
        started_at=killed.started_at,
    )

    run = walk(cast.place, phase("fetch"), phase("log"))

    assert (run.pk, run.attempt, run.state) == (killed.pk, 2, "completed")
    assert steps(run) == [("fetch", "completed"), ("log", "completed")]
    assert walk(cast.place, phase("fetch")).pk != killed.pk


def test_runs_of_two_kinds_or_places_do_not_stand_in_for_each_other(cast):
    other = make.location(organization=cast.wholesaler)

    assert len({begin(cast.place).pk, begin(other).pk, begin(cast.place).pk}) == 2
