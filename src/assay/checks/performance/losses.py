"""Proper scoring rules: Brier score and log loss."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import scores_of_each
from assay.checks.examples import ALL, scored
from assay.domain.evidence import Counts, Functional
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import OutcomeView

LARGEST_LOSS = Decimal("13.82")
"""No log loss is larger: -log of the clip, rounded up."""


def _good() -> OutcomeView:
    """Calibrated and informative: Brier score 0.13, log loss 0.42."""
    return scored({ALL: ((0.1, 2700, 300), (0.3, 700, 300), (0.8, 200, 800))})


def _poor() -> OutcomeView:
    """Confident and often wrong: Brier score 0.33, log loss 0.98."""
    return scored({ALL: ((0.1, 1500, 1000), (0.9, 1000, 1500))})


def _no_rows() -> OutcomeView:
    return scored({ALL: ()})


@check(
    id="performance.brier",
    title="Brier score",
    estimand="The mean squared difference between score and label; in the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the mean squared error of the probabilities[ for {group}] (Brier score) is {value}",
    need=Outcomes(),
    comparators=AT_MOST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Scores are calibrated and informative.",
            view=_good,
            comparator=Comparator.AT_MOST,
            threshold="0.15",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Scores are confident and often wrong.",
            view=_poor,
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There are no rows.",
            view=_no_rows,
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def brier(view: OutcomeView) -> Counts:
    """The mean squared error of the score.

    Purpose:
        Shows how far the scores, taken as probabilities, lie from what happened: calibration and separation
        in one number.
    Method:
        Mean of (score - label) squared (Brier 1950, Monthly Weather Review 78). Bounded by the
        more cautious of t and Gaffke's limit (2005), which counts one more row with the largest possible loss and
        whose size is simulated; below 100 rows by an exact mixture of bets.
    Limits:
        Small whenever events are rare: predicting the base rate p for everyone scores p(1 - p); compare with
        that. One number does not say whether calibration or separation is lacking.
    Remedy:
        See the reliability curve: recalibrate if it departs from the diagonal, else look for more informative
        inputs.
    Oracle:
        scikit-learn's brier_score_loss (tests/stats/test_means.py); the size of its bound by simulation.
    """
    return scores_of_each(view, Functional.BRIER)


@check(
    id="performance.log_loss",
    title="Log loss (cross-entropy)",
    estimand="The mean negative logarithm of the probability that the score gave to the true label; in the worst "
    "group if groups are named.",
    unit=Unit.NUMBER,
    reading="the log loss[ for {group}] is {value}",
    need=Outcomes(),
    comparators=AT_MOST,
    high=LARGEST_LOSS,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Scores are calibrated and informative.",
            view=_good,
            comparator=Comparator.AT_MOST,
            threshold="0.50",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Scores are confident and often wrong.",
            view=_poor,
            comparator=Comparator.AT_MOST,
            threshold="0.60",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There are no rows.",
            view=_no_rows,
            comparator=Comparator.AT_MOST,
            threshold="0.60",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def log_loss(view: OutcomeView) -> Counts:
    """The mean negative log-likelihood of the score.

    Purpose:
        Shows how far the scores, taken as probabilities, lie from what happened, with a heavy price on
        confident errors.
    Method:
        Mean of -log(score) for label 1 and -log(1 - score) for label 0, natural logarithm (Good 1952, JRSS B
        14). Scores are clipped to between 0.000001 and 0.999999 first, else one row could make it infinite;
        so a row costs at most 13.8. Bounded by a mixture of bets on the mean of a bounded value (betting
        e-values: Waudby-Smith & Ramdas 2024, JRSS B 86), which is exact for any number of rows.
    Limits:
        A few confident errors dominate it, and the clip bounds how much. The exact bound lies about twice as
        far from the estimate as a t interval would. Compare with the entropy of the base rate.
    Remedy:
        Look at the rows with extreme scores first; recalibrate or regularise.
    Oracle:
        scikit-learn's log_loss (tests/stats/test_means.py).
    """
    return scores_of_each(view, Functional.LOG_LOSS)
