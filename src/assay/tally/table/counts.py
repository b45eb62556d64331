"""Rows per key, which add; and the names under which more is counted than a function gave keys for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from assay.tally.table.keys import Integers

CLOSE = 4
"""Keys below so many times the rows are counted by place, in a thirtieth of the time that sorting them takes."""


@dataclass(frozen=True, slots=True)
class TableCounts:
    """Rows per key: int64[k] strictly increasing keys, none negative; int64[k] rows, none zero."""

    keys: Integers
    counts: Integers

    @classmethod
    def of(cls, keys: Integers) -> TableCounts:
        """Those of some rows; keys that lie close together are counted without sorting."""
        keys = keys[keys >= 0]
        if len(keys) and keys.max() < CLOSE * len(keys):
            rows = np.bincount(keys)
            found = np.flatnonzero(rows)
            return cls(found, rows[found])
        found, counts = np.unique(keys, return_counts=True)
        return cls(found.astype(np.int64), counts.astype(np.int64))

    @classmethod
    def empty(cls) -> TableCounts:
        """Those of no rows."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64))

    @classmethod
    def made(cls, rows: Mapping[int, int]) -> TableCounts:
        """Those written down by hand."""
        listed = sorted((key, n) for key, n in rows.items() if n)
        array = np.array(listed, dtype=np.int64).reshape(-1, 2)
        return cls(array[:, 0], array[:, 1])

    def __add__(self, other: TableCounts) -> TableCounts:
        """All rows of both."""
        if not len(other.keys):
            return self
        if not len(self.keys):
            return other
        keys = np.concatenate([self.keys, other.keys])
        order = np.argsort(keys, kind="stable")  # which merges what is in order already
        keys = keys[order]
        first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        counts = np.concatenate([self.counts, other.counts])[order]
        return TableCounts(keys[first], np.add.reduceat(counts, first))

    @property
    def total(self) -> int:
        """All rows in it."""
        return int(self.counts.sum())

    def dense(self, *sizes: int) -> Integers:
        """int64[sizes]: the rows of every combination of codes; for tables of few combinations."""
        filled = np.zeros(int(np.prod(sizes)), dtype=np.int64)
        filled[self.keys] = self.counts
        return filled.reshape(sizes)

    def scaled(self, factor: float) -> TableCounts:
        """The same mixture of other numbers of rows, whole ones.

        The rows up to each key are rounded, so that tables of the same rows stay tables of the same number of rows however finely they are cut.
        """
        counts = np.diff(np.rint(np.cumsum(self.counts) * factor).astype(np.int64), prepend=0)
        return TableCounts(self.keys[counts > 0], counts[counts > 0])


ALL_ROWS = ""
"""The name under which the rows that a function was handed are counted by group, whatever keys it gave them."""
OUTSIDE = "\n"
"""How the name begins under which rows in no part of a stratum are counted by group; its name follows."""
OF_LABELS = "\f"
"""How the name begins under which the rows that were counted are counted as twice the code of their label, and one more for those in no part of a stratum,
or, under no name, without a time that can be read."""
UNLABELLED = "\v"
"""How the name begins under which the rows of each part of a stratum, or of each period under no name, are counted as twice its code, and one more
for those with a label: of tables that rows without one are not handed to."""
BROKE = "\r"
"""How the name begins that tells that the function broke on some rows; what it raised, and where, follows."""
BESIDE = (OUTSIDE, OF_LABELS, UNLABELLED)
"""What is counted of rows beside the keys that a function gave them; no check sees it."""
TableTally = Mapping[str, TableCounts]
"""The tables that one function made, by name."""


def outside_of(tally: TableTally) -> Mapping[str, TableCounts]:
    """By stratum that the function asked for, rows in none of its parts, by group."""
    return {name.removeprefix(OUTSIDE): counts for name, counts in tally.items() if name.startswith(OUTSIDE)}


def outside_by_label(tally: TableTally, labels: int) -> Mapping[str, list[tuple[int, int]]]:
    """By stratum that the function asked for, and under no name by the column that says when, of each label the rows in none of its parts, and all of its rows."""
    found = {
        n.removeprefix(OF_LABELS): of.dense(labels, 2) for n, of in tally.items() if n.startswith(OF_LABELS)
    }
    return {
        name: [(outside, inside + outside) for inside, outside in of.tolist()] for name, of in found.items()
    }


def unlabelled_in(tally: TableTally) -> Mapping[str, dict[int, tuple[int, int]]]:
    """By stratum that the function asked for, and under no name by what it made of the column that says when: of each part, by its code, the rows without
    a label, and all of its rows."""
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for name, counts in tally.items():
        if not name.startswith(UNLABELLED):
            continue
        parts = found.setdefault(name.removeprefix(UNLABELLED), {})
        for key, rows in zip(counts.keys.tolist(), counts.counts.tolist(), strict=True):
            part, labelled = divmod(key, 2)
            without, of = parts.get(part, (0, 0))
            parts[part] = (without + rows * (1 - labelled), of + rows)
    return found


def rows_by_group(counts: TableCounts, labels: tuple[str, ...]) -> dict[str, int]:
    """Rows that were counted by group, as :data:`ALL_ROWS` and :data:`OUTSIDE` are; those in no group are left out."""
    found = counts.dense(len(labels) + 1)
    return {label: int(found[place]) for place, label in enumerate(labels, start=1)}


def sums(tallies: Iterable[TableTally]) -> dict[str, TableCounts]:
    """All rows of several."""
    total: dict[str, TableCounts] = {}
    for tally in tallies:
        for name, counts in tally.items():
            total[name] = total[name] + counts if name in total else counts
    return dict(sorted(total.items()))
