"""Held snapshots: what holds one, what a release lets through and what not, and rows that people decide about."""

from decimal import Decimal

import pytest

from apps.catalog import actions
from apps.catalog.models import HeldSnapshot, QuarantinedRow, StockItem
from apps.catalog.sync.guard import Figures, suspicions
from apps.core.errors import Refused
from apps.core.models import AuditEntry, Job
from tests import make
from tests.catalog.test_sync import package, pull, seller_scope, written  # noqa: F401

SHELF = Figures(frozenset(range(100)), Decimal(1000), Decimal(20))


def kinds(answer: Figures, rows: int = 100, known: Figures = SHELF) -> list[str]:
    return [kind for kind, _text in suspicions(known, answer, rows)]


@pytest.mark.parametrize(
    ("answer", "rows", "held"),
    [
        (SHELF, 100, []),
        (Figures(frozenset(range(80)), Decimal(1000), Decimal(20)), 80, []),
        (Figures(frozenset(range(79)), Decimal(1000), Decimal(20)), 79, ["gone"]),
        (Figures(frozenset(), Decimal(0), None), 0, ["gone", "stock"]),
        (Figures(SHELF.packages, Decimal(500), Decimal(20)), 100, []),
        (Figures(SHELF.packages, Decimal("499.9"), Decimal(20)), 100, ["stock"]),
        (Figures(SHELF.packages, Decimal(9000), Decimal(26)), 100, []),
        (Figures(SHELF.packages, Decimal(1000), Decimal("26.01")), 100, ["price"]),
        (Figures(SHELF.packages, Decimal(1000), Decimal("13.99")), 100, ["price"]),
        (Figures(SHELF.packages, Decimal(1000), Decimal(20), bad=19), 100, []),
        (Figures(SHELF.packages, Decimal(1000), Decimal(20), bad=20), 400, []),
        (Figures(SHELF.packages, Decimal(1000), Decimal(20), bad=20), 399, ["bad"]),
    ],
)
def test_each_limit_holds_just_beyond_and_not_at_itself(answer, rows, held):
    assert kinds(answer, rows) == held


def test_a_shelf_of_few_packages_holds_only_an_empty_answer():
    few = Figures(frozenset([1, 2]), Decimal(10), Decimal(5))

    assert kinds(Figures(frozenset([1]), Decimal(1), Decimal(50)), 1, few) == []
    assert kinds(Figures(frozenset(), Decimal(0), None), 0, few) == ["gone"]


def test_a_release_lets_the_same_through_and_not_what_is_suspicious_in_another_way():
    held = Figures(frozenset(range(50)), Decimal(500), Decimal(20))

    assert kinds(held, 50, held) == []
    assert kinds(Figures(frozenset(range(45)), Decimal(450), Decimal(21)), 45, held) == []
    assert kinds(SHELF, 100, held) == []
    assert kinds(Figures(frozenset(range(50, 100)), Decimal(500), Decimal(20)), 50, held) == ["gone"]
    assert kinds(Figures(held.packages, Decimal(500), Decimal(40)), 50, held) == ["price"]
    assert kinds(Figures(frozenset(), Decimal(0), None), 0, held) == ["gone", "stock"]


@pytest.fixture
def held(pull, seller_scope, world):  # noqa: F811
    """A run that is held for half a list; the list is whole again after it."""
    pull()
    world.world.weather.add([{"path": "/reporting/inventory", "fault": "half_list", "times": 1}])
    return pull()


def test_a_held_run_keeps_what_would_change_and_waits_for_a_person(held):
    kept = HeldSnapshot.objects.get(run=held)

    assert (kept.state, [reason["kind"] for reason in kept.reasons][0]) == ("open", "gone")
    assert kept.counts["gone"] + len(kept.told) == StockItem.objects.count()
    assert 0 < len(kept.differences["gone"]) <= 50


def test_a_release_is_an_owners_act_with_a_reason_once(held, cast):
    staff = make.user(email="helper@northlight.test", at=cast.wholesaler, role="staff")

    with pytest.raises(Refused, match="Only an owner"):
        actions.release(run=held, by=staff, reason="Because.")
    with pytest.raises(Refused, match="Say why"):
        actions.release(run=held, by=cast.seller, reason="  ")
    kept = actions.release(run=held, by=cast.seller, reason="Half went to Lansing.")
    assert Job.objects.get(name="catalog.sync_inventory").kwargs["release"] == kept.pk
    assert AuditEntry.objects.get(action="snapshot.released").data["why"] == "Half went to Lansing."
    with pytest.raises(Refused, match=f"{cast.seller.email} released it at"):
        actions.release(run=held, by=cast.seller, reason="Again.")


