"""Inputs that stand in for a protected attribute."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS, unfit_for_comparison
from assay.checks.counting.columns import COLUMN
from assay.checks.counting.learnt import ALONE, learnable, not_learnt, recur, too_close, unseen
from assay.checks.counting.numbers import not_looked_at, not_numbers
from assay.checks.tabled import table_view
from assay.domain.evidence import Compare, Counts, Rate, Rates, Undefined
from assay.domain.metric import Across, Names, Parameter, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

CODES = 1 << 47
"""No column has more codes: fine bins of numbers, or documented codes and hashes of others."""
FEWEST = 50
"""Of fewer rows of a group what is typical of it is chance, and a strong stand-in seems a weak one."""
PARTS = 10
"""Into so many parts of equal size the values of a number are cut, where they are learnt."""


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By input, the value of each row as a code, 0 for none, and its group."""
    return not_numbers(rows, learnable(context)) | {
        name: together((rows.codes(name, fine=True)[0] + 1, CODES), rows.grouped)
        for name in learnable(context)
        if name in rows.names
    }


def _view(women: float, men: float) -> TableView:
    """2,000 women and 2,000 men in each data set; of the women and of the men so large a share works part-time."""

    hours = [int(i < share * 2000) for share in (women, men) for i in range(2000)]
    groups = {"sex": (("women", "men"), [0] * 2000 + [1] * 2000)}
    made = table_view(
        tabulate,
        {"hours": hours},
        groups=groups,
        across=("sex",),
        parameters={"column": "", "learnt_on": "train"},
    )
    return TableView(
        "test",
        {"test": made.tables["test"], "train": made.tables["test"]},
        made.context,
        {"test": 4000, "train": 4000},
        groups=made.groups,
    )


@check(
    id="fairness.proxy_strength",
    title="Proxy strength of single inputs",
    estimand="The largest difference between two groups in the share of rows whose value of an input is one that was more frequent for the "
    "one where it was learnt: Youden's J of telling the groups apart by that input alone.",
    unit=Unit.POINTS,
    reading="by the input {family}, values that are typical of one of the groups are {value} more frequent for {one} than for {two}",
    need=TabulatedEverywhere(tabulate, learnable, per_unit=True),
    comparators=AT_MOST,
    ideal=ZERO,
    tasks=tuple(Task),
    across=Across.REQUIRED,
    pairwise=True,
    parameters={
        "column": COLUMN,
        "learnt_on": Parameter(
            "The data set on which the typical values are learnt.",
            default="train",
            choices=("train", "develop"),
            names=Names.DATA,
        ),
    },
    examples=(
        Example(
            says="30 % of the women and 28 % of the men work part-time.",
            view=lambda: _view(0.30, 0.28),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="60 % of the women and 15 % of the men work part-time.",
            view=lambda: _view(0.60, 0.15),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="The data set on which values would be learnt is not declared.",
            view=lambda: _view(0.60, 0.15),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"learnt_on": "develop"},
        ),
    ),
)
def proxy_strength(view: TableView, *, column: str, learnt_on: str) -> Counts:
    """How well a single input tells two groups apart, learnt on one data set and measured on another.

    Purpose:
        Leaving an attribute out of the inputs is of little use when another input says the same: shows which, and how strongly.
    Method:
        On the data set where it is learnt, the values of an input that are more frequent for the one group than for the other, in
        share of each group; numbers are cut into ten parts of equal size first, and those that recur are looked at one by one as well. On the judged rows, the difference between the groups
        in the share of rows with such a value: Youden's J (Youden 1950, Cancer 3) of the classifier, whose area under the ROC curve is
        (1 + J) / 2, and a lower bound of the total variation distance. The values were fixed elsewhere, so the difference is one
        of two binomials, bounded by MOVER with Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008). All
        inputs and pairs of groups are pieces.
    Limits:
        Whole numbers up to 134 million are told apart, all others to .0000015 %; of those that lie closer, two are taken for one by a chance of 1 in 255, and
        where many do the criterion is not evaluable. One input at a time: two that tell nothing alone may tell the group together. An association: an input may differ between
        groups and rightly decide. Rows that both data sets share make it look stronger. Not evaluable where a group has fewer than 50 rows there. Values that were not seen there count
        as typical of nobody; with more than 2 % of such rows in a group the criterion is not evaluable, and so it is where a number is stored as text.
    Remedy:
        Ask whether the input is needed for the decision; drop it, coarsen it, or replace it by what it is meant to say, then measure
        the gaps of the new model.
    Oracle:
        Youden's J by scikit-learn of the same classifier; planted proxies in 20 seeds (tests/checks/test_proxies.py); the bound by
        exact enumeration (tests/stats/test_exact_size.py).
    """
    if view.n == 0:
        return NO_ROWS
    if unfit := not_looked_at(view) or unfit_for_comparison(view.groups):
        return unfit
    if learnt_on not in view.tables or learnt_on == view.data:
        said = f"Typical values are learnt on other rows than {view.data!r}, and {learnt_on!r} is not declared or the same."
        return Undefined(Reason.NOT_MEASURED, said)
    cells: list[Rate] = []
    for name in sorted(view.tables[view.data]):
        found = _cells(view, name, learnt_on)
        if isinstance(found, Undefined):
            return found
        cells += found
    if not cells:
        lacking = repr(column) if column else "that the model is fed"
        return Undefined(Reason.COLUMN_MISSING, f"The data set {view.data!r} has no column {lacking}.")
    if not any(cell.trials for cell in cells):
        return Undefined(Reason.NO_ROWS, "No group has rows.")
    return Rates(tuple(cells), Compare.DIFFERENCE, None, view.focus)


