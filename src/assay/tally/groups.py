"""From columns to group codes, and from counts per code to counts per group of a declared grouping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.specification import Attribute
from assay.domain.specification.protected import CROSS

Integers = NDArray[np.int64]
MOST_CELLS = 1_000_000
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


def codes_of(attribute: Attribute, values: NDArray[Any]) -> Integers:
    """The group code of each value, ``len(labels)`` for a value in none of the groups or missing.

    Args:
        attribute: groups by code or bands by number.
        values: a column as numbers, or as objects for text.

    Raises:
        TypeError: when bands are asked of a column that holds no numbers.
    """
    if attribute.groups is None:
        return _band_codes(attribute, values)
    labels = attribute.labels()
    if values.dtype.kind in "iufb":
        return _number_codes(attribute, values, len(labels))
    lookup = {str(code): i for i, (_, codes) in enumerate(attribute.codes()) for code in codes}
    unique, inverse = np.unique(
        np.asarray(["" if v is None else str(v) for v in values]), return_inverse=True
    )
    table = np.array([lookup.get(str(value), len(labels)) for value in unique], dtype=np.int64)
    return table[inverse] if len(values) else np.empty(0, dtype=np.int64)


def _number_codes(attribute: Attribute, values: NDArray[Any], none: int) -> Integers:
    pairs = sorted(
        (float(code), i)
        for i, (_, codes) in enumerate(attribute.codes())
        for code in codes
        if not isinstance(code, str)
    )
    if not pairs:
        return np.full(len(values), none, dtype=np.int64)
    known = np.array([code for code, _ in pairs])
    index = np.array([i for _, i in pairs], dtype=np.int64)
    low, span = int(known[0]), int(known[-1] - known[0])
    if values.dtype.kind in "iub" and values.dtype != np.uint64 and span <= MOST_LOOKED_UP:
        table = np.full(span + 3, none, dtype=np.int64)  # both ends stand for all that lies outside
        table[(known - low).astype(np.int64) + 1] = index
        place = values.astype(np.int64)
        place -= low - 1
        return table[np.clip(place, 0, span + 2, out=place)]
    place = np.searchsorted(known, values).clip(0, len(known) - 1)
    return np.where(known[place] == values, index[place], none)


def _band_codes(attribute: Attribute, values: NDArray[Any]) -> Integers:
    if values.dtype.kind not in "iufb":
        raise TypeError(f"The column {attribute.column!r} holds no numbers, so it has no bands.")
    intervals = attribute.intervals()
    codes = np.full(len(values), len(intervals), dtype=np.int64)
    numbers = values.astype(np.float64, copy=False)
    for i, (_, low, high) in enumerate(intervals):
        inside = np.isfinite(numbers)
        if low is not None:
            inside &= numbers >= float(low)
        if high is not None:
            inside &= numbers < float(high)
        codes[inside] = i
    return codes
