"""Rows per whole number that a function gave each row: what any check may count that no other part of a pass counts.

A key says where a row belongs, for example which bin of a column, which group and which label; :func:`together` makes one of
several codes and :func:`apart` takes it apart again. Keys with their rows add, whatever the partitions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.answers import BINARY, Answers
from assay.domain.dictionary import Column
from assay.domain.errors import SubjectError
from assay.domain.specification import Attribute, CausalGraph
from assay.domain.vocabulary import Reason
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
from assay.tally.groups import GroupCodes, Layout
from assay.tally.hashes import Hashes
from assay.tally.known import KnownRows
from assay.tally.labels import decided_by
from assay.tally.once import SharedBatch
from assay.tally.perturbation import ChangeContext, Columns

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Setting = Decimal | int | str
Change = Callable[[Columns, ChangeContext], Columns]
After = Callable[[str, Change], Floats]
Kept = slice | NDArray[np.bool_]

MOST = 1 << 62
"""No key is as large."""


@dataclass(frozen=True, slots=True)
class TableContext:
    """What a table is made for, the same for every batch.

    Attributes:
        parameters: those of the criterion. layout: the attributes and their groups. across: the attributes whose groups it compares.
        dictionary: the documented columns. inputs: those that the model is fed. label, unit, time: the columns of that meaning.
        decide_at: a score at or above it is decided as 1. favourable: the decision that is good for the person.
        strata: the parts of the cases within which groups are compared, by name.
        answers: what the model answers for a row, and what a label is.
        score_column: where scores made elsewhere stand, instead of a model.
        known: some rows of the reference data, for a table that is handed them and while rows are counted.
        used: the columns that the specification gives a meaning: inputs, label, scores, unit, time, protected attributes, strata.
        graph: who is declared to act on whom.
    """

    parameters: Mapping[str, Setting]
    layout: Layout
    across: tuple[str, ...]
    dictionary: tuple[Column, ...]
    inputs: tuple[str, ...]
    label: str
    decide_at: float
    favourable: int | None
    unit: str | None = None
    time: str | None = None
    strata: Mapping[str, Attribute] = field(default_factory=dict)
    score_column: str | None = None
    answers: Answers = BINARY
    used: frozenset[str] = frozenset()
    known: KnownRows | None = None
    graph: CausalGraph | None = None

    def column(self, name: str) -> Column | None:
        """The dictionary's entry of a column, or None."""
        return next((column for column in self.dictionary if column.name == name), None)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that are compared, in the order of their codes; none where none are."""
        return self.layout.labels(self.across) if self.across else ()

    @property
    def n_groups(self) -> int:
        """How many codes a group can have: one where none are compared."""
        return max(len(self.groups), 1)

    @property
    def fed(self) -> tuple[str, ...]:
        """What the model is fed; where that is not known, all that is documented but label, unit and scores."""
        left_out = {self.label, self.unit, self.score_column}
        return self.inputs or tuple(name for name in self.documented if name not in left_out)

    @property
    def documented(self) -> tuple[str, ...]:
        """The names of the documented columns."""
        return tuple(column.name for column in self.dictionary)


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
    outside: dict[str, int] = field(default_factory=dict)
    """By stratum that was asked for, how many rows are in none of its parts: no check need say so itself."""

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
        column, values, words = self.context.column(name), self._batch.columns[name], self._batch.words
        if self.has_bins(name):
            if fine:
                return self.fine_bins(name), FINE
            return self._batch.once(("bins", name), lambda: bins_of(values))[self._kept], BINS
        known = {str(code): i for i, code in enumerate((column.codes_of_its_values or ()) if column else ())}
        others = MORE_OTHERS if fine else OTHERS
        codes = self._batch.once(("codes", name, others), lambda: coded(values, known, words(name), others))
        return codes[self._kept], len(known) + others

    def has_bins(self, name: str) -> bool:
        """Whether the codes of a column are bins: it holds numbers, and the dictionary calls it a number without codes. Numbers that only name
        things are told apart as they are."""
        column = self.context.column(name)
        called_a_number = column is not None and column.is_numeric and column.codes is None
        return called_a_number and self._batch.columns[name].dtype.kind in "iufb"

    def fine_bins(self, name: str) -> Integers:
        """int64[n]: the fine bin of each number of a column of numbers, -1 where there is none."""
        values, words = self._batch.columns[name], self._batch.words
        return self._batch.once(("fine bins", name), lambda: fine_bins_of(values, words(name)))[self._kept]

    def missing(self, name: str) -> NDArray[np.bool_]:
        """bool[n]: which values of a column are missing: null, NaN or infinite, or a text without a character."""
        values = self._batch.columns[name]
        return self._batch.once(("missing", name), lambda: without_value(values))[self._kept]

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
        values = self._batch.columns[attribute.column]
        codes = self._batch.once(("stratum", name), lambda: _strata(attribute, values))[self._kept]
        self.outside[name] = int((codes < 0).sum())
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


Tabulate = Callable[[Rows, TableContext], Mapping[str, Integers]]
"""int64[n] keys of the rows by the name of a table; rows with a negative key are not in it."""


@dataclass(frozen=True, slots=True)
class TableCounts:
    """Rows per key: int64[k] strictly increasing keys, none negative; int64[k] rows, none zero."""

    keys: Integers
    counts: Integers

    @classmethod
    def of(cls, keys: Integers) -> TableCounts:
        """Those of some rows."""
        found, counts = np.unique(keys[keys >= 0], return_counts=True)
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
        keys, place = np.unique(np.concatenate([self.keys, other.keys]), return_inverse=True)
        counts = np.zeros(len(keys), dtype=np.int64)
        np.add.at(counts, place, np.concatenate([self.counts, other.counts]))
        return TableCounts(keys, counts)

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
"""The name under which the rows that a function was handed are counted, whatever keys it gave them."""
OUTSIDE = "\n"
"""How the name begins under which rows in no part of a stratum are counted; its name follows."""
BROKE = "\r"
"""How the name begins that tells that the function broke on some rows; what it raised, and where, follows."""
TableTally = Mapping[str, TableCounts]
"""The tables that one function made, by name."""


def together(*codes: tuple[Integers, int]) -> Integers:
    """int64[n]: one key of several codes, each with how many values it can have; negative where a code is.

    Raises:
        ValueError: when the codes can be combined in more ways than a key can say.
    """
    key, size = np.zeros(len(codes[0][0]), dtype=np.int64), 1
    outside = np.zeros(len(key), dtype=bool)
    for code, values in codes:
        size *= values
        if size > MOST:
            raise ValueError("these codes make more combinations than a key can say")
        outside |= code < 0
        key = key * values + code
    key[outside] = -1
    return key


def apart(keys: Integers, *sizes: int) -> tuple[Integers, ...]:
    """The codes that :func:`together` made one key of."""
    found: list[Integers] = []
    for size in reversed(sizes):
        keys, code = np.divmod(keys, size)
        found.append(code)
    return tuple(reversed(found))


def _strata(attribute: Attribute, values: NDArray[Any]) -> Integers:
    codes = GroupCodes(attribute).of(values)
    return np.where(codes == len(attribute.labels()), -1, codes)


@dataclass(frozen=True, slots=True)
class TableView:
    """The tables that a check asked for.

    Attributes:
        data: the data set that the criterion names. tables: by data set, by name. rows: by data set, those that the function was handed:
            of the part to which the criterion is narrowed, and where one row of each unit counts, no others.
        groups: of the grouping that the criterion names, those that gate or, alone, those that were set aside. A pairwise check is
            then handed all of them, and ``focus`` names those of which a pair must have one.
    """

    data: str
    tables: Mapping[str, TableTally]
    context: TableContext
    rows: Mapping[str, int]
    groups: tuple[str, ...] = ()
    focus: tuple[str, ...] = field(default=())

    @classmethod
    def of(
        cls,
        data: str,
        tallies: Mapping[str, TableTally],
        context: TableContext,
        groups: tuple[str, ...],
        focus: tuple[str, ...] = (),
    ) -> TableView:
        """What was counted of each data set, with the rows that it was counted of.

        Raises:
            SubjectError: ``check_crashed``: the function broke on some rows, so that what was counted is not all of them.
        """
        for tally in tallies.values():
            _see_whole(tally)
        tables = {
            role: {
                name: counts
                for name, counts in tally.items()
                if name != ALL_ROWS and not name.startswith(OUTSIDE)
            }
            for role, tally in tallies.items()
        }
        rows = {role: tally[ALL_ROWS].total if ALL_ROWS in tally else 0 for role, tally in tallies.items()}
        return cls(data, tables, context, rows, groups, focus)

    @property
    def n(self) -> int:
        """Rows that count of the data set that the criterion names."""
        return self.rows[self.data]

    @property
    def each(self) -> tuple[tuple[str, int], ...]:
        """The groups with their codes, or all rows under an empty name with the code 0 when the criterion names no grouping."""
        if not self.context.across:
            return (("", 0),)
        place = {label: i for i, label in enumerate(self.context.groups)}
        return tuple((label, place[label]) for label in self.groups)

    def table(self, name: str, data: str | None = None) -> TableCounts:
        """A table of the data set that the criterion names, or of another one; empty where no row is in it."""
        return self.tables[self.data if data is None else data].get(name, TableCounts.empty())


def outside_of(tally: TableTally) -> Mapping[str, int]:
    """By stratum that the function asked for, rows in none of its parts."""
    return {
        name.removeprefix(OUTSIDE): counts.total for name, counts in tally.items() if name.startswith(OUTSIDE)
    }


def _see_whole(tally: TableTally) -> None:
    said = next((name.removeprefix(BROKE) for name in sorted(tally) if name.startswith(BROKE)), "")
    if said:
        raise SubjectError(
            f"What the check counts rows by raised {said} on some of them; its message is withheld: it may hold rows.",
            code=Reason.CHECK_CRASHED.value,
            remedy="This is a defect of the check; report it to whoever wrote it.",
        )


def sums(tallies: Iterable[TableTally]) -> dict[str, TableCounts]:
    """All rows of several."""
    total: dict[str, TableCounts] = {}
    for tally in tallies:
        for name, counts in tally.items():
            total[name] = total[name] + counts if name in total else counts
    return dict(sorted(total.items()))
