"""The distribution of scores per (cell, label): exact while it is small, a declared grid beyond.

Whether it is exact depends only on how many distinct (cell, label, score) there are among all rows, so it does
not depend on the partitioning: a part has at most as many as the whole. On the grid the number of rows and the
fixed-point sum of the scores are kept per label and bin, hence every mean score, and the order of rows up to a bin.
What the scores do inside a bin is lost; `assay.stats.grid` allows for all that they may do there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import GOLDEN

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_EXACT = 100_000
"""Distinct (cell, label, score) that are still kept exactly."""
MOST_WAITING = 1 << 17
"""Rows that wait until it is asked whether they are still few: two batches, so that the usual partition asks once."""
MOST_BINS, FEWEST_BINS = 10_000, 100
MOST_PLACES = 1 << 18
"""Places of the grid if the bins can be chosen for it: about as many as a usual partition has rows."""
MOST_DENSE = 1 << 21
"""Places that are all held in memory; of more, only those with rows are, while these are few."""
MOST_SPARSE = 1 << 18
ONE = 1 << 32
"""The fixed point: scores are summed as whole multiples of 2**-32, rounded down so that none leaves its bin."""
STEPS = 1 << 16
"""Bins begin at multiples of 2**-16, so that a table tells the bin of a score."""


def bins_for(cells: int) -> int:
    """Bins of the grid on [0, 1]: 10,000, or fewer where the cells are so many that memory would not be bounded."""
    return max(min(MOST_BINS, MOST_PLACES // (2 * max(cells, 1))), FEWEST_BINS)


def places_for(cells: int) -> int:
    """Places of the grid: its bins per cell and label."""
    return cells * 2 * bins_for(cells)


def edges_of(bins: int) -> Integers:
    """int64[bins]: the least fixed-point score of each bin, a multiple of 2**-16; the first bins may be empty.

    Bins grow narrower with the cube towards 0 and 1. Scores of a portfolio with one bad in a hundred nearly all lie
    below 0.05: of 161 bins of one width they would hit eight, which costs 0.017 of an area under the curve of 0.75.
    """
    bin_ = np.arange(bins, dtype=np.int64)
    from_end = np.minimum(bin_, bins - bin_)
    steps = 4 * from_end**3 * STEPS // bins**3
    return np.where(from_end == bin_, steps, STEPS - steps) * (ONE // STEPS)


@cache
def _bin_of_step(bins: int) -> NDArray[np.int16]:
    """int16[STEPS + 1]: the bin of each multiple of 2**-16 up to 1."""
    steps = edges_of(bins) // (ONE // STEPS)
    return np.repeat(np.arange(bins, dtype=np.int16), np.diff(steps, append=STEPS + 1))


class Histogram(NamedTuple):
    """Rows per score and label.

    scores: float64[k], increasing; on the grid the mean score of each label in each bin.
    by_label: int64[2, k]. edges: float64[m], increasing, of the bins that hold rows and of the gaps between
    them; a bin holds its lower edge, and the last one 1 too. Empty when the scores are exact.
    """

    scores: Floats
    by_label: Integers
    edges: Floats


@dataclass(frozen=True, slots=True)
class ScoreTally:
    """Rows per (cell, label, score).

    Attributes:
        cells: cells of the layout.
        keys: int64[k], ``cell * 2 + label``, sorted together with ``scores``; empty on the grid.
        scores: float64[k]. counts: int64[k].
        places: int64[m], the bins that hold rows, as ``key * bins + bin`` in order; empty while exact.
        rows: int64[m]. sums: int64[m], by how much the scores lie above the edge of their bin, in 2**-32.
    """

    cells: int
    keys: Integers
    scores: Floats
    counts: Integers
    places: Integers
    rows: Integers
    sums: Integers

    @classmethod
    def empty(cls, cells: int) -> ScoreTally:
        """No rows."""
        return ScoreSum(cells).tally()

    @property
    def exact(self) -> bool:
        """Whether every distinct score is kept."""
        return self.places.size == 0

    def __add__(self, other: ScoreTally) -> ScoreTally:
        """All rows of both."""
        total = ScoreSum(self.cells)
        total.add(self)
        total.add(other)
        return total.tally()

    def histogram(self, inside: NDArray[np.bool_]) -> Histogram:
        """The scores of the cells in ``inside``: bool[cells]."""
        if self.exact:
            kept = inside[self.keys // 2]
            scores, place = np.unique(self.scores[kept], return_inverse=True)
            by_label = np.zeros((2, len(scores)), dtype=np.int64)
            np.add.at(by_label, (self.keys[kept] % 2, place), self.counts[kept])
            return Histogram(scores, by_label, np.empty(0))
        bins = bins_for(self.cells)
        ends = np.searchsorted(self.places, np.arange(self.cells + 1) * 2 * bins)
        rows, sums = np.zeros((2, 2, bins), dtype=np.int64)
        for cell in np.flatnonzero(inside):
            of_cell = slice(ends[cell], ends[cell + 1])
            label, at = np.divmod(self.places[of_cell] - cell * 2 * bins, bins)
            rows[label, at] += self.rows[of_cell]  # each place stands once
            sums[label, at] += self.sums[of_cell]
        return _means_of_bins(rows, sums, edges_of(bins))


class ScoreSum:
    """Sums any number of rows and tallies, in memory that the grid bounds; the sum does not depend on their order."""

    def __init__(self, cells: int) -> None:
        self._cells = cells
        self._waiting: list[tuple[Integers, Floats, Integers]] = []
        self._since = 0
        self._grid: _Grid | None = None

    def count(self, key: Integers, score: Floats) -> None:
        """More rows: int64[n] of ``cell * 2 + label``, float64[n] in [0, 1]."""
        self._take(key, score, np.broadcast_to(np.int64(1), len(key)))

    def add(self, tally: ScoreTally) -> None:
        """All rows of a tally of the same cells."""
        self._take(tally.keys, tally.scores, tally.counts)
        if not tally.exact:
            self._on_grid().add(tally.places, tally.rows, tally.sums)

    def tally(self) -> ScoreTally:
        """What was summed so far."""
        self._settle()
        none = np.empty(0, dtype=np.int64)
        if self._grid is not None:
            return ScoreTally(self._cells, none, np.empty(0), none, *self._grid.filled())
        ((keys, scores, counts),) = self._waiting
        return ScoreTally(self._cells, keys, scores, counts, none, none, none)

    def _take(self, keys: Integers, scores: Floats, counts: Integers) -> None:
        if self._grid is not None:
            self._grid.count(keys, scores, counts)
            return
        self._waiting.append((keys, scores, counts))
        self._since += len(keys)
        if self._since >= MOST_WAITING:
            self._settle()

    def _settle(self) -> None:
        """Make of all that waits one array of distinct scores; or put it on the grid, for good, if they are many."""
        if self._grid is not None:
            return
        found = None if _surely_many(self._waiting) else _distinct(self._waiting)
        if found is None:
            self._on_grid()
        else:
            self._waiting, self._since = [found], 0

    def _on_grid(self) -> _Grid:
        if self._grid is None:
            self._grid = _Grid(self._cells)
            for waiting in self._waiting:
                self._grid.count(*waiting)
            self._waiting = []
        return self._grid


class _Grid:
    """Rows and sums per place: at every place, or, of very many places, at the few that hold rows."""

    def __init__(self, cells: int) -> None:
        self._bins = bins_for(cells)
        self._edges = edges_of(self._bins)
        self._bin_of_step = _bin_of_step(self._bins)
        self._size = places_for(cells)
        self._few = np.empty((3, 0), dtype=np.int64)
        self._all = np.zeros((2, self._size), dtype=np.int64) if self._size <= MOST_DENSE else None

    def count(self, keys: Integers, scores: Floats, counts: Integers) -> None:
        """More rows, as :class:`ScoreTally` holds them while exact."""
        fixed = np.floor(scores * ONE).astype(np.int64)
        at = self._bin_of_step[fixed >> 16]
        fixed -= self._edges[at]
        fixed *= counts
        places = keys * self._bins
        places += at
        self.add(places, counts, fixed)

    def add(self, places: Integers, rows: Integers, sums: Integers) -> None:
        """Rows and sums at places, int64[n] each; a place may stand more than once."""
        if self._all is None:
            places, rows, sums = np.concatenate([self._few, [places, rows, sums]], axis=1)
            filled, at = np.unique(places, return_inverse=True)
            self._few = np.zeros((3, len(filled)), dtype=np.int64)
            self._few[0] = filled
            np.add.at(self._few[1], at, rows)
            np.add.at(self._few[2], at, sums)
            if len(filled) <= MOST_SPARSE:
                return
            self._all = np.zeros((2, self._size), dtype=np.int64)
            (places, rows, sums), self._few = self._few, self._few[:, :0]
        np.add.at(self._all[0], places, rows)
        np.add.at(self._all[1], places, sums)

    def filled(self) -> tuple[Integers, Integers, Integers]:
        """int64[m] each: the places that hold rows, in order, their rows and their sums."""
        if self._all is None:
            places, rows, sums = self._few
            return places, rows, sums
        places = np.flatnonzero(self._all[0] != 0)
        return places, self._all[0][places], self._all[1][places]


def _means_of_bins(rows: Integers, sums: Integers, edges: Integers) -> Histogram:
    """Rows and sums above the lower edge, int64[2, bins] each, as mean scores per label within edges."""
    label, at = np.nonzero(rows)
    totals = sums[label, at] + rows[label, at] * edges[at]
    scores, place = np.unique(totals / (rows[label, at] * float(ONE)), return_inverse=True)
    by_label = np.zeros((2, len(scores)), dtype=np.int64)
    by_label[label, place] = rows[label, at]
    ends = np.append(edges, ONE)
    below_one = edges[
        np.searchsorted(edges, ONE) - 1
    ]  # a last bin that is {1} alone is one with the bin below it
    held = np.unique(np.concatenate((np.minimum(ends[at], below_one), ends[at + 1])))
    return Histogram(scores, by_label, held / float(ONE))


def _surely_many(waiting: list[tuple[Integers, Floats, Integers]]) -> bool:
    """Whether there certainly are too many distinct scores: buckets hit by a hash, far cheaper than sorting."""
    if sum(len(keys) for keys, _, _ in waiting) <= MOST_EXACT:
        return False
    hit = np.zeros(1 << 20, dtype=bool)
    for keys, scores, _ in waiting:
        bits = (scores + 0.0).view(np.uint64)  # one kind of zero
        bits += keys.view(np.uint64) << np.uint64(40)
        bits *= GOLDEN
        hit[bits >> np.uint64(44)] = True
    return int(np.count_nonzero(hit)) > MOST_EXACT


def _distinct(
    waiting: list[tuple[Integers, Floats, Integers]],
) -> tuple[Integers, Floats, Integers] | None:
    """Each distinct key and score once, in order, with its rows; None when they are too many to be kept."""
    none = np.empty(0, dtype=np.int64)
    keys, scores, counts = map(np.concatenate, zip((none, np.empty(0), none), *waiting, strict=True))
    scores += 0.0  # one kind of zero
    values, ranks = np.unique(
        scores, return_inverse=True
    )  # a search in what was sorted takes five times as long
    codes = keys * len(values) + ranks
    order = np.argsort(codes)
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    if len(starts) > MOST_EXACT:
        return None
    kept = order[starts]
    return keys[kept], scores[kept], np.add.reduceat(counts[order], starts) if len(starts) else counts
