"""Which rows are worth comparing: those nearest by letter triples, and those that share a rare code."""

from collections import defaultdict
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from . import ngrams
from .amounts import Amounts, compatible
from .said import Said

NEAREST = 20
NEAREST_SIZED = 8  # fewer, for no place is lost to other sizes
CHANCE = 0.6  # of the nearest one's cosine
RARE = 5  # rows of the other list that may share a code for it to lead somewhere
TELLING = 32  # the rarest triples of a name lead the search; all of them measure the likeness


def candidates(left: list[Said], right: list[Said]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row numbers in both lists and the cosine of each candidate pair, sorted by row numbers.

    Asked from the shorter list into the longer, and both ways where they are of a size.
    """
    triples = ngrams.triples([row.text for row in (*left, *right)])
    vectors = ngrams.weighted(triples, ngrams.rarity(triples))
    mine, theirs = vectors[: len(left)], vectors[len(left) :]
    place = np.array([len(right), 1])
    coded = np.array(list(_by_code(left, right)), dtype=np.int64).reshape(-1, 2) @ place
    asking, asked = len(left) <= 2 * len(right), len(right) <= 2 * len(left)
    there = [near(left, right, mine, theirs) @ place] if asking else []
    back = [near(right, left, theirs, mine)[:, ::-1] @ place] if asked else []
    keys = np.unique(np.concatenate([coded, *there, *back]))
    rows, columns = np.divmod(keys, len(right))
    cosines = ngrams.cosines(mine, theirs, rows, columns)
    kept = (asking & _promising(rows, cosines)) | (asked & _promising(columns, cosines)) | np.isin(keys, coded)
    return rows[kept], columns[kept], cosines[kept]


def _promising(rows: np.ndarray, cosines: np.ndarray) -> np.ndarray:
    """True for what is near enough to its row's nearest to have a chance."""
    best = np.zeros(rows.max(initial=0) + 1)
    np.maximum.at(best, rows, cosines)
    return cosines >= CHANCE * best[rows]


def near(asking: list[Said], known: list[Said], queries: csr_matrix, corpus: csr_matrix) -> np.ndarray:
    """For each asking row the nearest known ones among those its size allows: pairs of row numbers."""
    queries = ngrams.telling(queries, TELLING)
    holders = _by_size(known)
    found = [np.empty((0, 2), dtype=np.int64)]
    for size, rows in _by_size(asking).items():
        allowed = [held for other, held in holders.items() if compatible(size, other)]
        if allowed:
            columns = np.concatenate(allowed)
            best = ngrams.nearest(queries[rows], corpus[columns], NEAREST_SIZED if size.sized else NEAREST).tocoo()
            found.append(np.column_stack([rows[best.row], columns[best.col]]))
    return np.concatenate(found)


def _by_size(rows: list[Said]) -> dict[Amounts, np.ndarray]:
    held = defaultdict(list)
    for number, row in enumerate(rows):
        held[replace(row.amounts, specs=())].append(number)
    return {size: np.array(numbers) for size, numbers in held.items()}


def _by_code(left: list[Said], right: list[Said]):
    holders = defaultdict(list)
    for column, row in enumerate(right):
        for code in row.codes:
            holders[code].append(column)
    for number, row in enumerate(left):
        for code in row.codes:
            if len(known := holders.get(code, ())) <= RARE:
                yield from ((number, column) for column in known)