def _cells(view: TableView, name: str, learnt_on: str) -> list[Rate] | Undefined:
    """Of each pair of groups the rows with a value of one input that is typical of the first; or why that cannot be said."""
    learnt, judged = _by_value(view, name, learnt_on), _by_value(view, name, view.data)
    unknown = judged.too_close(name, view.data) or _not_seen(view, name, learnt_on, learnt, judged)
    if unknown is not None:
        return unknown
    cells: list[Rate] = []
    for (one, i), (two, j) in itertools.combinations(view.each, 2):
        if unfit := _few(learnt, {one: i, two: j}, name, learnt_on):
            return unfit
        among = "" if len(view.groups) == 2 else f" ({one}, {two})"
        cells += _of_pair(name, among, learnt, judged, ((one, i), (two, j)))
    return cells


def _of_pair(
    name: str, among: str, learnt: _Values, judged: _Values, pair: tuple[tuple[str, int], tuple[str, int]]
) -> Iterator[Rate]:
    """How many rows of each of two groups have a value that is typical of the first one, by each way to look at values."""
    (_, i), (_, j) = pair
    for how, known in learnt.ways.items():
        typical = np.isin(known.part(judged.codes), known.typical(i, j))
        for label, place in pair:
            mine = judged.rows[:, place]
            yield Rate(label, int(mine[typical].sum()), int(mine.sum()), f"{name}{how}{among}")


def _few(learnt: _Values, groups: Mapping[str, int], name: str, learnt_on: str) -> Undefined | None:
    """Why nothing is learnt of a group: it has no rows, or so few that what is typical of it would be chance."""
    rows, label = min((int(learnt.rows[:, place].sum()), label) for label, place in groups.items())
    if rows >= FEWEST:
        return None
    said = f"The data set {learnt_on!r} has {rows:,} rows of {label!r} with which to learn its values of {name!r}; at least {FEWEST} are needed."
    return Undefined(Reason.TOO_FEW_ROWS_FOR_METHOD if rows else Reason.EMPTY_GROUP, said)


def _not_seen(
    view: TableView, name: str, learnt_on: str, learnt: _Values, judged: _Values
) -> Undefined | None:
    new = judged.rows[learnt.unseen(judged.codes)].sum(axis=0)
    for label, place in view.each:
        rows = int(judged.rows[:, place].sum())
        said = not_learnt(name, learnt_on, repr(label), int(new[place]), rows)
        if said is not None and learnt.rows[:, place].any():
            return said
    return None


class _Values:
    """Rows of each group by code of an input; codes of numbers are cut into parts."""

    def __init__(self, codes: Integers, rows: Integers, *, number: bool) -> None:
        self.codes, self.rows = codes, rows
        self._number = number
        total = np.cumsum(rows.sum(axis=1))
        last = (
            np.searchsorted(total, np.arange(1, PARTS) * total[-1] / PARTS) if number and len(total) else []
        )
        self._edges = np.unique(codes[last]) if len(last) else None

    def part(self, codes: Integers) -> Integers:
        """The part of each code: itself, or between which edges it lies; no value is a part of its own."""
        if self._edges is None:
            return codes
        return np.where(codes == 0, -1, np.searchsorted(self._edges, codes))

    def unseen(self, codes: Integers) -> NDArray[np.bool_]:
        """Which codes were not seen; that there is no value is one of them."""
        present = self.codes != 0
        rows = self.rows.sum(axis=1)
        new = unseen(codes - 1, self.codes[present] - 1, rows[present], numbered=self._number)
        return np.where(codes == 0, bool(present.all()), new)

    @property
    def ways(self) -> Mapping[str, _Values]:
        """How values are looked at, by what is added to the column's name: numbers by their parts, and those that recur each by itself, too."""
        joined = len(np.unique(self.part(self.codes))) < len(self.codes)
        if not joined or not recur(self.rows[self.codes != 0].sum(axis=1)):
            return {"": self}
        return {"": self, f", {ALONE}": _Values(self.codes, self.rows, number=False)}

    def too_close(self, name: str, data: str) -> Undefined | None:
        """Why nothing is judged by these numbers; None where they are told apart."""
        present = self.codes != 0
        if not self._number:
            return None
        return too_close(name, data, self.codes[present] - 1, self.rows[present].sum(axis=1))

    def typical(self, one: int, two: int) -> NDArray[np.int64]:
        """The parts that are more frequent for the one group than for the other."""
        parts, place = np.unique(self.part(self.codes), return_inverse=True)
        counts = np.zeros((len(parts), 2), dtype=np.int64)
        np.add.at(counts, place, self.rows[:, [one, two]])
        share = counts / counts.sum(axis=0)
        return np.asarray(parts[share[:, 0] > share[:, 1]], dtype=np.int64)


def _by_value(view: TableView, name: str, data: str) -> _Values:
    counts, groups = view.table(name, data), len(view.context.groups)
    code, group = apart(counts.keys, CODES, groups)
    codes, place = np.unique(code, return_inverse=True)
    rows = np.zeros((len(codes), groups), dtype=np.int64)
    np.add.at(rows, (place, group), counts.counts)
    entry = view.context.column(name)
    number = entry is not None and entry.codes is None and entry.is_numeric
    return _Values(codes.astype(np.int64), rows, number=number)
