"""Rows as sparse vectors of letter triples, and the nearest few by cosine: candidates where no key helps."""

import numpy as np
from scipy import sparse
from sparse_dot_topn import sp_matmul_topn

LETTERS = np.zeros(256, dtype=np.int64)  # 0 is a gap; digits and letters count from 1
LETTERS[48:58] = np.arange(1, 11)
LETTERS[97:123] = np.arange(11, 37)
BASE = 37
SPACE = BASE**3


def triples(texts: list[str]) -> sparse.csr_matrix:
    """One row a text, one column a triple of letters within padded words; the value is 1 however often it stands."""
    if not texts:
        return sparse.csr_matrix((0, SPACE), dtype=np.float32)
    packed = [f" {text} \n".encode("ascii", "replace") for text in texts]
    letters = np.frombuffer(b"".join(packed), dtype=np.uint8)
    values = LETTERS[letters]
    row = np.repeat(np.arange(len(texts)), [len(one) for one in packed])
    within = (values[1:-1] > 0) & (row[:-2] == row[2:])
    column = (values[:-2] * BASE + values[1:-1]) * BASE + values[2:]
    pairs = np.sort(row[:-2][within] * SPACE + column[within])
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])] if len(pairs) else pairs
    shape = (len(texts), SPACE)
    ones = np.ones(len(pairs), dtype=np.float32)
    starts = np.searchsorted(pairs, np.arange(len(texts) + 1) * SPACE)
    return sparse.csr_matrix((ones, (pairs % SPACE).astype(np.int32), starts.astype(np.int32)), shape=shape)


def rarity(matrix: sparse.csr_matrix) -> np.ndarray:
    """The weight of each column: the natural log of how seldom it stands, smoothed."""
    rows = matrix.shape[0]
    held = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return (np.log((1 + rows) / (1 + held)) + 1).astype(np.float32)


def weighted(matrix: sparse.csr_matrix, weights: np.ndarray) -> sparse.csr_matrix:
    """Rows weighted and brought to length 1."""
    data = weights[matrix.indices]
    lengths = np.sqrt(np.bincount(_rows(matrix), weights=data * data, minlength=matrix.shape[0]))
    data = data / np.maximum(lengths, 1e-9)[_rows(matrix)].astype(np.float32)
    return sparse.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _rows(matrix: sparse.csr_matrix) -> np.ndarray:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def nearest(queries: sparse.csr_matrix, corpus: sparse.csr_matrix, count: int) -> sparse.csr_matrix:
    """The `count` corpus rows nearest to each query, with their cosines."""
    return sp_matmul_topn(queries, corpus.T.tocsr(), top_n=count, threshold=0.05, sort=True)


def telling(matrix: sparse.csr_matrix, count: int) -> sparse.csr_matrix:
    """Each row's `count` heaviest triples alone: the common ones cost most in a search and lead nowhere."""
    rows = _rows(matrix)
    order = np.lexsort((-matrix.data, rows))
    place = np.arange(len(order)) - matrix.indptr[rows]
    kept = np.sort(order[place < count])
    lengths = np.minimum(np.diff(matrix.indptr), count)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    return sparse.csr_matrix((matrix.data[kept], matrix.indices[kept], indptr), shape=matrix.shape)


def cosines(mine: sparse.csr_matrix, theirs: sparse.csr_matrix, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The cosine of each pair of rows."""
    return np.asarray(mine[rows].multiply(theirs[columns]).sum(axis=1)).ravel()
