"""How well a column alone tells some labels from the others: what is learnt of its values on other rows, and how these rank the judged ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.learnt import ALONE, learnable, not_learnt, recur, too_close, unseen
from assay.domain.evidence import Counts, Functional, ScoreCell, Scores, Undefined
from assay.domain.vocabulary import Reason
from assay.tally.coding import FINE
from assay.tally.table import MOST, Integers, Rows, TableContext, TableCounts, TableView, apart, together

CELLS, LEAST = 256, 20
"""A number is cut into about so many cells, of at least so many rows each."""
PRIOR = 10
"""A cell is taken to hold so many rows more, which lose as often as all do: rare values do not learn one row by heart."""
LEAST_OF_LABEL = 30
"""A group, or the rows with a value, is looked at by itself where it has so many rows of each label; and fewer teach nothing."""
NUMBER, CODE = "number of ", "code of "


@dataclass(frozen=True, slots=True)
class Side:
    """Labels that are told from all others.

    Attributes:
        codes: theirs. called: what the others are called, and these. told: what follows the name of a column; empty where nothing else is asked.
        one: what is lacking where there are too few of either.
    """

    codes: tuple[int, ...]
    called: tuple[str, str]
    told: str = ""
    one: str = "one label"


def looked_at(context: TableContext) -> tuple[str, ...]:
    """The columns that are looked at: those of which something can be learnt, and where nobody knows what the model is fed the time: it is what the
    specification calls so, and only where its values come again can they be learnt."""
    by_default = not (context.parameters["column"] or context.inputs)
    time = (context.time,) if by_default and context.time is not None else ()
    return tuple(dict.fromkeys((*learnable(context), *time)))


def by_value_and_label(
    rows: Rows, context: TableContext, label: Integers, labels: int
) -> dict[str, Integers]:
    """By column, the value of each row, missing ones last, whether it has one, its groups and its label."""
    found = {}
    groups = tuple((rows.group(name) + 1, len(labels) + 1) for name, labels in context.layout.attributes)
    for name in looked_at(context):
        if name in rows.names:
            code, size = rows.codes(name, fine=True)
            value = np.where(code < 0, size, code)
            kind = NUMBER if rows.has_bins(name) else CODE
            found[f"{kind}{name}"] = together(
                (value, size + 1), ((code >= 0).astype(np.int64), 2), *groups, (label, labels)
            )
    return found


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """Rows of a column: int64[k] their values, labels and how many; whether they have a value, and by attribute their groups, 0 for none.

    A label is 1 where the row is of those that are told from the others (:class:`Side`), and else 0.
    """

    value: Integers
    present: Integers
    groups: Mapping[str, Integers]
    label: Integers
    n: Integers

    @classmethod
    def of(cls, counts: TableCounts, context: TableContext, labels: int, side: Side) -> LabelledRows:
        """Those of a table of :func:`by_value_and_label`, with this many labels."""
        attributes = context.layout.attributes
        sizes = (len(labels) + 1 for _, labels in attributes)
        value, present, *groups, label = apart(counts.keys, MOST, 2, *sizes, labels)
        named = {name: codes for (name, _), codes in zip(attributes, groups, strict=True)}
        return cls(value, present, named, np.isin(label, side.codes).astype(np.int64), counts.counts)

    def by_value(self, kept: NDArray[np.bool_] | slice = slice(None)) -> tuple[Integers, Integers]:
        """int64[m], the values of some of the rows, increasing; int64[m, 2], how many have each label."""
        values, place = np.unique(self.value[kept], return_inverse=True)
        by_label = np.zeros((len(values), 2), dtype=np.int64)
        np.add.at(by_label, (place, self.label[kept]), self.n[kept])
        return values, by_label


class Learnt:
    """The share of label 1 in each cell of one column, learnt on rows that are not judged."""

    def __init__(self, learnt: LabelledRows, *, numbered: bool) -> None:
        values, by_label = learnt.by_value()
        rows = by_label.sum(axis=1)
        self.numbered = numbered
        self._values, self._rows = values, rows
        self._cell = _cut(rows) if numbered else np.arange(len(values))
        cells = np.zeros((int(self._cell.max()) + 1, 2), dtype=np.int64)
        np.add.at(cells, self._cell, by_label)
        self.of_rarer = int(by_label.sum(axis=0).min())
        self._overall = float(by_label[:, 1].sum()) / float(rows.sum())
        self.rate = (cells[:, 1] + PRIOR * self._overall) / (cells.sum(axis=1) + PRIOR)

    @property
    def joins_numbers_that_recur(self) -> bool:
        """Whether numbers share cells that could each be learnt by themselves."""
        return self.numbered and len(self.rate) < len(self._values) and recur(self._rows)

    def on_some(self, values: Integers, by_label: Integers) -> NDArray[np.float64]:
        """What is learnt of the same cells on some of the rows, shrunk towards what all rows show of each."""
        cells = np.zeros((len(self.rate), 2), dtype=np.int64)
        np.add.at(cells, self._cell[np.searchsorted(self._values, values)], by_label)
        rate: NDArray[np.float64] = (cells[:, 1] + PRIOR * self.rate) / (cells.sum(axis=1) + PRIOR)
        return rate

    def unseen(self, values: Integers) -> NDArray[np.bool_]:
        """Which values were not seen; that there is none is one of them."""
        if not self.numbered:
            return unseen(values, self._values, self._rows, numbered=False)
        present = self._values != FINE
        new = unseen(values, self._values[present], self._rows[present], numbered=True)
        return np.where(values == FINE, bool(present.all()), new)

    def scores(self, values: Integers, rate: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is expected of each value, by the share of label 1 in each cell: of a number the share of the cell that it falls in, of an unseen code that of all."""
        place = np.searchsorted(self._values, values, side="right") - 1
        if self.numbered:
            of_cell: NDArray[np.float64] = rate[self._cell[np.maximum(place, 0)]]
            return of_cell
        known = (place >= 0) & (self._values[np.maximum(place, 0)] == values)
        return np.where(known, rate[self._cell[np.maximum(place, 0)]], self._overall)


