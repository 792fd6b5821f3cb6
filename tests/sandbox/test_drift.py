"""The shelf moves by chance, the same chance for the same seed, and never runs dry."""

from collections import Counter
from datetime import timedelta

import pytest

from apps.sandbox import serve
from apps.sandbox.dutchie import drift

from .conftest import NOW, TOKEN


@pytest.fixture(scope="module")
def story():
    """Three thousand steps: about a day of demo."""
    server = serve(token=TOKEN, frozen_at=NOW, seed=7)
    told = [sentence for _ in range(3000) for sentence in server.step()]
    yield server.world, told
    server.stop()


def steps(seed, count=60):
    server = serve(token=TOKEN, frozen_at=NOW, seed=seed)
    try:
        return [server.step() for _ in range(count)], server.world.dump()
    finally:
        server.stop()


def test_one_seed_tells_one_story_and_another_seed_another():
    assert steps(1) == steps(1)
    assert steps(1)[0] != steps(2)[0]


def test_every_kind_of_movement_happens(story):
    words = ("sold", "costs", "received", "is in quarantine", "is back", "is now called")
    kinds = Counter(word for sentence in story[1] for word in words if f" {word}" in sentence)
    assert set(kinds) == set(words)
    assert kinds["sold"] > kinds["costs"] > kinds["is now called"]


def test_no_quantity_falls_below_zero_and_no_price_runs_away(story):
    absurd = {7300141}  # below zero from the first day on
    for row in story[0].rows("inventory"):
        assert row["quantityAvailable"] >= 0 or row["inventoryId"] in absurd
        first = row.get("_firstPrice", row["unitPrice"])
        assert first * 0.8 <= row["unitPrice"] <= first * 1.2


def test_no_shelf_runs_dry_or_overflows(story):
    world = story[0]
    for store in world.rows("locations"):
        rows = [row for row in world.rows("inventory") if row["_locationId"] == store["locationId"]]
        products = {row["productId"] for row in rows}
        stocked = {row["productId"] for row in rows if row["quantityAvailable"] > 0}
        assert len(stocked) >= 0.8 * len(products)
        assert len(rows) <= 6 * len(products)


def test_what_is_in_quarantine_stays_few(story):
    apart = Counter(row["_locationId"] for row in story[0].rows("inventory") if row["packageStatus"] == "Quarantine")
    assert apart
    assert max(apart.values()) <= drift.APART


def test_a_package_in_quarantine_lies_in_that_room(pos):
    pos.ctl("world", {"inventory": {"7000100": {"packageStatus": "Quarantine"}}})
    row = pos.rows("/reporting/inventory", includeRoomQuantities="true")[0]
    assert [room["room"] for room in row["roomQuantities"]] == ["Quarantine"]


def test_what_is_received_has_a_new_id_a_new_tag_and_time_to_sell(pos):
    world = pos.server.world
    like = world.get("inventory", 7000100)
    before = set(world.ids("inventory"))
    drift.receive(world, pos.server._chance, like)
    (id,) = set(world.ids("inventory")) - before
    fresh = world.get("inventory", id)
    assert len(fresh["packageId"]) == 24
    assert fresh["packageId"] not in {row["packageId"] for row in world.rows("inventory") if row is not fresh}
    assert fresh["expirationDate"] > (NOW + timedelta(days=100)).isoformat()
    assert fresh["quantityAvailable"] % 24 == 0


def test_it_moves_by_itself_only_when_told_to():
    moving = serve(token=TOKEN, drift=True)
    still = serve(token=TOKEN)
    try:
        assert [moving.world.setting("drift"), still.world.setting("drift")] == [True, False]
        assert moving._pause() >= 20
    finally:
        moving.stop()
        still.stop()


def test_the_thread_takes_steps(monkeypatch):
    from apps.sandbox.dutchie import seed

    monkeypatch.setitem(seed.SETTINGS, "driftSeconds", [0.01, 0.02])
    server = serve(token=TOKEN, drift=True)
    try:
        before = server.world.rows("inventory")
        for _ in range(200):
            if server.world.rows("inventory") != before:
                break
            server.stopping.wait(0.02)
        assert server.world.rows("inventory") != before
    finally:
        server.stop()


def test_a_step_can_be_asked_for(pos):
    before = pos.ctl("world").json()["inventory"]
    told = pos.ctl("drift", {}).json()["happened"]
    assert told
    assert pos.ctl("world").json()["inventory"] != before
