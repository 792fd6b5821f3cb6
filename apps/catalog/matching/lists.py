"""Two lists in, pairs out, one to one: exact keys first, then names."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from .assign import Scores
from .bands import Standing, band
from .brands import Brands
from .candidates import candidates
from .explain import why
from .keys import keyed
from .likeness import compare
from .rarity import Rarity
from .said import Item, Said, hear
from .score import score
from .text import fold


@dataclass(frozen=True, slots=True)
class Pair:
    """One row of each list. `score` 0 to 100; `tier` sku, upc or name; `band` auto or review; `why` in words."""

    left_id: str
    right_id: str
    score: Decimal
    tier: str
    band: str
    why: str


def match_lists(left: list[Item], right: list[Item]) -> list[Pair]:
    """The pairs of two product lists, one to one, best first. The same pairs whichever list comes first."""
    mine, theirs, rarity = heard(left, right)
    pairs = [Pair(one.item.id, other.item.id, *told) for one, other, *told in keyed(mine, theirs, rarity)]
    taken, gone = {pair.left_id for pair in pairs}, {pair.right_id for pair in pairs}
    mine = [row for row in mine if row.item.id not in taken]
    theirs = [row for row in theirs if row.item.id not in gone]
    if mine and theirs:
        pairs += _by_name(mine, theirs, rarity)
    return sorted(pairs, key=lambda pair: (-pair.score, pair.left_id, pair.right_id))


def heard(left: list[Item], right: list[Item]) -> tuple[list[Said], list[Said], Rarity]:
    brands = Brands()
    brands.learn((row.brand for row in (*left, *right)), (fold(row.name) for row in (*left, *right)))
    mine, theirs = [hear(row, brands) for row in left], [hear(row, brands) for row in right]
    return mine, theirs, Rarity((*mine, *theirs))


def _by_name(mine: list[Said], theirs: list[Said], rarity: Rarity) -> list[Pair]:
    rows, columns, cosines = candidates(mine, theirs)
    likely = zip(rows.tolist(), columns.tolist(), cosines.tolist(), strict=True)
    found = [compare(mine[row], theirs[column], cosine, rarity) for row, column, cosine in likely]
    scores = Scores(rows, columns, np.array([score(one) for one in found]), (len(mine), len(theirs)))
    chosen, called = scores.pairs(), _brands_by_name((*mine, *theirs))
    pairs = []
    for at, standing in zip(chosen.tolist(), scores.standings(chosen), strict=True):
        one, other = mine[rows[at]], theirs[columns[at]]
        standing = replace(standing, brands=len(called[frozenset(one.words)] | called[frozenset(other.words)]))
        if trusted := band(found[at], one, other, standing):
            reason = why(found[at], one, other, standing)
            pairs.append(Pair(one.item.id, other.item.id, shown(standing), "name", trusted, reason))
    return pairs


def _brands_by_name(rows: Iterable[Said]) -> dict[frozenset[str], set[str]]:
    """Which brands carry a name, size aside: one that several carry doesn't tell whose it is."""
    called = defaultdict(set)
    for row in rows:
        if row.brand:
            called[frozenset(row.words)].add(row.brand)
    return called


def shown(standing: Standing) -> Decimal:
    return Decimal(f"{100 * standing.trust:.1f}")
