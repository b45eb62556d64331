"""Which rows a data set holds, by hash: duplicates, conflicting labels, rows shared with another data set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import Hashes, column_hash
from assay.tally.views import Alike, RowSetView

Constants = tuple[tuple[str, int], ...]

DEVIATIONS = 3
"""Values that two sets share are beyond chance when they are so many standard deviations more than chance gives."""


@dataclass(frozen=True, slots=True)
class RowTally:
    """Distinct rows: uint64[k] sorted sums of the values' hashes, uint8[k] labels, int64[k] how often each occurs.

    Attributes:
        constants: the columns that hold the same value in every row, with its hash, sorted.
    """

    inputs: Hashes
    labels: NDArray[np.uint8]
    counts: NDArray[np.int64]
    constants: Constants = ()

    @classmethod
    def empty(cls) -> RowTally:
        """No rows."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint8), np.empty(0, np.int64))

    def counting(self, inputs: Hashes, labels: NDArray[np.uint8], words: Mapping[str, Hashes]) -> RowTally:
        """This tally with more rows.

        Args:
            inputs: uint64[n], for each row the sum of its values' hashes. labels: uint8[n], what two rows with the same
                inputs may differ in. words: the columns that were summed, uint64[n] of the hashed values of each.
        """
        if not len(inputs):
            return self
        # A column that was seen to vary is not looked at again.
        names = words if not len(self.counts) else (name for name, _ in self.constants)
        constants = (
            (n, int(column_hash(n, words[n][:1])[0])) for n in names if np.all(words[n] == words[n][0])
        )
        once = np.ones(len(inputs), dtype=np.int64)
        return self + _distinct(inputs, labels, once, tuple(sorted(constants)))

    def __add__(self, other: RowTally) -> RowTally:
        """All rows of both."""
        if not len(self.counts) or not len(other.counts):
            return self if len(self.counts) else other
        return _distinct(
            np.concatenate([self.inputs, other.inputs]),
            np.concatenate([self.labels, other.labels]),
            np.concatenate([self.counts, other.counts]),
            tuple(constant for constant in self.constants if constant in other.constants),
        )

    @property
    def rows(self) -> int:
        """All rows, duplicates included."""
        return int(self.counts.sum())

    @property
    def values(self) -> Hashes:
        """The distinct rows, whatever their label."""
        return np.unique(self.inputs)

    @property
    def repeated(self) -> int:
        """Distinct rows that occur more than once; how often does not matter."""
        places = np.unique(self.inputs, return_inverse=True)[1]
        return int((np.bincount(places, weights=self.counts) > 1).sum()) if len(places) else 0

    @property
    def duplicates(self) -> int:
        """Rows that repeat an earlier one, label included."""
        return int((self.counts - 1).sum())

    def shared(self, other: RowTally) -> int:
        """Rows of this set that occur in the other one, but for columns that are constant in each of the two."""
        found = np.isin(self.inputs + self._shift(other), other.inputs)
        return int(self.counts[found].sum())

    def shares_beyond_chance(self, other: RowTally) -> bool:
        """Whether more distinct rows occur in both sets than two independent samples would share.

        A value that occurs ``m`` times on average in a sample, by Poisson, is in two of one size with the probability
        (1 - exp(-m))^2, at most twice that of its being in one of them more than once. So the values that repeat
        within a set, each counted once, bound those that chance gives to both; scaled to the larger set where the
        smaller one tells. The smaller of the two bounds counts: what was repeated in one of the sets hides nothing.
        """
        shared = int(np.isin(self.values + self._shift(other), other.values).sum())
        smaller, larger = sorted((self, other), key=lambda tally: tally.rows)
        times = larger.rows / max(smaller.rows, 1)
        chance = 2 * min(times * smaller.repeated, larger.repeated)
        deviation = math.sqrt(chance * (1 + 2 * times) + 1)
        return shared > chance + DEVIATIONS * deviation

    def _shift(self, other: RowTally) -> np.uint64:
        """What makes a row of this set one of the other, but for columns that are constant in each of the two."""
        here, there = dict(self.constants), dict(other.constants)
        return np.uint64(sum(there[name] - here[name] for name in here if name in there) % 2**64)

    def view(
        self, data: str, others: Mapping[str, RowTally], by_inputs: Mapping[str, RowTally] | None = None
    ) -> RowSetView:
        """Counts about these rows, and how many of them occur in each of the other data sets.

        Args:
            data: the name of this data set. others: all rows of the others.
            by_inputs: of this and the other data sets, the rows as what the model is fed alone.
        """
        _, place, kinds = np.unique(self.inputs, return_inverse=True, return_counts=True)
        conflicting = int(self.counts[kinds[place] > 1].sum()) if len(self.inputs) else 0
        fed = dict(by_inputs or {})
        mine = fed.pop(data, None)
        return RowSetView(
            data=data,
            rows=self.rows,
            duplicates=self.duplicates,
            conflicting=conflicting,
            shared=tuple((name, self.shared(other)) for name, other in others.items()),
            alike=tuple(
                Alike(name, mine.shared(other), mine.shares_beyond_chance(other))
                for name, other in fed.items()
            )
            if mine is not None
            else (),
            alike_duplicates=mine.duplicates if mine is not None else 0,
        )


def _distinct(
    inputs: Hashes, labels: NDArray[np.uint8], counts: NDArray[np.int64], constants: Constants
) -> RowTally:
    order = np.lexsort((labels, inputs))
    inputs, labels, counts = inputs[order], labels[order], counts[order]
    first = np.ones(len(inputs), dtype=bool)
    first[1:] = (inputs[1:] != inputs[:-1]) | (labels[1:] != labels[:-1])
    starts = np.flatnonzero(first)
    summed = np.add.reduceat(counts, starts) if len(starts) else counts[:0]
    return RowTally(inputs[starts], labels[starts], summed, constants)
