"""How much of what differs between the cases the prediction explains."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts, Explained, ExplainedCell, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

STEPS = 500
"""Steps of the declared range to which an outcome is rounded,"""
ERROR_STEPS = 2_000
"""and to which an error is, to the worse side."""


def tabulate(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The group, the outcome and the absolute error of each row."""
    answers, truth = context.answers, rows.truth
    known = ~np.isnan(truth)
    outcome = np.nan_to_num((truth - answers.low) / answers.width_of_range * STEPS)
    error = np.nan_to_num(np.abs(rows.answered - truth) / answers.width_of_range * ERROR_STEPS)
    return {
        "fit": together(
            rows.grouped,
            (np.where(known, np.clip(np.rint(outcome), 0, STEPS), -1).astype(np.int64), STEPS + 1),
            (np.minimum(np.ceil(error), ERROR_STEPS).astype(np.int64), ERROR_STEPS + 1),
        )
    }


def _view(rows: int, off: float, *, apart_by: float = 20.0) -> TableView:
    """Outcomes around 50 with this spread, each predicted so far off to one side or the other."""
    at = np.arange(rows)
    truth = 50.0 + apart_by * np.array([-1.5, -0.5, 0.5, 1.5])[at % 4]
    return table_view(
        tabulate,
        {"label": truth},
        label=[0] * rows,
        score=truth + off * np.array([-1.0, 1.0])[at // 4 % 2],
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
    )


@check(
    id="performance.r2",
    title="Explained share of the variance (R2)",
    estimand="The share of the variance of the label that the prediction explains, one minus its mean squared error over that variance; in the "
    "worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the prediction explains {value} of the variance of the label[ for {group}] (R2)",
    need=TabulatedOutcomes(tabulate, no_columns),
    tasks=(Task.REGRESSION,),
    comparators=AT_LEAST,
    low=None,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="The error is a quarter of the spread.",
            view=lambda: _view(2000, 5.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The error is as large as the spread.",
            view=lambda: _view(2000, 22.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.5",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="200 rows with .95 do not show .93.",
            view=lambda: _view(200, 5.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.93",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="99 rows are too few.",
            view=lambda: _view(99, 5.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.5",
            verdict=Verdict.NOT_EVALUABLE,
        ),
        Example(
            says="All labels are alike, so there is nothing to explain.",
            view=lambda: _view(500, 5.0, apart_by=0.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.5",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def r2(view: TableView) -> Counts:
    """The share of the variance of the label that the prediction explains.

    Purpose:
        Shows what the model adds to predicting the same number for everybody: 0 is the mean of the label, below 0 is worse than that.
    Method:
        R2 is at least t exactly when the squared error less (1 - t) times the squared distance of the label from its mean is at most 0 on
        average: a paired comparison with the constant model, row by row, of values with known ends. Its mean is bounded by
        the more cautious of t and Gaffke's limit (2005, Mathematical Methods of Statistics 14), for every mean of the label within four
        standard errors of the one found, the worst of them. Labels are rounded to a five-hundredth of the declared range and errors to
        a two-thousandth, which is held against the model. Simulated, not exact, from 100 rows on; below there is no verdict.
    Limits:
        It depends on how much the labels differ: in a group whose labels lie close together the same errors give a smaller R2. It
        says nothing of the unit of the label, for which see the mean absolute error. One row may be off by all of the declared
        range; declare it as narrow as truth allows.
    Remedy:
        Look for inputs that tell the cases apart; in a group that lags, see whether its labels differ less or its errors are larger.
    Oracle:
        scikit-learn's r2_score (tests/checks/test_regression_oracles.py); the size of its bound by simulation (docs/guarantee.md).
    """
    table = view.table("fit")
    if not table.total:
        return NO_ROWS
    group, outcome, error = apart(table.keys, view.context.n_groups, STEPS + 1, ERROR_STEPS + 1)
    cells = tuple(
        ExplainedCell(label, *(tuple(of[group == code].tolist()) for of in (outcome, error, table.counts)))
        for label, code in view.each
    )
    if all(len(set(cell.outcomes)) < 2 for cell in cells):
        return Undefined(Reason.ZERO_DENOMINATOR, "All labels are alike, so there is no variance to explain.")
    return Explained(cells, STEPS, ERROR_STEPS)
