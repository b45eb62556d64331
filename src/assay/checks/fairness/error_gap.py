"""Predicted numbers that are further off for one group than for another."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.columns import no_columns
from assay.checks.counting.losses import STEPS_COMPARED, loss_keys, losses_compared
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView


def tabulate(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The absolute error of each row, by group."""
    width = context.answers.width_of_range
    return {"error": loss_keys(rows, np.abs(rows.answered - rows.truth), width, STEPS_COMPARED)}


def _view(rows: int, women: float, men: float) -> TableView:
    """So many women and as many men, off by up to twice as much as named, evenly."""
    each = (np.arange(rows) + 0.5) / max(rows, 1)
    return table_view(
        tabulate,
        {"label": np.full(2 * rows, 50.0)},
        label=[0] * (2 * rows),
        score=50.0 + 2 * np.concatenate([women * each, men * each]),
        groups={"sex": (("women", "men"), [0] * rows + [1] * rows)},
        across=("sex",),
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
    )


@check(
    id="fairness.mae_gap",
    title="Gap in mean absolute error between groups",
    estimand="The largest difference between the mean absolute errors of two groups, or of a group and the reference, in the label's "
    "unit.",
    unit=Unit.NUMBER,
    reading="the prediction is off by {value} more on average for {one} than for {two}",
    need=TabulatedOutcomes(tabulate, no_columns),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    high=None,
    settled=Settled(Settles.WIDTH),
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="3,000 women and men each are off by 5 on average.",
            view=lambda: _view(3000, 5.0, 5.0),
            comparator=Comparator.AT_MOST,
            threshold="1",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="3,000 women are off by 8 on average, men by 5.",
            view=lambda: _view(3000, 8.0, 5.0),
            comparator=Comparator.AT_MOST,
            threshold="1",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="100 women and men each are off by 5 on average.",
            view=lambda: _view(100, 5.0, 5.0),
            comparator=Comparator.AT_MOST,
            threshold="1",
            verdict=Verdict.INCONCLUSIVE,
            across="sex",
        ),
    ),
)
def mae_gap(view: TableView, *, reference: str | None = None) -> Counts:
    """The mean absolute error of each group, compared as a difference.

    Purpose:
        Shows whether a model is less accurate about one group: whoever is predicted worse carries more of its errors.
    Method:
        Every ordered pair of groups, or each with the reference, is one piece. The difference of the two means is bounded by the product of two
        mixtures of bets, the least over all values that the second mean could have: an e-value, exact for any number of rows
        (bets: Waudby-Smith & Ramdas 2024, JRSS B 86; products of independent e-values: Vovk & Wang 2021, Annals of Statistics 49). Errors are
        counted on a grid of a thousandth of the declared range's width and rounded to the worse side, which costs at most that much.
    Limits:
        A gap in the size of errors says nothing of their direction: a group may be over-valued. Groups whose labels lie wider are
        harder to predict, also for a fair model. The exact bound needs about four times the rows of a t interval.
    Remedy:
        Collect more rows of the group, or inputs that tell about it; see whether its labels are noisier before the model is blamed.
    Oracle:
        fairlearn's MetricFrame with scikit-learn's mean_absolute_error; the bound by exhaustive enumeration of small worlds
        (tests/checks/test_regression_oracles.py, tests/stats/test_losses.py).
    """
    return losses_compared(
        view, "error", view.context.answers.width_of_range, STEPS_COMPARED, reference=reference
    )
