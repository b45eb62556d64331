"""A batch of rows that is read once: its columns, the cell and label of each row, and hashes as they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.needs import Part
from assay.engine.frame import Frame
from assay.plan.passes import Pass
from assay.subject.arrays import as_numpy, as_words
from assay.tally.crossing import Codes, Crossing
from assay.tally.groups import GroupCodes
from assay.tally.hashes import Hashes, row_hash

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of rows, read once.

    Attributes:
        raw: as it came. columns: by name.
        key: int64[n], ``cell * 2``, and 1 more if the label is 1.
        labelled: selects the rows with a label from an array; a slice when all have one.
        code: int32[n] or int64[n], the combination of the crossed columns; None when some value is in no combination.
        first_row: place of the first row in the data set. words: of the columns that were asked for by :meth:`hashes`.
    """

    raw: pa.RecordBatch
    columns: dict[str, NDArray[Any]]
    key: Integers
    labelled: slice | NDArray[np.bool_]
    code: Codes | None
    first_row: int
    words: dict[str, Hashes] = field(default_factory=dict)

    def hashes(self, names: Iterable[str]) -> Hashes:
        """uint64[n]: a hash of each row over the named columns."""
        return row_hash(((name, self.words_of(name)) for name in names), len(self.key))

    def words_of(self, name: str) -> Hashes:
        """uint64[n]: a word for each value of a column."""
        if name not in self.words:
            self.words[name] = as_words(self.raw.column(name), name)
        return self.words[name]

    @property
    def label(self) -> Integers:
        """int64[n]: the label of each row, -1 where it is neither 0 nor 1."""
        label = self.key & 1
        if not isinstance(self.labelled, slice):
            label[~self.labelled] = -1
        return label

    @property
    def cell(self) -> Integers:
        """int64[n]: the cell of each row."""
        return self.key >> 1

    def kept(self, selection: Integers | None) -> slice | NDArray[np.bool_]:
        """The rows that count: labelled, and among the sorted places of ``selection`` if there is one."""
        if selection is None:
            return self.labelled
        first, end = self.first_row, self.first_row + len(self.key)
        here = slice(*np.searchsorted(selection, [first, end]))
        kept = np.zeros(len(self.key), dtype=bool)
        kept[selection[here] - first] = True
        return kept if isinstance(self.labelled, slice) else kept & self.labelled

    @property
    def places(self) -> Integers:
        """int64[n]: places of the rows in the data set."""
        return np.arange(self.first_row, self.first_row + len(self.key), dtype=np.int64)


class Reader:
    """Batches from what is read. Labels and groups of crossed columns are found by combination, else by row."""

    def __init__(self, frame: Frame, crossing: Crossing) -> None:
        self._label = frame.label
        self._layout = frame.layout
        self._coded = [(name, a.column, GroupCodes(a)) for name, a in frame.attributes]
        self._crossing = crossing
        values = crossing.values()
        self._apart = [part for part in self._coded if part[1] not in values]
        crossed = [part for part in self._coded if part[1] in values]
        self._key_of_code = self._cells(crossed, values, crossing.size) * 2 + values[frame.label]

    def read(self, raw: pa.RecordBatch, first_row: int) -> Batch:
        """The batch of rows whose first one stands at ``first_row`` of the data set."""
        columns = {name: as_numpy(raw.column(name), name) for name in raw.schema.names}
        code = self._crossing.code(columns)
        if code is None:
            positive, labelled = _labels(columns[self._label])
            key = self._cells(self._coded, columns, raw.num_rows) * 2 + positive
            return Batch(raw, columns, key, labelled, code, first_row)
        key = self._key_of_code.take(code.astype(np.intp, copy=False))
        if self._apart:
            key += self._cells(self._apart, columns, raw.num_rows) * 2
        return Batch(raw, columns, key, slice(None), code, first_row)

    def _cells(
        self, coded: list[tuple[str, str, GroupCodes]], columns: dict[str, NDArray[Any]], rows: int
    ) -> Integers:
        """The cells as far as these attributes go: cells of several sets of attributes add."""
        none = np.zeros((), dtype=np.int64)
        codes = {name: groups.of(columns[column]) for name, column, groups in coded}
        return self._layout.cell({name: codes.get(name, none) for name, _, _ in self._coded}, rows)


def crossing_of(frame: Frame, wanted: Pass) -> Crossing:
    """The label, then attributes by code, then documented codes, as far as their values cross to few."""
    codes: dict[str, list[int | str]] = {frame.label: [0, 1]}
    for _, attribute in frame.attributes:
        if attribute.groups is not None:
            codes.setdefault(attribute.column, []).extend(c for _, group in attribute.codes() for c in group)
    for column in frame.dictionary:
        if column.codes is not None and (Part.PROFILES in wanted.parts or column.name in codes):
            codes.setdefault(column.name, []).extend(column.codes)
    numbers = {name: [c for c in found if not isinstance(c, str)] for name, found in codes.items()}
    ranges = {name: (min(found), max(found)) for name, found in numbers.items() if found}
    return Crossing(ranges | {frame.label: (0, 1)})


def _labels(values: NDArray[Any]) -> tuple[NDArray[np.bool_], slice | NDArray[np.bool_]]:
    """Which rows have the label 1, and which have a label."""
    if values.dtype.kind not in "iufb":
        none = np.zeros(len(values), dtype=bool)
        return none, none
    positive = values == 1
    if values.dtype.kind in "iub" and len(values) and values.min() >= 0 and values.max() <= 1:
        return positive, slice(None)
    return positive, (values == 0) | positive
