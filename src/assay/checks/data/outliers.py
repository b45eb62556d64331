"""Numbers that lie outside of what other rows have shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.numbers import (
    called_texts,
    coded_numbers,
    finely_numbered,
    measured,
    not_looked_at,
    not_numbers,
    texts_by_name,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView


def columns(context: TableContext) -> tuple[str, ...]:
    """The named column, or all numbers that the model is fed."""
    named = str(context.parameters["column"])
    known = {name: context.column(name) for name in context.fed}
    wanted = (name for name, c in known.items() if c is None or (c.is_numeric and c.codes is None))
    beside = (*coded_numbers(context), *texts_by_name(context))
    return (named,) if named else (*wanted, *(name for name in beside if name in known))


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the number of each row."""
    coded, called = (
        tuple(name for name in names if name in context.fed)
        for names in (coded_numbers(context), texts_by_name(context))
    )
    wanted = tuple(name for name in columns(context) if name not in {*coded, *called})
    bins = {name: finely_numbered(rows, name) for name in wanted}
    return (
        not_numbers(rows, wanted, coded)
        | called_texts(rows, called)
        | {name: found for name, found in bins.items() if found is not None}
    )


def p_values(numbers: Integers, reference: TableCounts) -> NDArray[np.float64]:
    """Twice the smaller share of the reference, and the row itself, that lies as far out: valid whatever the distribution."""
    total = np.concatenate([[0], np.cumsum(reference.counts)])
    below = total[np.searchsorted(reference.keys, numbers, side="right")]
    above = total[-1] - total[np.searchsorted(reference.keys, numbers, side="left")]
    found: NDArray[np.float64] = 2 * (np.minimum(below, above) + 1) / (total[-1] + 1)
    return np.minimum(found, 1.0)


def _view(far: int, n: int = 2000, others: int = 4000) -> TableView:
    draw = np.random.default_rng(8)
    ages = draw.normal(40, 10, n)
    ages[:far] += 60
    train = {"train": {"age": draw.normal(40, 10, others)}} if others else None
    parameters: dict[str, Decimal | int | str] = {"column": "", "level": Decimal("0.01")}
    return table_view(tabulate, {"age": ages}, label=[0] * n, others=train, parameters=parameters)


@check(
    id="data.outliers",
    title="Outliers",
    estimand="The share of rows whose number has a conformal p-value of at most the level against the training data (else the development data), in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows lie further out[ in {part}] than the known ones",
    need=TabulatedEverywhere(tabulate, columns, per_unit=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    parameters={
        "column": Parameter(
            "One column to look at; by default all numbers that the model is fed.",
            default="",
            names=Names.COLUMN,
        ),
        "level": Parameter(
            "The rate of false alarms: of rows like the known ones at most this share is called an outlier.",
            default=Decimal("0.01"),
            low=Decimal("0.00001"),
            high=Decimal("0.5"),
        ),
    },
    examples=(
        Example(
            says="2,000 ages like those of the training rows.",
            view=lambda: _view(0),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.PASS,
        ),
        Example(
            says="A hundred of 2,000 are 60 years more than they should be.",
            view=lambda: _view(100),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Three of 200 are.",
            view=lambda: _view(3, 200),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="No other data set says what is usual.",
            view=lambda: _view(0, others=0),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def outliers(view: TableView, *, column: str, level: Decimal) -> Counts:
    """The rows with a number that is rarer among known rows than the level allows.

    Purpose:
        Shows values that nobody has seen: errors of measurement, a part of the population that was not trained on, an attack.
    Method:
        A number's p-value is twice the smaller of the shares of known rows, with the row itself, that lie at least as low or as high (conformal p-value: valid in finite samples for rows that are
        exchangeable with the known ones; Vovk, Gammerman & Shafer 2005; Bates et al. 2023, "Testing for outliers with conformal p-values", Annals of Statistics 51). If rows are like the known ones at most the
        level of them is called an outlier, so the threshold lies above the level. The share in each column is a piece with Clopper-Pearson limits.
    Limits:
        Column by column: a usual age with a usual income may be an unusual pair. Fewer known rows than 2 / level - 1 can call nothing an outlier, and the criterion is not evaluable. Whole numbers up to 134 million are told apart, all others to .0000015 %; one that is stored as text, is called a text or a day, or has a few documented codes among other values, makes the criterion not evaluable.
    Remedy:
        Look at the rows; correct what is wrong, and train on what is right and was lacking.
    Oracle:
        scipy's percentileofscore (tests/checks/test_outliers.py); the rate of false alarms by simulation there.
    """
    if view.n == 0:
        return NO_ROWS
    known_by = view.known_by
    if known_by is None:
        return Undefined(Reason.NOT_MEASURED, "No other data set is declared, which says what is usual.")
    if unread := not_looked_at(view):
        return unread
    cells, most = [], 0
    for name in sorted(measured(view)):
        counts, known = view.table(name), view.table(name, known_by)
        enough = 2 / (known.total + 1) <= float(level)
        far = p_values(counts.keys, known) <= float(level)
        # A column of which too little is known keeps its cell, without a value.
        cells.append(Rate(name, int(counts.counts[far].sum()), counts.total) if enough else Rate(name, 0, 0))
        most = max(most, known.total)
    if cells and not any(cell.trials for cell in cells):
        return Undefined(
            Reason.TOO_FEW_ROWS_FOR_METHOD,
            f"{most:,} known rows cannot call anything an outlier at the level {level}.",
        )
    if not cells:
        lacking = repr(column) if column else "of numbers"
        return Undefined(
            Reason.NOT_MEASURED, f"No column {lacking} is in both {view.data!r} and {known_by!r}."
        )
    return Rates(tuple(cells))
