"""One row per unit: of several rows of one client, the one with the smallest seeded hash counts.

The choice depends on the seed and the rows' content, not on their order, so that it cannot be shopped for; nor on a score
that was made elsewhere, whose last digits somebody chose. Rows of one unit that are the same but for their score are told:
nothing could choose between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import MISSING, Hashes, mixed, named, text_words

Integers = NDArray[np.int64]

NOBODY = np.append(text_words([""]), MISSING)
"""The words of what names no unit: a missing value and a text without a character."""


def cell_and_label(cells: Integers, labels: Integers, kinds: int) -> Integers:
    """int64[n]: the cell of each row among those of its groups and its label; ``labels``: int64[n], the code of its label among so many, -1 for none."""
    return cells * (kinds + 1) + labels + 1


@dataclass(frozen=True, slots=True)
class UnitTally:
    """Per unit and cell that it has rows in, in the order of units (uint64[k] hashes) and then of cells (int64[k]): the smallest priority, the row
    that has it, and how many rows there are. Nearly every unit has rows in one cell.

    Attributes:
        scores: a hash of the score of the row with that priority. torn: 1 where a row that is the same has another one.
        missing: rows whose unit is missing; they are of no unit.
    """

    units: Hashes
    cells: Integers
    priorities: Hashes
    places: Integers
    counts: Integers
    scores: Hashes
    torn: NDArray[np.uint8]
    missing: int

    @classmethod
    def empty(cls) -> UnitTally:
        """No rows."""
        none, number = np.empty(0, np.uint64), np.empty(0, np.int64)
        return cls(none, number, none, number, number, none, np.empty(0, np.uint8), 0)

    def counting(
        self,
        units: Hashes,
        content: Hashes,
        scores: Hashes,
        places: Integers,
        seed: str,
        cells: Integers | None = None,
    ) -> UnitTally:
        """This tally with more rows.

        Args:
            units: uint64[n], the word of each row's unit. content: uint64[n], a hash of what the row holds, so that its
                priority does not depend on where it stands. scores: uint64[n], a hash of the score that stands in a
                column, 0 for none. places: int64[n], of the rows in the data set, from 0.
            seed: hexadecimal, of what was locked before any result; another seed chooses other rows.
            cells: int64[n], of the groups and the label that each row is of; rows with the same content are of one. One for all where it is not given.
        """
        known = ~np.isin(units, NOBODY)
        priorities = mixed(content[known] ^ named(f"unit:{seed}"))
        n = len(priorities)
        return self + UnitTally(
            units=mixed(units[known]),
            cells=np.zeros(n, dtype=np.int64) if cells is None else cells[known],
            priorities=priorities,
            places=places[known],
            counts=np.ones(n, dtype=np.int64),
            scores=scores[known],
            torn=np.zeros(n, dtype=np.uint8),
            missing=len(units) - n,
        )

    def __add__(self, other: UnitTally) -> UnitTally:
        """All rows of both."""
        both = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _ARRAYS}
        missing = self.missing + other.missing
        order = np.lexsort((both["places"], both["priorities"], both["cells"], both["units"]))
        units, cells, priorities, places, counts, scores, torn = (both[name][order] for name in _ARRAYS)
        first = np.ones(len(units), dtype=bool)
        first[1:] = (units[1:] != units[:-1]) | (cells[1:] != cells[:-1])
        starts = np.flatnonzero(first)
        if not len(starts):
            return UnitTally(units, cells, priorities, places, counts, scores, torn, missing)
        entry = np.cumsum(first) - 1
        alike = priorities == priorities[starts][entry]
        torn = np.where(alike & (scores != scores[starts][entry]), 1, torn * alike).astype(np.uint8)
        torn = np.maximum.reduceat(torn, starts)
        return UnitTally(
            units[starts],
            cells[starts],
            priorities[starts],
            places[starts],
            np.add.reduceat(counts, starts),
            np.where(torn > 0, 0, scores[starts]),
            torn,
            missing,
        )

    @property
    def rows(self) -> int:
        """All rows, those without a unit included."""
        return int(self.counts.sum()) + self.missing

    @property
    def n(self) -> int:
        """How many units there are."""
        return len(self._starts)

    @property
    def largest(self) -> int:
        """Rows of the unit that has most."""
        return int(self._of_each.max(initial=0))

    @property
    def repeated(self) -> bool:
        """Whether any unit has more than one row, or a row no unit."""
        return self.rows > self.n

    @property
    def n_torn(self) -> int:
        """How many units have rows that are the same but for their score, of which one would count."""
        return int(self.torn[self._chosen].sum())

    def shared(self, other: UnitTally) -> int:
        """Rows of this set whose unit occurs in the other one; a missing unit is shared with nobody."""
        return int(self.counts[np.isin(self.units, other.units)].sum())

    def selection(self) -> Integers:
        """int64[units]: the places of the chosen rows, sorted."""
        return np.sort(self.places[self._chosen])

    def by_group(self, group_of_cell: Integers, groups: int, unusual: float) -> list[tuple[int, int]]:
        """By group the rows that a single unit has in it at most, of those units that have more rows than ``unusual`` in all; and all of its rows.

        Args:
            group_of_cell: int64[cells], the place of each cell's group, or -1 for none. groups: how many there are.
        """
        group = group_of_cell[self.cells]
        rows = np.bincount(group[group >= 0], self.counts[group >= 0], groups).astype(np.int64)
        unit = np.repeat(np.arange(self.n), np.diff(self._starts, append=len(self.units)))
        many = (self._of_each[unit] > unusual) & (group >= 0)
        keys, place = np.unique(unit[many] * groups + group[many], return_inverse=True)
        most = np.zeros(groups, dtype=np.int64)
        np.maximum.at(most, keys % groups, np.bincount(place, self.counts[many], len(keys)).astype(np.int64))
        return list(zip(most.tolist(), rows.tolist(), strict=True))

    @property
    def _starts(self) -> Integers:
        """int64[units]: where the entries of each unit begin."""
        first = np.ones(len(self.units), dtype=bool)
        first[1:] = self.units[1:] != self.units[:-1]
        return np.flatnonzero(first)

    @property
    def _of_each(self) -> Integers:
        """int64[units]: the rows of each unit."""
        starts = self._starts
        return np.add.reduceat(self.counts, starts) if len(starts) else self.counts

    @property
    def _chosen(self) -> Integers:
        """int64[units]: the entry of each unit that has the row that counts."""
        return np.lexsort((self.places, self.priorities, self.units))[self._starts]


_ARRAYS = ("units", "cells", "priorities", "places", "counts", "scores", "torn")
