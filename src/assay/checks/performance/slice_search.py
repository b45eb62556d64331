"""In which slice of the cases the model is worst, among all that the documented codes make."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from decimal import Decimal

import numpy as np

from assay.checks.check import EITHER, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.decision_rates import DECISION_RATES, decision_rate
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

NONE_OF_THEM = "none of the documented codes"
_OUTCOMES = 4
"""Labels by decisions."""
BOOLEAN = {1: "true", 0: "false"}


def coded(context: TableContext) -> tuple[Column, ...]:
    """The documented columns whose codes make slices, but not the label."""
    return tuple(
        column
        for column in context.dictionary
        if column.codes_of_its_values is not None and column.name != context.label
    )


def _meanings(column: Column) -> tuple[str, ...]:
    """What the codes of a column mean; last that a row has none of them."""
    told = (column.codes or BOOLEAN).values()
    return (*map(str, told), NONE_OF_THEM)


def columns(context: TableContext) -> tuple[str, ...]:
    """Those columns."""
    return tuple(column.name for column in coded(context))


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By each combination of columns, the codes of a row with its label and its decision; rows without a documented code are a slice of their own."""
    known = [column for column in coded(context) if column.name in rows.names]
    place = {column.name: _codes(rows, column) for column in known}
    outcome = ((rows.label, 2), (rows.decided, 2))
    return {
        _table(names): together(rows.grouped, *(place[name] for name in names), *outcome)
        for names in combinations(tuple(place), int(context.parameters["depth"]))
    }


def combinations(names: tuple[str, ...], depth: int) -> Iterator[tuple[str, ...]]:
    """Every column, and with a depth of 2 every two of them."""
    for size in range(1, depth + 1):
        yield from itertools.combinations(names, size)


def _table(names: tuple[str, ...]) -> str:
    return "\0".join(names)


def _codes(rows: Rows, column: Column) -> tuple[Integers, int]:
    found, size = rows.codes(column.name)[0], len(_meanings(column))
    return np.where((found >= 0) & (found < size - 1), found, size - 1), size


DICTIONARY = tuple(
    Column(name=name, type="category", description=name, codes={0: "no", 1: "yes"})
    for name in ("new", "abroad")
)
ARGUMENTS: dict[str, Decimal | int | str] = {"measure": "accuracy", "depth": 2, "min_rows": 100}


