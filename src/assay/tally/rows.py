"""Which rows a data set holds, by hash: duplicates, conflicting labels, rows shared with another data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.tally.hashes import Hashes
from assay.tally.views import RowSetView


@dataclass(frozen=True, slots=True)
class RowTally:
    """Distinct rows: uint64[k] sorted hashes of the inputs, uint8[k] labels, int64[k] how often each occurs."""

    inputs: Hashes
    labels: NDArray[np.uint8]
    counts: NDArray[np.int64]

    @classmethod
    def empty(cls) -> RowTally:
        """No rows."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint8), np.empty(0, np.int64))

    def counting(self, inputs: Hashes, labels: NDArray[np.uint8]) -> RowTally:
        """This tally with more rows."""
        return self + _distinct(inputs, labels, np.ones(len(inputs), dtype=np.int64))

    def __add__(self, other: RowTally) -> RowTally:
        """All rows of both."""
        return _distinct(
            np.concatenate([self.inputs, other.inputs]),
            np.concatenate([self.labels, other.labels]),
            np.concatenate([self.counts, other.counts]),
        )

    @property
    def rows(self) -> int:
        """All rows, duplicates included."""
        return int(self.counts.sum())

    def view(self, data: str, others: Mapping[str, RowTally]) -> RowSetView:
        """Counts about these rows, and how many of them occur in each of the other data sets."""
        _, place, kinds = np.unique(self.inputs, return_inverse=True, return_counts=True)
        conflicting = int(self.counts[kinds[place] > 1].sum()) if len(self.inputs) else 0
        shared = tuple(
            (name, int(self.counts[np.isin(self.inputs, other.inputs)].sum()))
            for name, other in others.items()
        )
        return RowSetView(
            data=data,
            rows=self.rows,
            duplicates=int((self.counts - 1).sum()),
            conflicting=conflicting,
            shared=shared,
        )


def _distinct(inputs: Hashes, labels: NDArray[np.uint8], counts: NDArray[np.int64]) -> RowTally:
    order = np.lexsort((labels, inputs))
    inputs, labels, counts = inputs[order], labels[order], counts[order]
    first = np.ones(len(inputs), dtype=bool)
    first[1:] = (inputs[1:] != inputs[:-1]) | (labels[1:] != labels[:-1])
    starts = np.flatnonzero(first)
    summed = np.add.reduceat(counts, starts) if len(starts) else counts[:0]
    return RowTally(inputs[starts], labels[starts], summed)
