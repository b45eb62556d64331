"""Which rows a data set holds, by hash: duplicates, conflicting labels, rows shared with another data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import Hashes, column_hash
from assay.tally.views import RowSetView

Constants = tuple[tuple[str, int], ...]

CHANCE_TIMES = 10
"""Rows that share their inputs alone are shared rows when they are so many times those that chance gives,"""
CHANCE_SHARE = 0.01
"""and more than this share of the rows."""


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
    def twins(self) -> float:
        """The share of the rows that occur more than once."""
        return float(self.counts[self.counts > 1].sum() / max(self.rows, 1))

    def shared(self, other: RowTally) -> int:
        """Rows of this set that occur in the other one, but for columns that are constant in each of the two."""
        here, there = dict(self.constants), dict(other.constants)
        with np.errstate(over="ignore"):
            shift = np.uint64(sum(there[name] - here[name] for name in here if name in there) % 2**64)
            found = np.isin(self.inputs + shift, other.inputs)
        return int(self.counts[found].sum())

    def shared_beyond_chance(self, other: RowTally) -> int:
        """As :meth:`shared`, and 0 when chance could have given that many: by the rows that repeat within the sets.

        A row that is drawn like those of the other set has a twin there as often as one of its rows has one among the
        others; and in a larger set at most as many times as often as it has more rows. The smaller of the two is
        chance, so that rows which are repeated in one of the sets hide nothing.
        """
        found = self.shared(other)
        larger = max(other.rows / max(self.rows, 1), 1.0)
        chance = min(other.twins, self.twins * larger)
        return found if found > max(CHANCE_TIMES * chance, CHANCE_SHARE) * self.rows else 0

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
        fed = by_inputs or {}
        return RowSetView(
            data=data,
            rows=self.rows,
            duplicates=int((self.counts - 1).sum()),
            conflicting=conflicting,
            shared=tuple(
                (
                    name,
                    max(self.shared(other), fed[data].shared_beyond_chance(fed[name]) if data in fed else 0),
                )
                for name, other in others.items()
            ),
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
