"""The first day at METRC agrees with the first day at Dutchie."""

import json
from pathlib import Path

import apps.sandbox
from apps.sandbox import serve

from .conftest import EASTOWN, HOLLAND, LANSING, NOW, TOKEN

SEEDS = Path(apps.sandbox.__file__).parent / "seeds"


def test_every_tag_on_a_shelf_of_dutchies_is_a_package_at_that_stores_licence_with_that_quantity(metrc):
    pos = json.loads((SEEDS / "dutchie.json").read_text(encoding="utf-8"))
    licences = {store["locationId"]: store["licenseNumber"] for store in pos["locations"].values()}
    shelf = {
        (licences[row["_locationId"]], row["externalPackageId"]): row["quantityAvailable"]
        for row in pos["inventory"].values()
        if row.get("externalPackageId")
    }
    world = metrc.ctl("world").json()
    book = {(row["_facility"], row["Label"]): row["Quantity"] for row in world["packages"].values()}
    assert {HOLLAND, LANSING, EASTOWN, "AU-P-000777"} == {licence for licence, _ in shelf}
    assert shelf.items() <= book.items()


def test_every_tag_has_24_characters_and_is_one_package_a_licence(metrc):
    world = metrc.ctl("world").json()
    tags = [row["Label"] for kind in ("packages", "tags") for row in world[kind].values()]
    assert {len(tag) for tag in tags} == {24}
    assert len(tags) == len(set(tags))
    assert all(tag.isalnum() and tag.isupper() for tag in tags)


def test_every_key_and_person_belongs_to_a_licence_that_is_there(metrc):
    world = metrc.ctl("world").json()
    known = set(world["facilities"])
    for kind in ("employees", "drivers", "vehicles", "locations", "sublocations", "items", "packages", "tags"):
        assert {row["_facility"] for row in world[kind].values()} <= known, kind
    assert {licence for row in world["userKeys"].values() for licence in row["facilities"]} <= known
    assert {
        row["_state"] for kind in ("facilities", "reasons", "transferTypes") for row in world[kind].values()
    } <= set(world["states"])


def test_dates_move_with_the_day_it_is_started():
    server = serve(emulator="metrc", token=TOKEN, frozen_at=NOW.replace(year=2027))
    try:
        rows = server.world.rows("packages")
        assert max(row["LastModified"] for row in rows).startswith("2027-11-1")
    finally:
        server.stop()
