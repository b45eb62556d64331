"""How far predicted numbers lie from the truth, where large errors weigh more."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.columns import no_columns
from assay.checks.counting.losses import ERROR, STEPS, absolute_errors, losses_of_each
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts, Summary
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(rows: int, off: float) -> TableView:
    """So many rows between 0 and 100, each off by as much as named, to both sides in turn."""
    return table_view(
        absolute_errors,
        {"label": np.full(rows, 50.0)},
        label=[0] * rows,
        score=50.0 + off * (-1.0) ** np.arange(rows),
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
    )


@check(
    id="performance.rmse",
    title="Root mean square error",
    estimand="The root of the mean squared distance between prediction and label, in the label's unit; in the worst group if groups are "
    "named.",
    unit=Unit.NUMBER,
    reading="the root mean square error of the prediction[ for {group}] is {value}",
    need=TabulatedOutcomes(absolute_errors, no_columns),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    high=None,
    settled=Settled(Settles.WIDTH),
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="5,000 rows are off by 10.",
            view=lambda: _view(5000, 10.0),
            comparator=Comparator.AT_MOST,
            threshold="15",
            verdict=Verdict.PASS,
        ),
        Example(
            says="5,000 rows are off by 20.",
            view=lambda: _view(5000, 20.0),
            comparator=Comparator.AT_MOST,
            threshold="15",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="100 rows are off by 10: of so few, some that are off by 100 may be missing.",
            view=lambda: _view(100, 10.0),
            comparator=Comparator.AT_MOST,
            threshold="15",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0, 1.0),
            comparator=Comparator.AT_MOST,
            threshold="15",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def rmse(view: TableView) -> Counts:
    """The root mean square error of the predicted numbers.

    Purpose:
        Shows by how much a prediction misses where one large error is worse than several small ones.
    Method:
        Root of the mean squared distance between prediction and label. The mean square is at most the square of the declared range's width, and is
        bounded by a mixture of bets, exact for any number of rows (Waudby-Smith & Ramdas 2024, JRSS B 86); the root keeps the order, so
        its limits are the roots of those limits. Errors are counted on a grid of a ten-thousandth of that width and rounded to the
        worse side.
    Limits:
        Pays for the range more than the mean absolute error does: a row that is off by all of it weighs as much as a hundred that
        are off by a tenth. Declare the range as narrow as truth allows.
    Remedy:
        Look at the rows that are furthest off; a loss that forgives them in training (absolute, Huber) does not help here.
    Oracle:
        scikit-learn's root_mean_squared_error; the bound by exhaustive enumeration of small worlds (tests/checks/test_regression_oracles.py,
        tests/stats/test_losses.py).
    """
    return losses_of_each(view, ERROR, view.context.answers.width_of_range, STEPS, Summary.ROOT_MEAN_SQUARE)
