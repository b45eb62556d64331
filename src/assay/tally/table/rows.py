"""The rows of a batch as the function of a table is handed them: their columns, codes, groups, answers, and those after a change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.specification import Attribute
from assay.tally.coding import (
    BINS,
    FINE,
    MORE_OTHERS,
    OTHERS,
    bins_of,
    coded,
    fine_bins_of,
    numbers_of,
    without_value,
)
from assay.tally.groups import GroupCodes
from assay.tally.hashes import Hashes
from assay.tally.labels import decided_by
from assay.tally.once import SharedBatch
from assay.tally.perturbation import ChangeContext, Columns
from assay.tally.table.context import TableContext
from assay.tally.table.keys import Integers
from assay.tally.texts import BatchColumns, Kind

Floats = NDArray[np.float64]
Change = Callable[[Columns, ChangeContext], Columns]
After = Callable[[str, Change], Floats]
Kept = slice | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a batch that count, as a table's function is handed them.

    Attributes:
        n: how many. label: int64[n], the code of the label, -1 where there is none; 0 of every number. score: float64[n], what the model
            answered, or float64[n, classes]; None where it was not asked.
    """

    n: int
    label: Integers
    context: TableContext
    score: Floats | None
    _batch: SharedBatch
    _kept: Kept
    _after: After | None = None
    outside: dict[str, Integers] = field(default_factory=dict)
    """By stratum that was asked for, the group of each row that is in none of its parts, plus one: no check need say so itself."""
    parts: dict[str, Integers] = field(default_factory=dict)
    """By stratum that was asked for, and under no name by what was asked of the column that says when, the part of each row of the batch, counted or not."""

    def after(self, name: str, change: Change) -> Floats:
        """float64[n], or float64[n, classes]: what the model answers for the same rows after a change of their inputs.

        ``change(columns, context)`` is handed copies of the inputs, each [n]. Each call is one more prediction for every row;
        ``name`` tells it from the others of the same function.

        Raises:
            ValueError: where the need of the check does not say that inputs are changed.
        """
        if not self.n:
            return self.answered
        if self._after is None:
            raise ValueError("the need of the check does not say that inputs are changed")
        return self._after(name, change)

    def decisions(self, score: Floats) -> Integers:
        """int64[n]: the decisions at these scores, or the most probable classes, of equally probable ones the first."""
        return decided_by(self.context.answers, score, self.context.decide_at).astype(np.int64)

    @property
    def names(self) -> frozenset[str]:
        """The columns that were read."""
        return frozenset(self._batch.columns)

    def column(self, name: str) -> NDArray[Any]:
        """The values of a column: numbers with NaN for what is missing, everything else as objects with None."""
        return self._batch.columns[name][self._kept]

    def each(self, name: str, what: Callable[[NDArray[Any]], NDArray[Kind]]) -> NDArray[Kind]:
        """What a function of values gives for each row of a column; it is handed each different text once, and all numbers."""
        every = self._batch.columns.each(name, what)
        if name == self.context.time and every.dtype == np.int64:
            self.parts[""] = every.astype(np.int64, copy=False)
        return every[self._kept]

    def numbers(self, name: str) -> Floats:
        """float64[n]: the numbers of a column, NaN where it has none."""
        return numbers_of(self.column(name))

    def words(self, name: str) -> Hashes:
        """uint64[n]: a word for each value of a column; equal values have equal ones."""
        return self._batch.words(name)[self._kept]

    def codes(self, name: str, *, fine: bool = False) -> tuple[Integers, int]:
        """The value of each row as a code, and how many codes there are: bins of a number, else the documented codes and a hash
        of every other value. A missing value is -1. ``fine``: numbers have bins that are so narrow that nearly all have one of their own, and other values
        nearly all a code of their own, where one value may tell all."""
        column, columns, words = self.context.column(name), self._batch.columns, self._batch.words
        if self.has_bins(name):
            if fine:
                return self.fine_bins(name), FINE
            return self._batch.once(("bins", name), lambda: bins_of(columns[name]))[self._kept], BINS
        known = {str(code): i for i, code in enumerate((column.codes_of_its_values or ()) if column else ())}
        others = MORE_OTHERS if fine else OTHERS
        codes = self._batch.once(
            ("codes", name, others), lambda: coded(columns, name, known, words(name), others)
        )
        return codes[self._kept], len(known) + others

    def has_bins(self, name: str) -> bool:
        """Whether the codes of a column are bins: it holds numbers, and the dictionary calls it a number without codes. Numbers that only name
        things are told apart as they are."""
        column = self.context.column(name)
        called_a_number = column is not None and column.is_numeric and column.codes is None
        return called_a_number and self.holds_numbers(name)

    def holds_numbers(self, name: str) -> bool:
        """Whether the values of a column are numbers, and no texts."""
        return self._batch.columns.texts(name) is None

    def fine_bins(self, name: str) -> Integers:
        """int64[n]: the fine bin of each number of a column of numbers, -1 where there is none."""
        values, words = self._batch.columns[name], self._batch.words
        return self._batch.once(("fine bins", name), lambda: fine_bins_of(values, words(name)))[self._kept]

    def missing(self, name: str) -> NDArray[np.bool_]:
        """bool[n]: which values of a column are missing: null, NaN or infinite, or a text without a character."""
        columns = self._batch.columns
        return self._batch.once(("missing", name), lambda: columns.each(name, without_value))[self._kept]

    def group(self, *attributes: str) -> Integers:
        """int64[n]: the place of each row's group among ``layout.labels(attributes)``, or -1; by default of those compared."""
        names = attributes or self.context.across
        if not names:
            return np.zeros(self.n, dtype=np.int64)
        batch, layout = self._batch, self.context.layout
        return batch.once(("group", names), lambda: layout.group_of_cell(names)[batch.cell])[self._kept]

    @property
    def grouped(self) -> tuple[Integers, int]:
        """The group of each row, of those compared, and how many there are: a code for :func:`together`."""
        return self.group(), self.context.n_groups

    def stratum(self, name: str) -> Integers:
        """int64[n]: the place of each row's stratum among its names, or -1 for none."""
        attribute = self.context.strata[name]
        columns = self._batch.columns
        self.parts[name] = self._batch.once(("stratum", name), lambda: _strata(attribute, columns))
        codes = self.parts[name][self._kept]
        self.outside[name] = self.group()[codes < 0] + 1
        return codes

    @property
    def truth(self) -> Floats:
        """float64[n]: the label as a number, NaN where it is none."""
        return self.numbers(self.context.label)

    @property
    def answered(self) -> Floats:
        """float64[n], or float64[n, classes]: what the model answered.

        Raises:
            ValueError: where it was not asked.
        """
        if self.score is None:
            raise ValueError("the model was not asked for these rows")
        return self.score

    @property
    def decided(self) -> Integers:
        """int64[n]: the decisions, or the most probable classes, of equally probable ones the first.

        Raises:
            ValueError: where the model was not asked.
        """
        return self.decisions(self.answered)


def _strata(attribute: Attribute, columns: BatchColumns) -> Integers:
    codes = columns.each(attribute.column, GroupCodes(attribute).of)
    return np.where(codes == len(attribute.labels()), -1, codes)


Tabulate = Callable[[Rows, TableContext], Mapping[str, Integers]]
"""int64[n] keys of the rows by the name of a table; rows with a negative key are not in it."""
