"""How far predicted numbers lie from the truth on average if they are off by as much as can be wherever nobody knows."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.counting.losses import ERROR, STEPS, absolute_errors
from assay.checks.counting.unobserved import UNKNOWN
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts, LossCell, Losses
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(rows: int) -> TableView:
    """So many rows between 0 and 100, each off by up to 10, evenly."""
    return table_view(
        absolute_errors,
        {"label": np.full(rows, 50.0)},
        label=[0] * rows,
        score=50.0 + 10 * (np.arange(rows) + 0.5) / max(rows, 1),
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
    )


@check(
    id="performance.mae_at_worst",
    title="Mean absolute error at worst",
    estimand="The largest mean distance between prediction and label, in the label's unit, that all cases can have, those with an unknown outcome included.",
    unit=Unit.NUMBER,
    reading="over all cases, {unknown} of unknown outcome included, the prediction is off by up to {value} on average",
    need=TabulatedOutcomes(absolute_errors, no_columns),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    high=None,
    settled=Settled(Settles.UNKNOWN, ("unknown",)),
    parameters={"unknown": UNKNOWN},
    examples=(
        Example(
            says="2,000 rows are off by 5 on average, and 20 more cases have no outcome.",
            view=lambda: _view(2000),
            comparator=Comparator.AT_MOST,
            threshold="8",
            verdict=Verdict.PASS,
            arguments={"unknown": 20},
        ),
        Example(
            says="The same with 200 whose claim was never closed: each may be off by 100.",
            view=lambda: _view(2000),
            comparator=Comparator.AT_MOST,
            threshold="8",
            verdict=Verdict.FAIL,
            arguments={"unknown": 200},
        ),
        Example(
            says="The same with 60.",
            view=lambda: _view(2000),
            comparator=Comparator.AT_MOST,
            threshold="8",
            verdict=Verdict.INCONCLUSIVE,
            arguments={"unknown": 60},
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0),
            comparator=Comparator.AT_MOST,
            threshold="8",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"unknown": 20},
        ),
    ),
)
def mae_at_worst(view: TableView, *, unknown: int) -> Counts:
    """The mean absolute error if every prediction about an unknown outcome is off by the whole declared range.

    Purpose:
        Bounds what selective labels can hide where a number is predicted: where it is known only for the cases that were accepted, or closed, a mean error is theirs.
    Method:
        Mean of the distance between prediction and label over these rows and the declared number of cases without an outcome, each of which is off by the width of the declared
        range: labels and predictions lie within it, so it is the largest mean error that agrees with what is known, whatever the missing outcomes and the predictions for them
        are (Manski 1989, Journal of Human Resources 24; Lakkaraju et al. 2017, "The selective labels problem", KDD). The mean is bounded by a mixture of bets, which
        is exact for any number of rows (Waudby-Smith & Ramdas 2024, JRSS B 86). Errors are counted on a grid of a ten-thousandth of that width and rounded to the worse side.
    Limits:
        The number is the word of whoever drew the rows. Without an assumption nothing better can be said: one case of unknown outcome in a hundred costs a hundredth of the range, which
        should be as narrow as truth allows. Where the predictions for such cases are at hand they would cost less, and are not asked.
    Remedy:
        Follow up a random part of those whose outcome is not known, and judge on them as well; declare the range as narrow as truth allows.
    Oracle:
        Every way in which unknown outcomes and predictions can be filled from the ends and the middle of the range, by enumeration with scikit-learn's mean_absolute_error
        (tests/checks/test_accuracy_at_worst.py); the bound by exhaustive enumeration of small worlds (tests/stats/test_losses.py).
    """
    counts = view.table(ERROR)
    if not counts.total:
        return NO_ROWS
    places = dict(zip(counts.keys.tolist(), counts.counts.tolist(), strict=True))
    if unknown:
        places[STEPS] = places.get(STEPS, 0) + unknown
    cell = LossCell("", tuple(places), tuple(places.values()))
    return Losses((cell,), view.context.answers.width_of_range, STEPS)
