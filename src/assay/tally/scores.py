"""The distribution of scores per (cell, label): exact while it is small, a declared grid beyond.

Whether it is exact depends only on how many distinct (cell, label, score) there are among all rows, so it does
not depend on the partitioning: a part has at most as many as the whole. On the grid the number of rows and the
fixed-point sum of the scores are kept per bin, hence order, ties within a bin, and every sum of scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_EXACT = 100_000
"""Distinct (cell, label, score) that are still kept exactly."""
MOST_BINS = 10_000
MOST_DENSE = 1 << 21
ONE = 1 << 32
"""The fixed point: scores are summed as whole multiples of 2**-32."""


def bins_for(cells: int) -> int:
    """Bins of the grid on [0, 1]: 10,000, or fewer where the cells are so many that memory would not be bounded."""
    return max(min(MOST_BINS, MOST_DENSE // (2 * max(cells, 1))), 100)


@dataclass(frozen=True, slots=True)
class ScoreTally:
    """Rows per (cell, label, score).

    Attributes:
        cells: cells of the layout.
        keys: int64[k], ``cell * 2 + label``, sorted together with ``scores``; empty on the grid.
        scores: float64[k]. counts: int64[k].
        grid: int64[2, cells * 2 * bins], rows and fixed-point sums per bin; size 0 while exact.
    """

    cells: int
    keys: Integers
    scores: Floats
    counts: Integers
    grid: Integers

    @classmethod
    def empty(cls, cells: int) -> ScoreTally:
        """No rows."""
        none = np.empty(0, dtype=np.int64)
        return cls(cells, none, np.empty(0), none, np.empty((2, 0), dtype=np.int64))

    @property
    def exact(self) -> bool:
        """Whether every distinct score is kept."""
        return self.grid.size == 0

    def counting(self, cell: Integers, label: Integers, score: Floats) -> ScoreTally:
        """This tally with more rows: int64[n], int64[n] of 0 and 1, float64[n] in [0, 1]."""
        keys = cell * 2 + label
        if not self.exact:
            grid = self.grid.copy()
            _add_to_grid(grid, self.cells, keys, score, np.ones(len(keys), dtype=np.int64))
            return ScoreTally(self.cells, self.keys, self.scores, self.counts, grid)
        return _settled(
            self.cells,
            np.concatenate([self.keys, keys]),
            np.concatenate([self.scores, score]),
            np.concatenate([self.counts, np.ones(len(keys), dtype=np.int64)]),
        )

    def count_in_place(self, cell: Integers, label: Integers, score: Floats) -> ScoreTally:
        """Like :meth:`counting`, but a grid that nobody else holds is added to where it stands."""
        if self.exact:
            return self.counting(cell, label, score)
        _add_to_grid(self.grid, self.cells, cell * 2 + label, score, np.ones(len(cell), dtype=np.int64))
        return self

    def __add__(self, other: ScoreTally) -> ScoreTally:
        """All rows of both."""
        if self.exact and other.exact:
            return _settled(
                self.cells,
                np.concatenate([self.keys, other.keys]),
                np.concatenate([self.scores, other.scores]),
                np.concatenate([self.counts, other.counts]),
            )
        none = np.empty(0, dtype=np.int64)
        return ScoreTally(self.cells, none, np.empty(0), none, self._on_grid() + other._on_grid())

    def _on_grid(self) -> Integers:
        if not self.exact:
            return self.grid
        grid = np.zeros((2, self.cells * 2 * bins_for(self.cells)), dtype=np.int64)
        _add_to_grid(grid, self.cells, self.keys, self.scores, self.counts)
        return grid

    def histogram(self, inside: NDArray[np.bool_]) -> tuple[Floats, Integers]:
        """The scores of the cells in ``inside`` (bool[cells]): float64[k] increasing, int64[2, k] per label."""
        if self.exact:
            kept = inside[self.keys // 2]
            scores, place = np.unique(self.scores[kept], return_inverse=True)
            by_label = np.zeros((2, len(scores)), dtype=np.int64)
            np.add.at(by_label, (self.keys[kept] % 2, place), self.counts[kept])
            return scores, by_label
        cube = self.grid.reshape(2, self.cells, 2, -1)[:, inside].sum(axis=1)
        rows, sums = cube
        filled = rows.sum(axis=0) > 0
        total = rows.sum(axis=0)[filled]
        means = sums.sum(axis=0)[filled].astype(np.float64) / (total * float(ONE))
        return means, rows[:, filled]


def _settled(cells: int, keys: Integers, scores: Floats, counts: Integers) -> ScoreTally:
    none = np.empty(0, dtype=np.int64)
    distinct = np.unique(scores) + 0.0  # one kind of zero, whichever came first
    if len(distinct) <= MOST_EXACT:
        packed = keys * len(distinct) + np.searchsorted(distinct, scores)
        order = np.argsort(packed)
        packed = packed[order]
        starts = np.flatnonzero(np.diff(packed, prepend=-1))
        if len(starts) <= MOST_EXACT:
            summed = np.add.reduceat(counts[order], starts) if len(starts) else none
            kept, rank = np.divmod(packed[starts], max(len(distinct), 1))
            return ScoreTally(cells, kept, distinct[rank], summed, np.empty((2, 0), dtype=np.int64))
    grid = np.zeros((2, cells * 2 * bins_for(cells)), dtype=np.int64)
    _add_to_grid(grid, cells, keys, scores, counts)
    return ScoreTally(cells, none, np.empty(0), none, grid)


def _add_to_grid(grid: Integers, cells: int, keys: Integers, scores: Floats, counts: Integers) -> None:
    bins = bins_for(cells)
    place = np.minimum((scores * bins).astype(np.int64), bins - 1)
    place += keys * bins
    np.add.at(grid[0], place, counts)
    np.add.at(grid[1], place, np.rint(scores * ONE).astype(np.int64) * counts)
