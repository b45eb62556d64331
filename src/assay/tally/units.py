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

NOBODY = np.append(text_words([""]), MISSING)
"""The words of what names no unit: a missing value and a text without a character."""


@dataclass(frozen=True, slots=True)
class UnitTally:
    """Per unit (uint64[k] sorted hashes) the smallest priority, the row that has it, and how many rows it has.

    Attributes:
        scores: a hash of the score of the chosen row. torn: 1 where a row that is the same has another one.
        missing: rows whose unit is missing; they are of no unit.
    """

    units: Hashes
    priorities: Hashes
    places: NDArray[np.int64]
    counts: NDArray[np.int64]
    scores: Hashes
    torn: NDArray[np.uint8]
    missing: int

    @classmethod
    def empty(cls) -> UnitTally:
        """No rows."""
        none = np.empty(0, np.uint64)
        return cls(none, none, np.empty(0, np.int64), np.empty(0, np.int64), none, np.empty(0, np.uint8), 0)

    def counting(
        self, units: Hashes, content: Hashes, scores: Hashes, places: NDArray[np.int64], seed: str
    ) -> UnitTally:
        """This tally with more rows.

        Args:
            units: uint64[n], the word of each row's unit. content: uint64[n], a hash of what the row holds, so that its
                priority does not depend on where it stands. scores: uint64[n], a hash of the score that stands in a
                column, 0 for none. places: int64[n], of the rows in the data set, from 0.
            seed: hexadecimal, of what was locked before any result; another seed chooses other rows.
        """
        known = ~np.isin(units, NOBODY)
        priorities = mixed(content[known] ^ named(f"unit:{seed}"))
        once = np.ones(len(priorities), dtype=np.int64)
        missing = len(units) - len(priorities)
        whole = np.zeros(len(priorities), dtype=np.uint8)
        return self + UnitTally(
            mixed(units[known]), priorities, places[known], once, scores[known], whole, missing
        )

    def __add__(self, other: UnitTally) -> UnitTally:
        """All rows of both."""
        units = np.concatenate([self.units, other.units])
        priorities = np.concatenate([self.priorities, other.priorities])
        places = np.concatenate([self.places, other.places])
        order = np.lexsort((places, priorities, units))
        units, priorities, places = units[order], priorities[order], places[order]
        counts = np.concatenate([self.counts, other.counts])[order]
        scores = np.concatenate([self.scores, other.scores])[order]
        torn = np.concatenate([self.torn, other.torn])[order]
        first = np.ones(len(units), dtype=bool)
        first[1:] = units[1:] != units[:-1]
        starts = np.flatnonzero(first)
        if not len(starts):
            return UnitTally(units, priorities, places, counts, scores, torn, self.missing + other.missing)
        unit = np.cumsum(first) - 1
        alike = priorities == priorities[starts][unit]
        torn = np.where(alike & (scores != scores[starts][unit]), 1, torn * alike).astype(np.uint8)
        return UnitTally(
            units[starts],
            priorities[starts],
            places[starts],
            np.add.reduceat(counts, starts),
            np.where(np.maximum.reduceat(torn, starts) > 0, 0, scores[starts]),
            np.maximum.reduceat(torn, starts),
            self.missing + other.missing,
        )

    @property
    def rows(self) -> int:
        """All rows, those without a unit included."""
        return int(self.counts.sum()) + self.missing

    @property
    def largest(self) -> int:
        """Rows of the unit that has most."""
        return int(self.counts.max(initial=0))

    @property
    def repeated(self) -> bool:
        """Whether any unit has more than one row, or a row no unit."""
        return self.rows > len(self.units)

    def shared(self, other: UnitTally) -> int:
        """Rows of this set whose unit occurs in the other one; a missing unit is shared with nobody."""
        return int(self.counts[np.isin(self.units, other.units, assume_unique=True)].sum())

    def selection(self) -> NDArray[np.int64]:
        """int64[units]: the places of the chosen rows, sorted."""
        return np.sort(self.places)
