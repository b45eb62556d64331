"""A batch of rows that is read once: its columns, the cell and label of each row, and hashes as they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.needs import Part
from assay.domain.vocabulary import Task
from assay.engine.frame import Frame
from assay.plan.passes import Pass
from assay.subject.arrays import as_numpy, as_texts, as_words, is_text
from assay.tally.crossing import Codes, Crossing
from assay.tally.groups import GroupCodes
from assay.tally.hashes import Hashes, row_hash
from assay.tally.labels import labels_of
from assay.tally.once import SharedBatch
from assay.tally.texts import ArrayColumns, BatchColumns, Texts

Integers = NDArray[np.int64]


class Columns(BatchColumns):
    """The columns of a batch as arrays, each turned into one when somebody first asks: a reading may hash most of what it reads."""

    def __init__(self, raw: pa.RecordBatch) -> None:
        self._raw = raw
        self._made: dict[str, NDArray[Any]] = {}
        self._texts: dict[str, Texts | None] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._made:
            texts = self.texts(name)
            self._made[name] = as_numpy(self._raw.column(name), name) if texts is None else texts.values
        return self._made[name]

    def texts(self, name: str) -> Texts | None:
        """See :class:`~assay.tally.texts.BatchColumns`."""
        if name not in self._texts:
            column = self._raw.column(name)
            self._texts[name] = as_texts(column, name) if is_text(column.type) else None
        return self._texts[name]

    def __contains__(self, name: object) -> bool:
        return name in self._raw.schema.names

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw.schema.names)

    def __len__(self) -> int:
        return len(self._raw.schema.names)


@dataclass(frozen=True)
class Batch:
    """One batch of rows, read once.

    Attributes:
        raw: as it came. columns: by name.
        key: int64[n], ``cell * labels`` and the code of the label.
        labelled: selects the rows with a label from an array; a slice when all have one.
        code: int32[n] or int64[n], the combination of the crossed columns; None when some value is in no combination.
        first_row: place of the first row in the data set. words: of the columns that were asked for by :meth:`hashes`.
        labels: how many labels there are.
    """

    raw: pa.RecordBatch
    columns: BatchColumns
    key: Integers
    labelled: slice | NDArray[np.bool_]
    code: Codes | None
    first_row: int
    words: dict[str, Hashes] = field(default_factory=dict)
    labels: int = 2

    def hashes(self, names: Iterable[str]) -> Hashes:
        """uint64[n]: a hash of each row over the named columns."""
        return row_hash(((name, self.words_of(name)) for name in names), len(self.key))

    def words_of(self, name: str) -> Hashes:
        """uint64[n]: a word for each value of a column."""
        if name not in self.words:
            self.words[name] = as_words(self.raw.column(name), name)
        return self.words[name]

    @cached_property
    def shared(self) -> SharedBatch:
        """What the tables of checks are made of."""
        return SharedBatch(self.columns, self.words_of, self.cell)

    @cached_property
    def label(self) -> Integers:
        """int64[n]: the code of each row's label, -1 where it has none."""
        label = self.key % self.labels
        if not isinstance(self.labelled, slice):
            label[~self.labelled] = -1
        return label

    @cached_property
    def cell(self) -> Integers:
        """int64[n]: the cell of each row."""
        return self.key // self.labels

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
        self._answers = frame.answers
        self._labels = frame.answers.labels
        self._layout = frame.layout
        self._coded = [(name, a.column, GroupCodes(a)) for name, a in frame.attributes]
        self._crossing = crossing
        values = crossing.values()
        self._apart = [part for part in self._coded if part[1] not in values]
        crossed = [part for part in self._coded if part[1] in values]
        self._crosses_label = _crosses_label(frame)
        self._key_of_code = self._cells(crossed, ArrayColumns(values), crossing.size) * self._labels
        if self._crosses_label:
            self._key_of_code += values[frame.label]

    def read(self, raw: pa.RecordBatch, first_row: int) -> Batch:
        """The batch of rows whose first one stands at ``first_row`` of the data set."""
        columns = Columns(raw)
        code = self._crossing.code(columns)
        if code is None:
            label, labelled = labels_of(self._answers, columns[self._label])
            key = self._cells(self._coded, columns, raw.num_rows) * self._labels + label
            return Batch(raw, columns, key, labelled, code, first_row, labels=self._labels)
        key = self._key_of_code.take(code.astype(np.intp, copy=False))
        if self._apart:
            key += self._cells(self._apart, columns, raw.num_rows) * self._labels
        labelled = slice(None)
        if not self._crosses_label:
            label, labelled = labels_of(self._answers, columns[self._label])
            key += label
        return Batch(raw, columns, key, labelled, code, first_row, labels=self._labels)

    def _cells(self, coded: list[tuple[str, str, GroupCodes]], columns: BatchColumns, rows: int) -> Integers:
        """The cells as far as these attributes go: cells of several sets of attributes add."""
        none = np.zeros((), dtype=np.int64)
        codes = {name: columns.each(column, groups.of) for name, column, groups in coded}
        return self._layout.cell({name: codes.get(name, none) for name, _, _ in self._coded}, rows)


def crossing_of(frame: Frame, wanted: Pass) -> Crossing:
    """A label of 0 and 1, then attributes by code, then documented codes, as far as their values cross to few."""
    codes: dict[str, list[int | str]] = {frame.label: [0, 1]} if _crosses_label(frame) else {}
    for _, attribute in frame.attributes:
        if attribute.groups is not None:
            codes.setdefault(attribute.column, []).extend(c for _, group in attribute.codes() for c in group)
    for column in frame.dictionary:
        if column.codes is not None and (Part.PROFILES in wanted.parts or column.name in codes):
            codes.setdefault(column.name, []).extend(column.codes)
    numbers = {name: [c for c in found if not isinstance(c, str)] for name, found in codes.items()}
    ranges = {name: (min(found), max(found)) for name, found in numbers.items() if found}
    return Crossing(ranges | ({frame.label: (0, 1)} if _crosses_label(frame) else {}))


def _crosses_label(frame: Frame) -> bool:
    """Whether the label is looked up with the crossed columns, as two values are; any other is looked at row by row."""
    return frame.answers.task is Task.BINARY
