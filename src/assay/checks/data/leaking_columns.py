"""Columns that know the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import COLUMN
from assay.checks.counting.learnt import ALONE, learnable, not_learnt, recur, too_close, unseen
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Functional, ScoreCell, Scores, Undefined
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.coding import FINE
from assay.tally.table import MOST, Integers, Rows, TableContext, TableCounts, TableView, apart, together

CELLS, LEAST = 256, 20
"""A number is cut into about so many cells, of at least so many rows each."""
PRIOR = 10
"""A cell is taken to hold so many rows more, which lose as often as all do: rare values do not learn one row by heart."""
LEAST_OF_LABEL = 30
"""A group, or the rows with a value, is looked at by itself where it has so many rows of each label; and fewer teach nothing."""
NUMBER, CODE = "number of ", "code of "


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the value of each row, missing ones last, whether it has one, its groups and its label."""
    found = {}
    groups = tuple((rows.group(name) + 1, len(labels) + 1) for name, labels in context.layout.attributes)
    for name in learnable(context):
        if name in rows.names:
            code, size = rows.codes(name, fine=True)
            value = np.where(code < 0, size, code)
            kind = NUMBER if rows.has_bins(name) else CODE
            found[f"{kind}{name}"] = together(
                (value, size + 1), ((code >= 0).astype(np.int64), 2), *groups, (rows.label, 2)
            )
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a column: int64[k] their values, labels and how many; whether they have a value, and by attribute their groups, 0 for none."""

    value: Integers
    present: Integers
    groups: Mapping[str, Integers]
    label: Integers
    n: Integers

    @classmethod
    def of(cls, counts: TableCounts, context: TableContext) -> _Rows:
        """Those of a table."""
        attributes = context.layout.attributes
        sizes = (len(labels) + 1 for _, labels in attributes)
        value, present, *groups, label = apart(counts.keys, MOST, 2, *sizes, 2)
        named = {name: codes for (name, _), codes in zip(attributes, groups, strict=True)}
        return cls(value, present, named, label, counts.counts)

    def by_value(self, kept: NDArray[np.bool_] | slice = slice(None)) -> tuple[Integers, Integers]:
        """int64[m], the values of some of the rows, increasing; int64[m, 2], how many have each label."""
        values, place = np.unique(self.value[kept], return_inverse=True)
        by_label = np.zeros((len(values), 2), dtype=np.int64)
        np.add.at(by_label, (place, self.label[kept]), self.n[kept])
        return values, by_label


class _Learnt:
    """The share of label 1 in each cell of one column, learnt on rows that are not judged."""

    def __init__(self, learnt: _Rows, *, numbered: bool) -> None:
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


def _unfit(name: str, view: TableView, learnt_on: str, learnt: _Learnt, judged: _Rows) -> Undefined | None:
    """Why nothing is judged by a column: too little is learnt, its numbers are not told apart, or too many values were not seen where they are learnt."""
    if learnt.of_rarer < LEAST_OF_LABEL:
        return Undefined(
            Reason.TOO_FEW_ROWS_FOR_METHOD,
            f"{learnt_on!r} has {learnt.of_rarer:,} rows of one label with which {name!r} can be learnt; {LEAST_OF_LABEL} of each are needed.",
        )
    values, by_label = judged.by_value()
    if learnt.numbered:
        there = values != FINE
        said = too_close(name, view.data, values[there], by_label[there].sum(axis=1))
        if said is not None:
            return said
    new = by_label[learnt.unseen(values)].sum(axis=0)
    for label, rows in enumerate(by_label.sum(axis=0).tolist()):
        said = not_learnt(name, learnt_on, f"the label {label}", int(new[label]), rows)
        if said is not None:
            return said
    return None


def _parts(name: str, learnt: _Learnt, known: _Rows, judged: _Rows, context: TableContext) -> list[ScoreCell]:
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


def _view(knows: float, *, others: tuple[str, ...] = ("train",)) -> TableView:
    """Ten thousand rows to learn from and as many to judge; a column that knows the label of this share of them."""
    draw = np.random.default_rng(5)

    def rows() -> tuple[dict[str, NDArray[np.float64]], Integers]:
        label = (draw.random(10_000) < 0.3).astype(np.int64)
        told = np.where(draw.random(10_000) < knows, label, draw.random(10_000) < 0.3)
        # Neither rising nor falling: who lost lies between the others.
        amount = np.where(told == 1, 50 + draw.normal(0, 5, 10_000), draw.choice([20, 80], 10_000))
        return {"settled_amount": amount, "age": draw.integers(18, 80, 10_000).astype(np.float64)}, label

    columns_, label = rows()
    learnt = {name: rows() for name in others}
    return table_view(
        tabulate,
        columns_,
        label=label,
        others={name: found for name, (found, _) in learnt.items()},
        labels_of_others={name: of for name, (_, of) in learnt.items()},
        parameters={"column": ""},
    )


@check(
    id="data.leaking_columns",
    title="Columns that know the answer",
    estimand="The largest area under the ROC curve that one column alone reaches, over what the model is fed, or of the named column, on all "
    "rows, on those that have a value, and on those of each protected group; "
    "how a value is scored was learnt on another data set.",
    unit=Unit.NUMBER,
    reading="the column[ {part}] alone ranks the cases with an AUC of {value}",
    need=TabulatedEverywhere(tabulate, learnable, per_unit=True, of_labels=True),
    comparators=AT_MOST,
    ideal=Decimal("0.5"),
    parameters={"column": COLUMN},
    examples=(
        Example(
            says="No column of 10,000 rows ranks them.",
            view=lambda: _view(0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The amount that was settled lies between 35 and 65 for those who lost, as it is known only afterwards.",
            view=lambda: _view(1.0),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="It knows so for nine in ten, which such a threshold does not tell from what is allowed.",
            view=lambda: _view(0.9),
            comparator=Comparator.AT_MOST,
            threshold="0.952",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There is no other data set on which a scoring could be learnt.",
            view=lambda: _view(1.0, others=()),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def leaking_columns(view: TableView, *, column: str) -> Counts:
    """How well each column alone ranks the label.

    Purpose:
        Finds target leakage: a column that was filled in after the outcome was known, or because of it. A model that is fed one looks
        excellent until it is used.
    Method:
        For each column the share of label 1 is learnt per code, or per cell of at most 256 equally filled ones of a number (a frequent
        value and a missing one are cells of their own), on the training data, else the development data, and shrunk towards the
        overall share by ten rows. With these shares as scores the rows of this data set are ranked; rising or not, named or
        numbered, a leak is found. The same is asked of the rows that have a value, and of each protected group with the shares learnt on its own rows, shrunk
        towards those of all by ten rows, and of numbers that share a cell and recur with the share of each by itself: a column may know the answer where it is filled in, or for one group alone. Each of these with at least 30 rows
        of each label is a piece: its AUC has the bound of ``performance.auc``, which is valid because the scoring was
        fixed by other rows. Pass needs the bound of every piece; fail pays for all of them (Holm). (Kaufman, Rosset, Perlich &
        Stitelman 2012, "Leakage in data mining", ACM TKDD 6; Kapoor & Narayanan 2023, Patterns 4.)
    Limits:
        Whole numbers up to 134 million are told apart, all others to .0000015 %; of those that lie closer, two are taken for one by a chance of 1 in 255, and
        where many do the criterion is not evaluable. A column that knows the answer for other parts of the rows than these (a site, a group that is not declared, the rows with a value of one group) can pass:
        ask it of them with ``where``. One column at a time: two that know the answer together are not found, nor are columns that a model needs beside a leak
        (leave-one-out needs the model to be trained again). A truly good predictor looks the same; the threshold says what is
        too good to be true. Rows shared with the data that it was learnt on make columns look better; ``data.split_overlap`` finds them. A value
        that is learnt on few rows is under-estimated, so a column that names single cases is not found unless the cases recur. With more than 2 % of the
        rows of a label whose value was not seen where it was learnt the criterion is not evaluable: of such values nothing is known.
    Remedy:
        Ask when and by whom the column is filled in; take out what is not known at the time of the decision, and train again.
    Oracle:
        scikit-learn: TargetEncoder and roc_auc_score for codes, roc_auc_score for numbers (tests/checks/test_leaking_columns.py); planted
        leaks in 20 seeds.
    """
    if view.n == 0:
        return NO_ROWS
    learnt_on = view.known_by
    if learnt_on is None:
        return Undefined(Reason.NOT_MEASURED, "No other data set is declared, on which a scoring is learnt.")
    cells: list[ScoreCell] = []
    for name in sorted(view.tables[view.data]):
        known, judged = view.table(name, learnt_on), view.table(name)
        kind, shown = (NUMBER, name[len(NUMBER) :]) if name.startswith(NUMBER) else (CODE, name[len(CODE) :])
        # A column on which nothing could be learnt keeps its cell, without a value.
        if not (known.total and judged.total):
            cells.append(ScoreCell(shown, (), (), ()))
            continue
        theirs, mine = (_Rows.of(counts, view.context) for counts in (known, judged))
        learnt = _Learnt(theirs, numbered=kind is NUMBER)
        if (said := _unfit(shown, view, learnt_on, learnt, mine)) is not None:
            return said
        cells += _parts(shown, learnt, theirs, mine, view.context)
        if learnt.joins_numbers_that_recur:
            by_value = _Learnt(theirs, numbered=False)
            cells += _parts(f"{shown}, {ALONE}", by_value, theirs, mine, view.context)
    if not any(cell.scores for cell in cells):
        lacking = repr(column) if column else "that the model is fed"
        return Undefined(
            Reason.COLUMN_MISSING,
            f"No column {lacking} with labels is in both {view.data!r} and {learnt_on!r}.",
        )
    if not any(any(cell.negatives) and any(cell.positives) for cell in cells):
        return Undefined(Reason.ONE_CLASS_ONLY, f"The labelled rows of {view.data!r} have one label only.")
    return Scores(tuple(sorted(cells, key=lambda cell: cell.label)), Functional.AUC)
