"""One row per unit: of several rows of one client, the one with the smallest seeded hash counts.

The choice depends on the seed and the rows' content, not on their order, so that it cannot be shopped for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import Hashes, mixed, named


@dataclass(frozen=True, slots=True)
class UnitTally:
    """Per unit (uint64[k] sorted hashes) the smallest priority and the row that has it; ``rows`` seen in all."""

    units: Hashes
    priorities: Hashes
    places: NDArray[np.int64]
    rows: int

    @classmethod
    def empty(cls) -> UnitTally:
        """No rows."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.int64), 0)

    def counting(self, units: Hashes, content: Hashes, places: NDArray[np.int64], seed: str) -> UnitTally:
        """With more rows: hashes of their units and of their content, and their places in the data set."""
        return self + UnitTally(units, mixed(content ^ named(f"unit:{seed}")), places, len(units))

    def __add__(self, other: UnitTally) -> UnitTally:
        """All rows of both."""
        units = np.concatenate([self.units, other.units])
        priorities = np.concatenate([self.priorities, other.priorities])
        places = np.concatenate([self.places, other.places])
        order = np.lexsort((places, priorities, units))
        units, priorities, places = units[order], priorities[order], places[order]
        first = np.ones(len(units), dtype=bool)
        first[1:] = units[1:] != units[:-1]
        return UnitTally(units[first], priorities[first], places[first], self.rows + other.rows)

    @property
    def repeated(self) -> bool:
        """Whether any unit has more than one row."""
        return self.rows > len(self.units)

    def selection(self) -> NDArray[np.int64]:
        """int64[units]: the places of the chosen rows, sorted."""
        return np.sort(self.places)
