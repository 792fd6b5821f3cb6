"""Which rows are worth comparing: those nearest by letter triples, and those that share a rare code."""

from collections import defaultdict

import numpy as np
from scipy import sparse

from . import ngrams
from .said import Said

NEAREST = 20
RARE = 5  # rows of the other list that may share a code for it to lead somewhere
TELLING = 32  # the rarest triples of a name lead the search; all of them measure the likeness


def candidates(left: list[Said], right: list[Said]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row numbers in both lists and the cosine of each candidate pair, sorted by row numbers."""
    triples = ngrams.triples([row.text for row in (*left, *right)])
    vectors = ngrams.weighted(triples, ngrams.rarity(triples))
    mine, theirs = vectors[: len(left)], vectors[len(left) :]
    found = _nearest(mine, theirs)
    codes = np.array(list(_by_code(left, right)), dtype=np.int64).reshape(-1, 2)
    keys = np.unique(np.concatenate([found[0] * len(right) + found[1], codes[:, 0] * len(right) + codes[:, 1]]))
    rows, columns = keys // max(len(right), 1), keys % max(len(right), 1)
    return rows, columns, ngrams.cosines(mine, theirs, rows, columns)


def _nearest(mine: sparse.csr_matrix, theirs: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """From the shorter list into the longer; both ways where they are of a size."""
    found = []
    if mine.shape[0] <= 2 * theirs.shape[0]:
        near = ngrams.nearest(ngrams.telling(mine, TELLING), theirs, NEAREST).tocoo()
        found.append((near.row, near.col))
    if theirs.shape[0] <= 2 * mine.shape[0]:
        near = ngrams.nearest(ngrams.telling(theirs, TELLING), mine, NEAREST).tocoo()
        found.append((near.col, near.row))
    rows, columns = (np.concatenate(side).astype(np.int64) for side in zip(*found, strict=True))
    return rows, columns


def _by_code(left: list[Said], right: list[Said]):
    holders = defaultdict(list)
    for column, row in enumerate(right):
        for code in row.codes:
            holders[code].append(column)
    for number, row in enumerate(left):
        for code in row.codes:
            if len(known := holders.get(code, ())) <= RARE:
                yield from ((number, column) for column in known)
