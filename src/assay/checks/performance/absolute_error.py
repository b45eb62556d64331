"""How far predicted numbers lie from the truth on average."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.columns import no_columns
from assay.checks.counting.losses import ERROR, STEPS, absolute_errors, losses_of_each
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(rows: int, off: float) -> TableView:
    """So many rows between 0 and 100, each off by up to twice as much as named, evenly."""
    return table_view(
        absolute_errors,
        {"label": np.full(rows, 50.0)},
        label=[0] * rows,
        score=50.0 + 2 * off * (np.arange(rows) + 0.5) / max(rows, 1),
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
    )


@check(
    id="performance.mae",
    title="Mean absolute error",
    estimand="The mean distance between prediction and label, in the label's unit; in the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the prediction[ for {group}] is off by {value} on average",
    need=TabulatedOutcomes(absolute_errors, no_columns),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    high=None,
    settled=Settled(Settles.WIDTH),
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="2,000 rows are off by 5 on average.",
            view=lambda: _view(2000, 5.0),
            comparator=Comparator.AT_MOST,
            threshold="6",
            verdict=Verdict.PASS,
        ),
        Example(
            says="2,000 rows are off by 9 on average.",
            view=lambda: _view(2000, 9.0),
            comparator=Comparator.AT_MOST,
            threshold="6",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="40 rows are off by 5 on average: of so few, one that is off by 100 may be missing.",
            view=lambda: _view(40, 5.0),
            comparator=Comparator.AT_MOST,
            threshold="6",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0, 5.0),
            comparator=Comparator.AT_MOST,
            threshold="6",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def mae(view: TableView) -> Counts:
    """The mean absolute error of the predicted numbers.

    Purpose:
        Shows by how much a prediction misses, in the unit in which it is used: days, euros, points.
    Method:
        Mean of the distance between prediction and label (Willmott & Matsuura 2005, Climate Research 30). No error can be larger than the declared
        range is wide, since numbers outside of it are refused; so the mean is bounded by a mixture of bets, which is exact for any
        number of rows (Waudby-Smith & Ramdas 2024, JRSS B 86). Errors are counted on a grid of a ten-thousandth of that width and
        rounded to the worse side.
    Limits:
        The exact bound pays for the range: one row of a thousand may be off by all of it and not be in the sample. Declare the range as
        narrow as truth allows. A mean hides rare large errors, which the root mean square error weighs more, and says nothing of
        their direction.
    Remedy:
        Look at the rows that are furthest off; see whether one group or one region of the label has them.
    Oracle:
        scikit-learn's mean_absolute_error; the bound by exhaustive enumeration of small worlds (tests/checks/test_regression_oracles.py,
        tests/stats/test_losses.py).
    """
    return losses_of_each(view, ERROR, view.context.answers.width_of_range, STEPS)
