"""How well predicted numbers are a quantile of the truth."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.columns import no_columns
from assay.checks.counting.losses import STEPS, loss_keys, losses_of_each
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView


def tabulate(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The pinball loss of each row."""
    share = float(context.parameters["quantile"])
    above = rows.truth - rows.answered
    return {"loss": loss_keys(rows, np.maximum(share * above, (share - 1) * above), _largest(context), STEPS)}


def _largest(context: TableContext) -> float:
    share = float(context.parameters["quantile"])
    return max(share, 1 - share) * context.answers.width_of_range


def _view(rows: int, said: float) -> TableView:
    """Labels from 0 to 100, evenly, of which one number is said to be the 0.9 quantile."""
    return table_view(
        tabulate,
        {"label": 100.0 * (np.arange(rows) + 0.5) / max(rows, 1)},
        label=[0] * rows,
        score=np.full(rows, said),
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
        parameters={"quantile": Decimal("0.9")},
    )


@check(
    id="performance.pinball",
    title="Pinball loss",
    estimand="The mean pinball loss of the prediction as a quantile of the label, in the label's unit; in the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the pinball loss of the prediction as the {quantile} quantile[ for {group}] is {value}",
    need=TabulatedOutcomes(tabulate, no_columns),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    high=None,
    settled=Settled(Settles.WIDTH, ("quantile",)),
    across=Across.OPTIONAL,
    parameters={
        "quantile": Parameter(
            "Which quantile of the label the prediction is.", low=Decimal("0.001"), high=Decimal("0.999")
        )
    },
    examples=(
        Example(
            says="90 is said of 3,000 labels between 0 and 100: a loss of 4.5.",
            view=lambda: _view(3000, 90.0),
            comparator=Comparator.AT_MOST,
            threshold="6",
            verdict=Verdict.PASS,
            arguments={"quantile": Decimal("0.9")},
        ),
        Example(
            says="50 is said of them: a loss of 12.5.",
            view=lambda: _view(3000, 50.0),
            comparator=Comparator.AT_MOST,
            threshold="6",
            verdict=Verdict.FAIL,
            arguments={"quantile": Decimal("0.9")},
        ),
        Example(
            says="90 is said of 60 of them.",
            view=lambda: _view(60, 90.0),
            comparator=Comparator.AT_MOST,
            threshold="6",
            verdict=Verdict.INCONCLUSIVE,
            arguments={"quantile": Decimal("0.9")},
        ),
    ),
)
def pinball(view: TableView, *, quantile: Decimal) -> Counts:
    """The mean pinball (quantile) loss.

    Purpose:
        Shows how good a prediction is that is meant as a quantile, for example how long nine of ten patients stay at most.
    Method:
        Mean of q (label - prediction) where the label is above and (1 - q) (prediction - label) where it is below (Koenker & Bassett
        1978, Econometrica 46); the quantile itself has the smallest. No loss can be larger than max(q, 1 - q) times the width of the declared range,
        so the mean is bounded by a mixture of bets, exact for any number of rows (Waudby-Smith & Ramdas 2024, JRSS B 86). Losses are
        counted on a grid of a ten-thousandth of that and rounded to the worse side.
    Limits:
        Has no natural scale: compare with the loss of a constant. That the share of labels below is q is another question, which the
        coverage of an interval answers.
    Remedy:
        Train with this loss, or shift the prediction by a quantile of its errors on rows that were kept apart (conformal prediction).
    Oracle:
        scikit-learn's mean_pinball_loss; the bound by exhaustive enumeration of small worlds (tests/checks/test_regression_oracles.py,
        tests/stats/test_losses.py).
    """
    largest = float(max(quantile, 1 - quantile)) * view.context.answers.width_of_range
    return losses_of_each(view, "loss", largest, STEPS)
