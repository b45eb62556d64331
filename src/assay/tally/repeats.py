"""How often equal rows stand in a data set, in all and in each group: a row counted twice is no news the second time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.domain.repeats import Repeats
from assay.tally.groups import Layout
from assay.tally.hashes import Hashes

Integers = NDArray[np.int64]
MOST = 1 << 18
"""Distinct rows that are kept, 6 MB. Of more, those with the smallest hashes: every copy of a row has its hash, so the
copies of those kept are all counted, and shares are estimated from them (bottom-k sampling; Cohen & Kaplan 2007, PODC)."""


@dataclass(frozen=True, slots=True)
class RepeatTally:
    """Distinct rows: uint64[k] hashes, their label included, ascending; int64[k] cell and label; int64[k] how often each stands there.

    Of more than ``MOST`` distinct rows a sample, the same however the rows are split: whichever is among the smallest hashes of
    all is among those of each part that has it. One row that stands there very often may be outside of it.

    Rows of one hash lie in one cell, or in several where the columns of the groups are not among those hashed.
    """

    hashes: Hashes
    keys: Integers
    counts: Integers

    @classmethod
    def of(cls, hashes: Hashes, keys: Integers) -> RepeatTally:
        """That of some rows. keys: ``cell * labels + label``, of as many labels as are told apart."""
        return _distinct(hashes, keys, np.ones(len(hashes), np.int64))

    def __add__(self, other: RepeatTally) -> RepeatTally:
        """All rows of both."""
        return _distinct(
            np.concatenate([self.hashes, other.hashes]),
            np.concatenate([self.keys, other.keys]),
            np.concatenate([self.counts, other.counts]),
        )

    def repeats(
        self, layout: Layout, groupings: Iterable[tuple[str, ...]], labels: Sequence[str]
    ) -> tuple[Repeats, ...]:
        """Of all rows, then of those of each label, of each group, and of each label in each group.

        Args:
            labels: the names of those that are told apart, in the order of their codes; one where they are numbers.
        """
        rows = np.zeros(layout.cells * len(labels), np.int64)
        np.add.at(rows, self.keys, self.counts)
        again = self._equal_to_another()
        found = list(again.of_parts(rows, np.zeros(layout.cells, np.int64), ("",), labels))
        for names in groupings:
            parts = tuple(f"of {label}" for label in layout.labels(names))
            found += again.of_parts(rows, layout.group_of_cell(names), parts, labels)
        return tuple(found)

    def of_parts(
        self, rows: Integers, group_of_cell: Integers, parts: tuple[str, ...], labels: Sequence[str]
    ) -> Iterable[Repeats]:
        """Of each part, and of each label in it where there are several. rows: int64[keys], all those of a key. group_of_cell: the part, or -1."""
        group_of_key = np.repeat(group_of_cell, len(labels))
        label_of_key = np.arange(len(rows)) % len(labels)
        apart: Iterable[tuple[int, str]] = enumerate(labels) if len(labels) > 1 else ()
        for label, name in ((None, ""), *apart):
            inside = (group_of_key >= 0) & ((label is None) | (label_of_key == label))
            kept = inside[self.keys]
            equal = _distinct(self.hashes[kept], group_of_key[self.keys[kept]], self.counts[kept])
            told = "" if label is None else f"with the label {name}"
            sums = (
                _summed(group_of_key[inside], rows[inside], len(parts)),
                _summed(equal.keys, equal.counts - 1, len(parts)),
                _summed(equal.keys, equal.counts * (equal.counts - 1), len(parts)),
            )
            for part, *of_part in zip(parts, *(one.tolist() for one in sums), strict=True):
                yield Repeats(" ".join(filter(None, (part, told))), *of_part)

    def _equal_to_another(self) -> RepeatTally:
        """Those that do not stand there once: few, as a rule."""
        shared = np.zeros(len(self.hashes), dtype=bool)
        same = self.hashes[1:] == self.hashes[:-1]
        shared[1:] |= same
        shared[:-1] |= same
        kept = shared | (self.counts > 1)
        return RepeatTally(self.hashes[kept], self.keys[kept], self.counts[kept])


def _summed(places: Integers, values: Integers, length: int) -> Integers:
    total = np.zeros(length, np.int64)
    np.add.at(total, places, values)
    return total


def _distinct(hashes: Hashes, keys: Integers, counts: Integers) -> RepeatTally:
    order = np.argsort(hashes, kind="stable")  # two sorted ones are merged in one go
    hashes, keys, counts = hashes[order], keys[order], counts[order]
    if np.any((hashes[1:] == hashes[:-1]) & (keys[1:] < keys[:-1])):
        order = np.lexsort((keys, hashes))
        hashes, keys, counts = hashes[order], keys[order], counts[order]
    first = np.ones(len(hashes), dtype=bool)
    first[1:] = (hashes[1:] != hashes[:-1]) | (keys[1:] != keys[:-1])
    starts = np.flatnonzero(first)
    other = np.ones(len(starts), dtype=bool)  # than the row before, whatever its cell
    other[1:] = hashes[starts[1:]] != hashes[starts[:-1]]
    within = np.searchsorted(np.cumsum(other), MOST, side="right")
    end = int(starts[within]) if within < len(starts) else len(hashes)
    hashes, keys, counts = hashes[:end], keys[:end], counts[:end]
    starts = starts[:within]
    summed = np.add.reduceat(counts, starts) if len(starts) else counts[:0]
    return RepeatTally(hashes[starts], keys[starts], summed)
