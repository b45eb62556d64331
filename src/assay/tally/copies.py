"""Which of several equal rows a row is, so that each of them draws for itself and the order of the rows changes nothing.

Rows are equal here in all that can be told of them, so whichever of them is the first, the same draws fall on the same content.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import Hashes, mixed

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CopyTally:
    """Of rows: uint64[n] hashes and int64[n] places in the data set, ascending."""

    hashes: Hashes
    places: Integers

    @classmethod
    def empty(cls) -> CopyTally:
        """No rows."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.int64))

    def __add__(self, other: CopyTally) -> CopyTally:
        """All rows of both."""
        places = np.concatenate([self.places, other.places])
        order = np.argsort(places, kind="stable")
        return CopyTally(np.concatenate([self.hashes, other.hashes])[order], places[order])

    def numbers(self) -> Integers:
        """int64[2, k]: the places of the rows that equal an earlier one, ascending, and how many earlier ones each equals."""
        order = np.argsort(self.hashes, kind="stable")
        hashes, places = self.hashes[order], self.places[order]
        first = np.ones(len(hashes), dtype=bool)
        first[1:] = hashes[1:] != hashes[:-1]
        starts = np.flatnonzero(first)
        number = np.arange(len(hashes)) - starts[np.cumsum(first) - 1]
        again = np.flatnonzero(number)
        again = again[np.argsort(places[again])]
        return np.stack([places[again], number[again]]).astype(np.int64)


def told_apart(hashes: Hashes, first_row: int, numbers: Integers | None) -> Hashes:
    """uint64[n]: the hashes of consecutive rows, with another one for each that equals an earlier row. numbers: as of :meth:`CopyTally.numbers`."""
    if numbers is None:
        return hashes
    here = slice(*np.searchsorted(numbers[0], [first_row, first_row + len(hashes)]))
    found = hashes.copy()
    places = numbers[0, here] - first_row
    found[places] = mixed(found[places] ^ mixed(numbers[1, here].astype(np.uint64)))
    return found
