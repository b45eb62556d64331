"""From columns to group codes, and from counts per code to counts per group of a declared grouping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.dictionary import BOOLEANS
from assay.domain.specification import Attribute
from assay.domain.specification.protected import CROSS, MOST_CELLS
from assay.tally.dates import written_dates

Integers = NDArray[np.int64]
MOST_LOOKED_UP = 65_536
"""Codes of whole numbers that lie this close together are found in a table."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The attributes that a tally is cut by. Each has one code more than it has groups: "none of them".

    Raises:
        ValueError: when the groups of all attributes cross to more than a million cells.
    """

    attributes: tuple[tuple[str, tuple[str, ...]], ...]

    def __post_init__(self) -> None:
        if self.cells > MOST_CELLS:
            raise ValueError(
                f"The groups cross to {self.cells:,} cells; at most {MOST_CELLS:,} can be counted."
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """Codes per attribute."""
        return tuple(len(labels) + 1 for _, labels in self.attributes)

    @property
    def cells(self) -> int:
        """Cells of the full crossing."""
        return math.prod(self.shape)

    def cell(self, codes: Mapping[str, Integers], rows: int) -> Integers:
        """The cell of each row: int64[rows], from one code array per attribute."""
        cell = np.zeros(rows, dtype=np.int64)
        for (name, _), size in zip(self.attributes, self.shape, strict=True):
            cell *= size
            cell += codes[name]
        return cell

    def labels(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The groups of a grouping in the order of :meth:`collapse`; crossed names are joined by ×."""
        known = dict(self.attributes)
        labels: tuple[str, ...] = ("",)
        for name in names:
            labels = tuple(
                f"{left}{CROSS}{label}" if left else label for left in labels for label in known[name]
            )
        return labels

    def collapse(self, counts: NDArray[Any], names: tuple[str, ...]) -> NDArray[Any]:
        """Sum counts[cells, ...] to [groups of the grouping, ...]; rows in none of the groups are left out."""
        order = [name for name, _ in self.attributes]
        kept = [order.index(name) for name in names]
        summed = tuple(axis for axis in range(len(order)) if axis not in kept)
        rest = counts.shape[1:]
        cube = counts.reshape(*self.shape, *rest).sum(axis=summed)
        position = {axis: place for place, axis in enumerate(sorted(kept))}
        axes = [position[axis] for axis in kept]
        cube = cube.transpose(*axes, *range(len(kept), cube.ndim))
        inside = cube[tuple(slice(0, self.shape[axis] - 1) for axis in kept)]
        collapsed: NDArray[Any] = inside.reshape(-1, *rest)
        return collapsed

    def group_of_cell(self, names: tuple[str, ...]) -> Integers:
        """int64[cells]: the index of each cell's group in a grouping, or -1 for none."""
        indices = np.arange(self.cells).reshape(self.shape) if self.shape else np.zeros((), dtype=np.int64)
        groups = np.zeros(indices.shape, dtype=np.int64)
        outside = np.zeros(indices.shape, dtype=bool)
        order = [name for name, _ in self.attributes]
        for name in names:
            axis = order.index(name)
            size = self.shape[axis] - 1
            along = np.arange(size + 1).reshape([-1 if a == axis else 1 for a in range(len(order))])
            groups = groups * size + np.minimum(along, size - 1)
            outside = outside | (along == size)
        return np.where(outside, -1, groups).reshape(-1)


Where = Mapping[str, str]
"""By attribute the name of the group that rows must be of."""


def inside(layout: Layout, where: Where) -> NDArray[np.bool_]:
    """bool[cells]: those whose rows are of the named groups; all of them when none is named."""
    kept = np.ones(layout.cells, dtype=bool)
    for name, label in where.items():
        kept &= layout.group_of_cell((name,)) == layout.labels((name,)).index(label)
    return kept


class GroupCodes:
    """The groups of one attribute as codes: ``len(labels)`` for a value in none of them or missing.

    Where the codes are 1 and 0, a text ``true`` or ``false`` is one of them.
    """

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute
        self._none = len(attribute.labels())
        codes = [(code, i) for i, (_, group) in enumerate(attribute.codes()) for code in group]
        self._texts = {str(code): i for code, i in codes}
        if {code for code, _ in codes} <= {0, 1}:
            self._texts |= {
                text: self._texts[str(truth)] for text, truth in BOOLEANS.items() if str(truth) in self._texts
            }
        numbers = sorted((code, i) for code, i in codes if not isinstance(code, str))
        self._known = np.array([float(code) for code, _ in numbers])
        self._group = np.array([i for _, i in numbers], dtype=np.int64)
        self._table: Integers | None = None
        if numbers and int(numbers[-1][0]) - int(numbers[0][0]) <= MOST_LOOKED_UP:
            self._before = int(numbers[0][0]) - 1  # what the table's first place stands for
            self._table = np.full(int(numbers[-1][0]) - self._before + 2, self._none, dtype=np.int64)
            self._table[[int(code) - self._before for code, _ in numbers]] = self._group

    def of(self, values: NDArray[Any]) -> Integers:
        """int64[n]: the code of each value of a column, given as numbers, or as objects for text.

        Raises:
            TypeError: when bands are asked of a column that holds neither numbers nor dates.
        """
        if self._attribute.groups is None:
            return self._of_bands(values)
        if values.dtype.kind not in "iufb":
            return self._of_texts(values)
        if self._table is not None and values.dtype != np.uint64:
            return self._looked_up(values, self._table)
        if not len(self._known):
            return np.full(len(values), self._none, dtype=np.int64)
        place = np.searchsorted(self._known, values).clip(0, len(self._known) - 1)
        return np.where(self._known[place] == values, self._group[place], self._none)

    def _looked_up(self, values: NDArray[Any], table: Integers) -> Integers:
        # Both ends of the table stand for all that lies outside.
        if values.dtype.kind in "iub":
            place = values.astype(np.int64)
            place -= self._before
            return table.take(place, mode="clip")
        place = np.fmin(np.fmax(values - float(self._before), 0), len(table) - 1).astype(np.int64)
        return np.where(place + self._before == values, table[place], self._none)

    def _of_texts(self, values: NDArray[Any]) -> Integers:
        # Never as an array of texts, which would cut the zero bytes at their ends.
        found = self._texts.get
        none = self._none
        return np.fromiter((found(value, none) for value in values.tolist()), np.int64, len(values))

    def _numbers(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """float64[n]: what bands are of; a date is the number that its digits are."""
        if values.dtype.kind in "iufb":
            return values.astype(np.float64, copy=False)
        numbers = written_dates(values)
        if (
            len(values)
            and not np.isfinite(numbers).any()
            and any(value is not None for value in values.tolist())
        ):
            raise TypeError(
                f"The column {self._attribute.column!r} holds neither numbers nor dates, so it has no bands."
            )
        return numbers

    def _of_bands(self, values: NDArray[Any]) -> Integers:
        codes = np.full(len(values), self._none, dtype=np.int64)
        numbers = self._numbers(values)
        for i, (_, low, high) in enumerate(self._attribute.intervals()):
            inside = np.isfinite(numbers)
            if low is not None:
                inside &= numbers >= float(low)
            if high is not None:
                inside &= numbers < float(high)
            codes[inside] = i
        return codes
