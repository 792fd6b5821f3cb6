"""A catalogue to be asked by name, in bulk; it grows. By brand and words where the brand is known, else by n-grams."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import log

import numpy as np
from rapidfuzz import fuzz, process
from scipy.sparse import csr_matrix

from . import ngrams
from .amounts import Amounts
from .bands import Standing, band
from .brands import Brands
from .candidates import TELLING
from .conflicts import veto
from .explain import why
from .likeness import Likeness, compare, shape
from .rarity import Rarity
from .said import Item, Said, hear
from .score import score
from .text import fold

NEAREST = 20
SHORTLIST = 4  # of a brand's rows in one size, by token set ratio, to be compared in full
STEP = log(1.04)  # sizes within 2 % lie in one place or the next
ANY = 0  # the place of rows that state no size


@dataclass(frozen=True, slots=True)
class Found:
    """One candidate: `score` 0 to 100, `why` in words."""

    item: Item
    score: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name is: `band` auto (link), review (a person decides) or "" (nothing of ours); candidates best first."""

    band: str
    candidates: tuple[Found, ...] = ()


class Names:
    """Known products by name. `best` asks for many at once; `add` appends."""

    def __init__(self, known: Iterable[Item] = ()) -> None:
        self.rows: list[Said] = []
        self.brands, self.rarity = Brands(), Rarity()
        self.same: dict[str, list[int]] = defaultdict(list)
        self.blocks: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.spelled: list[str] = []
        self.vectors: csr_matrix | None = None
        self.weights = np.empty(0)
        self.add(known)

    def add(self, known: Iterable[Item]) -> None:
        known = list(known)
        self.brands.learn((item.brand for item in known), (fold(item.name) for item in known))
        fresh = [hear(item, self.brands) for item in known]
        self.rarity.learn(fresh)
        for number, row in enumerate(fresh, start=len(self.rows)):
            self.spelled.append(spelled(row))
            self.same[signature(row)].append(number)
            for place in places(row.amounts):
                self.blocks[row.brand, place].append(number)
        self.rows += fresh
        self.vectors = None

    def best(self, asked: Iterable[Item]) -> list[Answer]:
        """An answer for each item, in order."""
        heard = [hear(item, self.brands) for item in asked]
        strangers = [at for at, row in enumerate(heard) if not row.brand or row.brand not in self.brands.keys]
        near = dict(zip(strangers, self._near([heard[at] for at in strangers]), strict=True)) if strangers else {}
        return [self._answer(row, near.get(at)) for at, row in enumerate(heard)]

    def _answer(self, row: Said, near: list[int] | None) -> Answer:
        """The very same words first, slips aside; what else the brand has in this size only where they lead nowhere."""
        found = self._compared(row, self.same.get(signature(row), ())) if near is None else []
        beside = self._block(row) if near is None and not found else near or []
        return self._told(row, found or self._compared(row, beside), beside)

    def _compared(self, row: Said, numbers: Iterable[int]) -> list[tuple[float, int, Likeness]]:
        found = []
        for number in numbers:
            known = self.rows[number]
            if not veto(row, known):
                likeness = compare(row, known, cosine(row, known), self.rarity)
                found.append((score(likeness), number, likeness))
        return sorted(found, key=lambda one: (-one[0], one[1]))

    def _told(self, row: Said, found: list[tuple[float, int, Likeness]], beside: list[int]) -> Answer:
        if not found:
            return Answer("")
        first, second = found[0][0], found[1][0] if len(found) > 1 else 0.0
        standing = Standing(first, 2, first - second, brands=self._brands(found[0][1], beside))
        trusted = band(found[0][2], row, self.rows[found[0][1]], standing)
        told = [
            Found(known.item, Decimal(f"{100 * likely:.1f}"), why(likeness, row, known, standing))
            for likely, number, likeness in found[:SHORTLIST]
            if (known := self.rows[number])
        ]
        return Answer(trusted, tuple(told) if trusted else ())

    def _brands(self, best: int, beside: list[int]) -> int:
        """How many brands near by carry what tells the best row apart (a strain), whatever the size."""
        telling = self.rarity.rarest(self.rows[best])
        return len({self.rows[number].brand for number in (best, *beside) if telling <= {*self.rows[number].words}})

    def _block(self, row: Said) -> list[int]:
        """The rows of the brand, or of none, in this size that read most alike."""
        around = {place + step for place in places(row.amounts) if place != ANY for step in (-1, 0, 1)} | {ANY}
        keys = [(brand, place) for brand in {row.brand, ""} for place in around]
        numbers = {number for key in keys for number in self.blocks.get(key, ())}
        if len(numbers) <= SHORTLIST:
            return sorted(numbers)
        choices = {number: self.spelled[number] for number in numbers}
        best = process.extract(spelled(row), choices, scorer=fuzz.token_set_ratio, processor=None, limit=SHORTLIST)
        return [number for _, _, number in best]

    def _near(self, rows: list[Said]) -> list[list[int]]:
        if not self.rows:
            return [[] for _ in rows]
        if self.vectors is None:
            triples = ngrams.triples([row.text for row in self.rows])
            self.weights = ngrams.rarity(triples)
            self.vectors = ngrams.weighted(triples, self.weights)
        queries = ngrams.weighted(ngrams.triples([row.text for row in rows]), self.weights)
        found = ngrams.nearest(ngrams.telling(queries, TELLING), self.vectors, NEAREST)
        return [found.indices[found.indptr[at] : found.indptr[at + 1]].tolist() for at in range(len(rows))]


def spelled(row: Said) -> str:
    return " ".join(sorted(row.words))


def signature(row: Said) -> str:
    """Brand and words, whatever their order and slips: two rows that share it differ in size alone."""
    return f"{row.brand}|{' '.join(sorted(set(map(shape, row.words))))}"


def cosine(one: Said, other: Said) -> float:
    """Likeness of letters where no vectors are at hand, 0 to 1."""
    return fuzz.token_sort_ratio(one.text, other.text) / 100


def places(amounts: Amounts) -> list[int]:
    """Where a size lies on a scale of 4 % steps; a mass and a dose on one scale, for both are milligrams."""
    readings = {*amounts.mass, *amounts.dose} | {-volume for volume in amounts.volume}
    return [round(log(abs(size)) / STEP) * (1 if size > 0 else -1) for size in readings] or [ANY]
