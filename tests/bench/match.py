"""The name matcher: how right it is on Abt-Buy and on generated menus, and how fast beside rapidfuzz over all pairs."""

import csv
from dataclasses import replace
from functools import partial
from itertools import islice, product
from pathlib import Path
from random import Random
from string import ascii_lowercase

from rapidfuzz import fuzz, process

from apps.catalog.matching import Item, Names, match_lists
from apps.catalog.matching.rows import read_rows
from reup.bench.bench import Bench
from reup.local.places import ROOT
from tests.catalog.matching import made

ABT_BUY = ROOT.parent / "shared" / "data" / "matching" / "abt_buy"
SEEDS = (11, 12, 13)  # none of those the tests use
PEER = "token_set_ratio over all pairs"
SLOW = 20  # names for the peer, whose speed does not lean on how many are asked


def run(bench: Bench) -> None:
    if ABT_BUY.is_dir():
        _abt_buy(bench)
    else:
        bench.note("Abt-Buy is left out: shared/data/matching/abt_buy is not beside this checkout.")
    _menus(bench)
    _speed_of_lists(bench)
    _speed_of_a_catalogue(bench)


def _abt_buy(bench: Bench) -> None:
    left, right = (read_rows(Path(ABT_BUY / f"{name}.csv").read_bytes(), name) for name in ("left", "right"))
    with (ABT_BUY / "gold.csv").open() as lines:
        gold = {(row["left_id"], row["right_id"]) for row in csv.DictReader(lines)}
    pairs = match_lists(left, right)
    written = {(pair.left_id, pair.right_id) for pair in pairs}
    precision, recall = _band(pairs, gold)
    f1 = 2 * len(written & gold) / (len(written) + len(gold))
    bench.goal("Abt-Buy, F1 of all pairs written", f1, at_least=0.94, reach=0.96)
    bench.goal("Abt-Buy, precision of the automatic band", precision, at_least=0.985, reach=0.99)
    bench.goal("Abt-Buy, recall of the automatic band", recall, at_least=0.85, reach=0.90)


def _menus(bench: Bench) -> None:
    """Generated menus beside their catalogues; the worst of them counts."""
    families = 150 if bench.quick else 700
    crossed, precisions, recalls = 0, [], []
    for seed in SEEDS:
        lists, things = made.cannabis(seed, families), made.things(Random(seed), families)
        pairs = [pair for pair in match_lists(lists.left, lists.right) if pair.band == "auto"]
        crossed += sum(_sold(things, pair.left_id) != _sold(things, pair.right_id) for pair in pairs)
        precision, recall = _band(pairs, lists.gold)
        precisions.append(precision)
        recalls.append(recall)
    bench.goal("generated menus, automatic links across weights or counts", crossed, at_most=0, reach=0)
    bench.goal("generated menus, precision of the automatic band", min(precisions), at_least=0.995, reach=0.999)
    bench.goal("generated menus, recall of the automatic band", min(recalls), at_least=0.85, reach=0.92)


def _sold(things: list[made.Thing], row: str) -> tuple[str, int]:
    """Weight and count, as the row was made."""
    thing = things[int(row[1:])]
    return thing.size, thing.count


def _band(pairs: list, gold: set) -> tuple[float, float]:
    auto = {(pair.left_id, pair.right_id) for pair in pairs if pair.band == "auto"}
    return len(auto & gold) / max(1, len(auto)), len(auto & gold) / len(gold)


def _speed_of_lists(bench: Bench) -> None:
    size = 3_000 if bench.quick else 22_000
    catalogue = list(islice(_catalogue(), size))
    asked = _menu(catalogue, 300 if bench.quick else 2_500, branded=False)
    names = [item.name for item in catalogue]

    def ours() -> int:
        match_lists(asked, catalogue)
        return len(asked)

    result = bench.case(
        name="two lists, brands unknown",
        size=f"{len(asked):,} × {size:,}",
        unit="names/s",
        reup=ours,
        peers={PEER: partial(_all_pairs, asked[:SLOW], names)},
        share=0.4,
    )
    if not bench.quick:  # the more candidates, the further all pairs fall behind
        bench.goal(f"names a second among {size:,} candidates", result.times(PEER), at_least=20, reach=60)


def _speed_of_a_catalogue(bench: Bench) -> None:
    size = 20_000 if bench.quick else 1_000_000
    catalogue = list(islice(_catalogue(), size))
    asked = _menu(catalogue, 1_000, branded=True)
    known, names = Names(catalogue), [item.name for item in catalogue]

    def ours() -> int:
        known.best(asked)
        return len(asked)

    result = bench.case(
        name="a catalogue asked by name, brand known",
        size=f"1,000 of {size:,}",
        unit="names/s",
        reup=ours,
        peers={PEER: partial(_all_pairs, asked[:3], names)},
    )
    if not bench.quick:
        bench.goal(f"names a second in a catalogue of {size:,}", result.times(PEER), at_least=1_000, reach=3_000)


def _all_pairs(asked: list[Item], names: list[str]) -> int:
    for item in asked:
        process.extractOne(item.name, names, scorer=fuzz.token_set_ratio)
    return len(asked)


def _catalogue():
    """Things by the thousand, made by ever more houses: the same brands under other surnames."""
    things = made.things(Random(1), 1_000)
    for house in product(ascii_lowercase, repeat=3):
        for number, thing in enumerate(things):
            brand = f"{thing.brand} {''.join(house).title()}"
            yield Item(id=f"{number}-{brand}", name=replace(thing, brand=brand).plain(), brand=brand)


def _menu(catalogue: list[Item], count: int, *, branded: bool) -> list[Item]:
    """So many of the catalogue's names as a menu writes them: letters transposed, brackets gone."""
    random = Random(2)
    chosen = random.sample(catalogue, count)
    names = (item.name.replace("(", "").replace(")", "").replace(" - ", random.choice([" | ", " "])) for item in chosen)
    return [
        Item(id=str(number), name=made.noise.slips(random, name, 0.25), brand=item.brand if branded else "")
        for number, (name, item) in enumerate(zip(names, chosen, strict=True))
    ]