def _view(wrong: int, n: int = 1000) -> TableView:
    """So many rows in each of four slices, 5 % of them decided wrongly, but of those that are new and abroad this many."""
    new = [i // (2 * n) for i in range(4 * n)]
    abroad = [(i // n) % 2 for i in range(4 * n)]
    label = [i % 2 for i in range(4 * n)]
    errors = [i % n < (wrong if i >= 3 * n else n // 20) for i in range(4 * n)]
    score = [float(y != e) for y, e in zip(label, errors, strict=True)]
    return table_view(
        tabulate,
        {"new": new, "abroad": abroad},
        label=label,
        score=score,
        dictionary=DICTIONARY,
        parameters=ARGUMENTS,
    )


@check(
    id="performance.slice_search",
    title="Search for weak slices",
    estimand="The accuracy (or recall, precision or false-positive rate) in every slice that one documented code, or two of them together, make and "
    "that has at least so many rows; in the worst of them, and the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{measure:accuracy=accuracy,recall=recall,precision=precision,false_positive_rate=the false-positive rate} is {value} "
    "in the worst slice of at least {min_rows} rows[: {group}]",
    need=TabulatedOutcomes(tabulate, columns),
    comparators=EITHER,
    across=Across.OPTIONAL,
    parameters={
        "measure": Parameter(
            "What is measured in each slice.", default="accuracy", choices=tuple(DECISION_RATES)
        ),
        "depth": Parameter(
            "1: each code; 2: each two of them, too.",
            default=2,
            low=Decimal(1),
            high=Decimal(2),
            integer=True,
        ),
        "min_rows": Parameter(
            "Slices of fewer rows that the rate is of are left out.",
            default=100,
            low=Decimal(10),
            high=Decimal(1000000),
            integer=True,
        ),
    },
    examples=(
        Example(
            says="In each of four slices 5 % of 1,000 are decided wrongly.",
            view=lambda: _view(50),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.PASS,
            arguments=ARGUMENTS,
        ),
        Example(
            says="20 % of those that are new and abroad are decided wrongly; over all it is less than a tenth.",
            view=lambda: _view(200),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.FAIL,
            arguments=ARGUMENTS,
        ),
        Example(
            says="12 % of 1,000 look like more than 10 %, and among nine slices one such is no surprise.",
            view=lambda: _view(115),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.INCONCLUSIVE,
            arguments=ARGUMENTS,
        ),
    ),
)
def slice_search(view: TableView, *, measure: str, depth: int, min_rows: int) -> Counts:
    """The rate in the worst of all slices that the documented codes make.

    Purpose:
        Finds the cases in which the model is bad without being told where to look: one code, or two together, such as new customers
        from abroad.
    Method:
        All slices by one or two documented codes are looked at, of which each has so many rows that the rate is of. A pass says that the rate satisfies the threshold in each of them, and costs no correction (intersection-union test,
        Berger 1982, Technometrics 24); that some slice violates it is told after Holm's correction for all of them (Holm 1979, Scand.
        J. Statist. 6), so that chance finds nothing in more than alpha of the runs. One-sided Clopper-Pearson bounds. (Slices by
        codes and their pairs: Chung et al. 2019, "Slice Finder", ICDE.)
    Limits:
        Knows documented codes: a weakness by age or amount is found only where a column has bands as codes. A
        slice of fewer rows, and one by three codes, is not looked at. Rows whose value is missing, or none of the documented codes, are one slice of that column. Many slices make a pass rare: as an advisory criterion it is a
        search, as a critical one a strict promise.
    Remedy:
        See what the slice has in common that the inputs do not tell; declare it as a stratum, and ask for it on fresh rows.
    Oracle:
        pandas' groupby over all pairs of columns (tests/checks/test_slices.py); a planted slice is found, and none on clean rows, in
        19 of 20 seeds (the same).
    """
    names = tuple(column.name for column in coded(view.context))
    if not names:
        return Undefined(Reason.NOT_MEASURED, "No documented column has codes to make slices of.")
    if not view.n:
        return NO_ROWS
    cells = [
        cell
        for combined in combinations(names, int(depth))
        for cell in _cells(view, combined, measure, int(min_rows))
    ]
    found = {cell.label for cell in cells}
    lacking = [label for label, _ in view.each if label and label not in found]
    if not cells or lacking:
        whose = f" of {lacking[0]}" if lacking else ""
        return Undefined(
            Reason.EMPTY_GROUP, f"No slice{whose} has {min_rows:,} rows that {measure} is a rate of."
        )
    return Rates(tuple(cells))


def _cells(view: TableView, names: tuple[str, ...], measure: str, least: int) -> Iterator[Rate]:
    """The rates of the slices that have so many rows: of columns of many codes these are few among all."""
    meanings = {column.name: _meanings(column) for column in coded(view.context)}
    sizes = (view.context.n_groups, *(len(meanings[name]) for name in names))
    counts = view.table(_table(names))
    slices, place = np.unique(counts.keys // _OUTCOMES, return_inverse=True)
    rows = np.zeros((len(slices), _OUTCOMES), dtype=np.int64)
    np.add.at(rows, (place, counts.keys % _OUTCOMES), counts.counts)
    enough = rows.sum(axis=1) >= least
    outcomes = rows[enough].reshape(-1, 2, 2)
    group, *codes = apart(slices[enough], *sizes)
    labels = {code: label for label, code in view.each}
    order = np.lexsort((group, *reversed(codes)))
    for at in order.tolist():
        label = labels.get(int(group[at]))
        events, trials = decision_rate(outcomes[at], measure)
        if label is None or trials < least:
            continue
        told = ", ".join(f"{n}: {meanings[n][code[at]]}" for n, code in zip(names, codes, strict=True))
        yield Rate(label or told, events, trials, told if label else "")
