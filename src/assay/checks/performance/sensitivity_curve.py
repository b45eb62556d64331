"""The mean score as one input goes over declared values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_LEAST, AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.errors import SubjectError
from assay.domain.evidence import Counts, MeanCell, MeanCurve, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import TabulatedChanges
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.domain.written import Written, written_numbers
from assay.tally.perturbation import ChangeContext, Columns, Floats
from assay.tally.table import Integers, Rows, TableContext, TableView

STEPS = 2048
"""Steps of the range of scores, to the nearest of which each is rounded."""
MOST = 20
"""Values that are looked at: each is a prediction of every row."""


def columns(context: TableContext) -> tuple[str, ...]:
    """The column that is set."""
    return (str(context.parameters["column"]),)


def points_of(text: object) -> tuple[float, ...]:
    """The values, each once and increasing; none where the text has something else."""
    try:
        found = sorted({float(point) for point in written_numbers(str(text), "points")})
    except ValueError:
        return ()
    return tuple(found) if len(found) <= MOST and all(map(math.isfinite, found)) else ()


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By point, the step of each row's score if the column had that value."""
    (name,) = columns(context)
    answers = context.answers

    def at(point: float, inputs: Columns, _: ChangeContext) -> Columns:
        if name not in inputs or inputs[name].dtype.kind not in "iuf":
            raise SubjectError(
                f"The model is not fed the column {name!r} as numbers.",
                code="nothing_to_change",
                remedy="Name an input of numbers.",
            )
        return {**inputs, name: np.full(rows.n, point)}

    found = {}
    for point in points_of(context.parameters["points"]):
        score = rows.after(repr(point), partial(at, point))
        found[repr(point)] = np.rint((score - answers.low) / (answers.high - answers.low) * STEPS).astype(
            np.int64
        )
    return found


def _view(slope: float, n: int = 2000, points: str = "0, 5, 10") -> TableView:
    """A score that rises with debt so much for each unit."""

    def model(inputs: Mapping[str, NDArray[Any]]) -> Floats:
        found: Floats = 0.1 + 0.2 * inputs["chance"] + slope * inputs["debt"]
        return found

    return table_view(
        tabulate,
        {"debt": np.arange(n) % 10, "chance": np.random.default_rng(2).random(n)},
        label=[0] * n,
        model=model,
        parameters=_arguments(points),
    )


def _arguments(points: str = "0, 5, 10") -> dict[str, Decimal | int | str]:
    return {"column": "debt", "points": points}


@check(
    id="performance.sensitivity_curve",
    title="Sensitivity curve",
    estimand="The mean score (of a regression the mean prediction) if an input had the same value for everybody and all else were as it is, at the declared value where it is worst.",
    unit=Unit.NUMBER,
    reading="the mean {answer} is {value}[ if {column} is {part} for everybody]",
    need=TabulatedChanges(tabulate, columns),
    comparators=AT_MOST + AT_LEAST,
    low=None,
    high=None,
    settled=Settled(Settles.ANSWERS),
    tasks=(Task.BINARY, Task.REGRESSION),
    parameters={
        "column": Parameter("The input of numbers that is set.", names=Names.COLUMN),
        "points": Parameter(
            f"Its values, with commas between them, at most {MOST}: each is a prediction of every row.",
            written=Written.NUMBERS,
        ),
    },
    examples=(
        Example(
            says="A debt of 10 for everybody would make a mean score of some 0.4.",
            view=lambda: _view(0.02),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.PASS,
            arguments=_arguments(),
        ),
        Example(
            says="With another slope it would make some 0.7.",
            view=lambda: _view(0.05),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.FAIL,
            arguments=_arguments(),
        ),
        Example(
            says="What is not a list of numbers has no curve.",
            view=lambda: _view(0.02, points="low, high"),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=_arguments("low, high"),
        ),
    ),
)
def sensitivity_curve(view: TableView, *, points: str) -> Counts:
    """The mean score at each of some values of one input, over the judged rows.

    Purpose:
        Shows how the model uses an input: in which direction, how strongly, where it jumps or stops to care. It is drawn in the dossier.
    Method:
        Each row is predicted once more for each value, with the input set to it; the mean over the rows is the partial dependence
        (Friedman 2001, Annals of Statistics 29; the curves of single rows that are averaged are those of Goldstein et al. 2015, J. Comp.
        Graph. Stat. 24). Each value is a piece, a mean of scores within their range: the more cautious of t and Gaffke's limit (2005),
        below 100 rows an exact mixture of bets. In the drawing all limits hold at once (Bonferroni over the values).
    Limits:
        An average can hide that half of the people go up and half down: performance.monotonicity counts rows. Values are set beside others
        that may never go with them, and nothing is said of what would happen to people whose value changed. Scores are rounded to
        1/2,048 of their range, so that a mean is off by 1/4,096 of it at most.
    Remedy:
        Where a curve jumps or turns against what is known, constrain the model or look at the rows there.
    Oracle:
        scikit-learn's partial_dependence (tests/checks/test_sensitivity_curve.py); the bound by simulation (docs/guarantee.md).
    """
    places = points_of(points)
    if not places:
        return Undefined(
            Reason.NOT_MEASURED, f"At most {MOST} numbers are expected as points; found {points!r}."
        )
    if not view.n or not view.table(repr(places[0])).total:
        return NO_ROWS
    answers = view.context.answers
    width = answers.high - answers.low
    return MeanCurve(
        places, tuple(_cell(view, p, answers.low, width) for p in places), answers.low, answers.high
    )


def _cell(view: TableView, point: float, low: float, width: float) -> MeanCell:
    found = view.table(repr(point))
    values = np.minimum(low + width * (found.keys / STEPS), low + width)
    return MeanCell(f"{point:.15g}", tuple(values.tolist()), tuple(found.counts.tolist()))