def _cut(rows: Integers) -> Integers:
    """The cell of each value in its order; a value that has enough rows is one of its own."""
    enough = max(LEAST, -(-int(rows.sum()) // CELLS))
    cells, cell, held = [], 0, 0
    for n in rows.tolist():
        if held and (n >= enough or held >= enough):
            cell, held = cell + 1, 0
        cells.append(cell)
        held += n
    return np.array(cells, dtype=np.int64)


def _unfit(
    name: str, view: TableView, learnt_on: str, learnt: Learnt, judged: LabelledRows, side: Side
) -> Undefined | None:
    """Why nothing is judged by a column: too little is learnt, its numbers are not told apart, or too many values were not seen where they are learnt."""
    if learnt.of_rarer < LEAST_OF_LABEL:
        return Undefined(
            Reason.TOO_FEW_ROWS_FOR_METHOD,
            f"{learnt_on!r} has {learnt.of_rarer:,} rows of {side.one} with which {name!r} can be learnt; {LEAST_OF_LABEL} of each are needed.",
        )
    values, by_label = judged.by_value()
    if learnt.numbered:
        there = values != FINE
        said = too_close(name, view.data, values[there], by_label[there].sum(axis=1))
        if said is not None:
            return said
    new = by_label[learnt.unseen(values)].sum(axis=0)
    for label, rows in enumerate(by_label.sum(axis=0).tolist()):
        said = not_learnt(name, learnt_on, side.called[label], int(new[label]), rows)
        if said is not None:
            return said
    return None


def _parts(
    name: str, learnt: Learnt, known: LabelledRows, judged: LabelledRows, context: TableContext
) -> list[ScoreCell]:
    """The column on all rows; then on those that have a value, and on those of each group by what was learnt there, where enough are."""
    values, by_label = judged.by_value()
    cells, every = [_judged(name, learnt.scores(values, learnt.rate), by_label)], by_label.sum()

    def added(part: str, rate: NDArray[np.float64], kept: NDArray[np.bool_]) -> None:
        values, by_label = judged.by_value(kept)
        if by_label.sum(axis=0).min() >= LEAST_OF_LABEL and by_label.sum() < every:
            cells.append(_judged(f"{name} ({part})", learnt.scores(values, rate), by_label))

    added("where it has a value", learnt.rate, judged.present == 1)
    for attribute, labels in context.layout.attributes:
        for code, label in enumerate(labels, start=1):
            there = learnt.on_some(*known.by_value(known.groups[attribute] == code))
            added(f"{attribute}: {label}", there, judged.groups[attribute] == code)
    return cells


def _judged(name: str, expected: NDArray[np.float64], by_label: Integers) -> ScoreCell:
    scores, place = np.unique(expected, return_inverse=True)
    held = np.zeros((len(scores), 2), dtype=np.int64)
    np.add.at(held, place, by_label)
    return ScoreCell(name, *(tuple(of.tolist()) for of in (scores, held[:, 0], held[:, 1])))


def screened(view: TableView, column: str, labels: int, sides: Iterable[Side]) -> Counts:
    """How well each column alone ranks the labels of each side before the others; ``column``: the one that is named, or empty."""
    if view.n == 0:
        return NO_ROWS
    learnt_on = view.known_by
    if learnt_on is None:
        return Undefined(Reason.NOT_MEASURED, "No other data set is declared, on which a scoring is learnt.")
    cells: list[ScoreCell] = []
    for name in sorted(name for name in view.tables[view.data] if name.startswith((NUMBER, CODE))):
        for side in sides:
            found = _screened(name, view, learnt_on, labels, side)
            if name.partition(" of ")[2] not in learnable(
                view.context
            ):  # the time, of which most values may be new
                cells += [] if isinstance(found, Undefined) or not all(c.scores for c in found) else found
            elif isinstance(found, Undefined):
                return found
            else:
                cells += found
    if not any(cell.scores for cell in cells):
        lacking = repr(column) if column else "that the model is fed"
        return Undefined(
            Reason.COLUMN_MISSING,
            f"No column {lacking} with labels is in both {view.data!r} and {learnt_on!r}.",
        )
    if not any(any(cell.negatives) and any(cell.positives) for cell in cells):
        return Undefined(Reason.ONE_CLASS_ONLY, f"The labelled rows of {view.data!r} have one label only.")
    return Scores(tuple(sorted(cells, key=lambda cell: cell.label)), Functional.AUC)


def _screened(
    table: str, view: TableView, learnt_on: str, labels: int, side: Side
) -> list[ScoreCell] | Undefined:
    """One column; that of which nothing could be learnt keeps its cell, without a value."""
    known, judged = view.table(table, learnt_on), view.table(table)
    kind = NUMBER if table.startswith(NUMBER) else CODE
    column = table.removeprefix(kind)
    shown = f"{column}{side.told}"
    if not (known.total and judged.total):
        return [ScoreCell(shown, (), (), ())]
    theirs, mine = (LabelledRows.of(counts, view.context, labels, side) for counts in (known, judged))
    learnt = Learnt(theirs, numbered=kind is NUMBER)
    if (said := _unfit(column, view, learnt_on, learnt, mine, side)) is not None:
        return said
    cells = _parts(shown, learnt, theirs, mine, view.context)
    if learnt.joins_numbers_that_recur:
        by_value = Learnt(theirs, numbered=False)
        cells += _parts(f"{shown}, {ALONE}", by_value, theirs, mine, view.context)
    return cells