def test_a_released_snapshot_is_applied_by_the_next_worker(held, cast, world, run_jobs):
    world.world.weather.add([{"path": "/reporting/inventory", "fault": "half_list", "times": 1}])
    gone = HeldSnapshot.objects.get().counts["gone"]
    actions.release(run=held, by=cast.seller, reason="Half went to Lansing.")
    run_jobs()

    assert StockItem.objects.exclude(gone_at=None).count() == gone
    assert AuditEntry.objects.filter(action="inventory.synced").latest("n").data["released_by"] == cast.seller.email


def test_a_released_snapshot_does_not_let_an_empty_answer_through(held, cast, pull, world):  # noqa: F811
    kept = actions.release(run=held, by=cast.seller, reason="Half went to Lansing.")
    world.world.weather.add([{"path": "/reporting/inventory", "fault": "200_empty_list", "times": 1}])

    again = pull(release=kept)

    assert again.state == "held"
    assert not StockItem.objects.exclude(gone_at=None).exists()


def test_a_discarded_snapshot_waits_no_more_and_applies_nothing(held, cast):
    before = written()
    actions.discard(run=held, by=cast.seller)

    assert not HeldSnapshot.objects.open().exists()
    assert written() == before
    with pytest.raises(Refused, match="discarded it at"):
        actions.release(run=held, by=cast.seller, reason="After all.")


def test_a_good_run_takes_the_place_of_a_held_snapshot(held, cast, pull):  # noqa: F811
    assert pull().state == "completed"

    assert HeldSnapshot.objects.get().state == "passed"
    with pytest.raises(Refused, match="A later run took the place"):
        actions.release(run=held, by=cast.seller, reason="Too late.")


def test_many_bad_rows_hold_the_run_and_are_kept_to_be_read(pull, seller_scope, world):  # noqa: F811
    pull()
    before = written()
    for id_ in list(world.world.dump()["inventory"])[:60]:
        world.world.change("inventory", id_, unitPrice=-4)

    run = pull()

    assert (run.state, HeldSnapshot.objects.get().reasons[0]["kind"]) == ("held", "bad")
    assert written() == before
    assert run.quarantined.count() == HeldSnapshot.objects.get().bad >= 20


def test_ignored_rows_count_toward_no_budget(pull, seller_scope, world, cast):  # noqa: F811
    pull()
    for id_ in list(world.world.dump()["inventory"])[:60]:
        world.world.change("inventory", id_, unitPrice=-4)
    pull()
    for row in QuarantinedRow.objects.all():
        actions.ignore(row=row, by=cast.seller, reason="Samples have no price.")

    assert pull().state == "completed_with_quarantine"


def test_a_row_is_ignored_with_a_reason_and_opened_again(pull, seller_scope, world, cast):  # noqa: F811
    pull()
    world.world.change("inventory", package(world)["id"], unitPrice=-4)
    pull()
    row = QuarantinedRow.objects.get()

    with pytest.raises(Refused, match="Say why"):
        actions.ignore(row=row, by=cast.seller, reason="")
    assert actions.ignore(row=row, by=cast.seller, reason="A sample.").decided_by == cast.seller.email
    with pytest.raises(Refused, match="not open: ignored"):
        actions.ignore(row=row, by=cast.seller, reason="Twice.")
    pull()
    row.refresh_from_db()
    assert (row.state, row.times_seen) == ("ignored", 2)
    assert actions.reopen(row=row, by=cast.seller).state == "open"


def test_a_replay_reads_the_store_again_and_closes_what_came_right(pull, seller_scope, world, cast, run_jobs):  # noqa: F811
    pull()
    told = package(world)
    world.world.change("inventory", told["id"], unitPrice=-4)
    made = pull()
    made.__class__.objects.update(started_at="2026-01-01T00:00:00Z")
    row = QuarantinedRow.objects.get()
    world.world.change("inventory", told["id"], unitPrice=33)

    asked = actions.replay(location=cast.place, rows=[row], by=cast.seller)
    run_jobs()

    row.refresh_from_db()
    assert (asked.joined, row.state) == (False, "fixed")
    assert StockItem.objects.get(inventory_id=told["id"]).price == 33
    assert AuditEntry.objects.get(action="quarantine.replayed").data["rows"] == [row.pk]
