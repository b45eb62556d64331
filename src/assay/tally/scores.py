"""The distribution of scores per (cell, label): exact while it is small, a declared grid beyond.

Whether it is exact depends only on how many distinct (cell, label, score) there are among all rows, so it does
not depend on the partitioning: a part has at most as many as the whole. On the grid the number of rows and the
fixed-point sum of the scores are kept per bin, hence order, ties within a bin, and every sum of scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import mixed

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_EXACT = 100_000
"""Distinct (cell, label, score) that are still kept exactly."""
MOST_WAITING = 1 << 18
"""Rows that wait until they are sorted together; a partition of the usual size is sorted once."""
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
        grid: int64[3, k], the bins that hold rows: ``key * bins + bin`` in order, rows, fixed-point sum; empty
            while exact.
    """

    cells: int
    keys: Integers
    scores: Floats
    counts: Integers
    grid: Integers

    @classmethod
    def empty(cls, cells: int) -> ScoreTally:
        """No rows."""
        return ScoreSum(cells).tally()

    @property
    def exact(self) -> bool:
        """Whether every distinct score is kept."""
        return self.grid.size == 0

    def __add__(self, other: ScoreTally) -> ScoreTally:
        """All rows of both."""
        total = ScoreSum(self.cells)
        total.add(self)
        total.add(other)
        return total.tally()

    def histogram(self, inside: NDArray[np.bool_]) -> tuple[Floats, Integers]:
        """The scores of the cells in ``inside`` (bool[cells]): float64[k] increasing, int64[2, k] per label."""
        if self.exact:
            kept = inside[self.keys // 2]
            scores, place = np.unique(self.scores[kept], return_inverse=True)
            by_label = np.zeros((2, len(scores)), dtype=np.int64)
            np.add.at(by_label, (self.keys[kept] % 2, place), self.counts[kept])
            return scores, by_label
        bins = bins_for(self.cells)
        edges = np.searchsorted(self.grid[0], np.arange(self.cells + 1) * 2 * bins)
        rows, sums = np.zeros((2, bins), dtype=np.int64), np.zeros(bins, dtype=np.int64)
        for cell in np.flatnonzero(inside):
            places, counts, summed = self.grid[:, edges[cell] : edges[cell + 1]]
            label, at = np.divmod(places - cell * 2 * bins, bins)
            rows[label, at] += counts  # each place stands once
            np.add.at(sums, at, summed)
        total = rows.sum(axis=0)
        filled = total > 0
        return sums[filled].astype(np.float64) / (total[filled] * float(ONE)), rows[:, filled]


class ScoreSum:
    """Sums any number of rows and tallies, in memory that the grid bounds; the sum does not depend on their order."""

    def __init__(self, cells: int) -> None:
        self._cells = cells
        self._waiting: list[tuple[Integers, Floats, Integers]] = []
        self._grid: Integers | None = None

    def count(self, cell: Integers, label: Integers, score: Floats) -> None:
        """More rows: int64[n], int64[n] of 0 and 1, float64[n] in [0, 1]."""
        self._wait(cell * 2 + label, score, np.ones(len(cell), dtype=np.int64))

    def add(self, tally: ScoreTally) -> None:
        """All rows of a tally of the same cells."""
        self._wait(tally.keys, tally.scores, tally.counts)
        if not tally.exact:
            places, rows, sums = tally.grid
            grid = self._dense()
            np.add.at(grid[0], places, rows)
            np.add.at(grid[1], places, sums)

    def tally(self) -> ScoreTally:
        """What was summed so far."""
        none = np.empty(0, dtype=np.int64)
        if self._grid is None:
            keys, scores, counts = self._together()
            found = _distinct(keys, scores, counts)
            if found is not None:
                return ScoreTally(self._cells, *found, np.empty((3, 0), dtype=np.int64))
            return ScoreTally(
                self._cells, none, np.empty(0), none, _sparse(*self._placed(keys, scores, counts))
            )
        self._settle()
        filled = np.flatnonzero(self._grid[0] > 0)
        return ScoreTally(self._cells, none, np.empty(0), none, np.vstack([filled, self._grid[:, filled]]))

    def _wait(self, keys: Integers, scores: Floats, counts: Integers) -> None:
        self._waiting.append((keys, scores, counts))
        if sum(len(waiting) for waiting, _, _ in self._waiting) > MOST_WAITING:
            self._settle()

    def _settle(self) -> None:
        keys, scores, counts = self._together()
        if self._grid is None:
            found = _distinct(keys, scores, counts)
            if found is not None:
                self._waiting = [found]
                return
        grid = self._dense()
        places, rows, sums = self._placed(keys, scores, counts)
        np.add.at(grid[0], places, rows)
        np.add.at(grid[1], places, sums)
        self._waiting = []

    def _together(self) -> tuple[Integers, Floats, Integers]:
        none = np.empty(0, dtype=np.int64)
        keys, scores, counts = zip((none, np.empty(0), none), *self._waiting, strict=True)
        return np.concatenate(keys), np.concatenate(scores), np.concatenate(counts)

    def _dense(self) -> Integers:
        if self._grid is None:
            self._grid = np.zeros((2, self._cells * 2 * bins_for(self._cells)), dtype=np.int64)
        return self._grid

    def _placed(
        self, keys: Integers, scores: Floats, counts: Integers
    ) -> tuple[Integers, Integers, Integers]:
        bins = bins_for(self._cells)
        places = keys * bins + np.minimum((scores * bins).astype(np.int64), bins - 1)
        return places, counts, np.rint(scores * ONE).astype(np.int64) * counts


def _sparse(places: Integers, rows: Integers, sums: Integers) -> Integers:
    """int64[3, k]: each place once, in order. Two radix passes (16 bits each) sort ten times faster than comparing."""
    order = np.argsort((places & 0xFFFF).astype(np.uint16), kind="stable")
    order = order[np.argsort((places[order] >> 16).astype(np.uint16), kind="stable")]
    places = places[order]
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    return np.vstack(
        [places[starts], np.add.reduceat(rows[order], starts), np.add.reduceat(sums[order], starts)]
    )


def _distinct(keys: Integers, scores: Floats, counts: Integers) -> tuple[Integers, Floats, Integers] | None:
    """Each distinct key and score once, in order, with its rows; None when they are too many to be kept."""
    scores = scores + 0.0  # one kind of zero
    if _at_least(scores) > MOST_EXACT:
        return None
    values = np.unique(scores)
    codes = keys * len(values) + np.searchsorted(values, scores)
    order = np.argsort(codes)
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    if len(starts) > MOST_EXACT:
        return None
    kept = order[starts]
    return keys[kept], scores[kept], np.add.reduceat(counts[order], starts) if len(starts) else counts


def _at_least(scores: Floats) -> int:
    """A number of distinct scores that there certainly are: buckets hit by a hash, far cheaper than sorting."""
    hit = np.zeros(1 << 20, dtype=bool)
    hit[mixed(scores.view(np.uint64)) >> np.uint64(44)] = True
    return int(np.count_nonzero(hit))
