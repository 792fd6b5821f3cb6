"""One to one: the pairs that together are likeliest, and how each stands among its rivals."""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from .bands import SURE, Standing

LEAST = 0.15  # scores below take no part
TAKEN = 0.05  # a rival whose own best is so much better is no rival


class Scores:
    """Scored candidates: `left` and `right` are row numbers, `score` 0 to 1; all three of one length."""

    def __init__(self, left: np.ndarray, right: np.ndarray, score: np.ndarray, shape: tuple[int, int]) -> None:
        self.left, self.right, self.score, self.shape = left, right, score, shape
        self.best_left, self.best_right = np.zeros(shape[0]), np.zeros(shape[1])
        np.maximum.at(self.best_left, left, score)
        np.maximum.at(self.best_right, right, score)

    def pairs(self) -> np.ndarray:
        """Positions of the chosen candidates. Squared scores: a strong pair isn't given up for two middling ones."""
        kept = np.flatnonzero(self.score >= LEAST)
        if not len(kept):
            return kept
        at = sparse.csr_matrix((kept + 1, (self.left[kept], self.right[kept])), shape=self.shape)
        worth = sparse.csr_matrix((self.score[at.data - 1] ** 2, at.indices, at.indptr), shape=self.shape)
        alone = sparse.identity(self.shape[0], format="csr") * 1e-9  # a row may stay without a partner
        rows, columns = min_weight_full_bipartite_matching(sparse.hstack([worth, alone], format="csr"), maximize=True)
        chosen = columns < self.shape[1]
        return np.asarray(at[rows[chosen], columns[chosen]]).ravel() - 1

    def standings(self, chosen: np.ndarray) -> list[Standing]:
        """How each chosen candidate stands among all."""
        rival_left, rival_right = self._rivals(chosen)
        covered = self._covered()
        answer = []
        for at in chosen:
            left, right, score = self.left[at], self.right[at], float(self.score[at])
            best = int(score >= self.best_left[left]) + int(score >= self.best_right[right])
            lead = score - max(rival_left[left], rival_right[right])
            answer.append(Standing(score, best, float(lead), covered=covered))
        return answer

    def _rivals(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The best other candidate of each row that has nothing clearly better itself."""
        others = np.ones(len(self.score), dtype=bool)
        others[chosen] = False
        rival_left, rival_right = np.zeros(self.shape[0]), np.zeros(self.shape[1])
        free = others & (self.score > self.best_right[self.right] - TAKEN)
        np.maximum.at(rival_left, self.left[free], self.score[free])
        free = others & (self.score > self.best_left[self.left] - TAKEN)
        np.maximum.at(rival_right, self.right[free], self.score[free])
        return rival_left, rival_right

    def _covered(self) -> float:
        best = self.best_left if self.shape[0] <= self.shape[1] else self.best_right
        return float((best >= SURE).mean())
