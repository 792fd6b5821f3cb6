"""How much a word or a code tells: one that stands in a single row of the lists tells most."""

from collections import Counter
from collections.abc import Iterable
from math import log

from .said import Said
from .text import words
from .vocabulary import FORM_OF

LEAST = 0.08  # what a word tells that stands everywhere


class Rarity:
    """Weights 0 to 1 by how few rows hold a word. Grows by `learn`."""

    def __init__(self, rows: Iterable[Said] = ()) -> None:
        self.held: Counter[str] = Counter()
        self.rows = 0
        self.known: dict[str, float] = {}
        self.learn(rows)

    def learn(self, rows: Iterable[Said]) -> None:
        self.known.clear()
        for row in rows:
            self.rows += 1
            self.held.update({*row.words, *row.codes, *words(row.story)} if row.codes or row.story else set(row.words))

    def __call__(self, word: str) -> float:
        weight = self.known.get(word)
        if weight is None:
            share = log((self.rows + 2) / (self.held[word] + 1)) / log(self.rows + 2)
            weight = self.known[word] = LEAST + (1 - LEAST) * max(share, 0.0)
        return weight

    def rarest(self, row: Said) -> frozenset[str]:
        """The two words, forms aside, that tell a row apart most, such as its strain."""
        telling = [word for word in row.words if word not in FORM_OF] or row.words
        return frozenset(sorted(telling, key=lambda word: (-self(word), word))[:2])
