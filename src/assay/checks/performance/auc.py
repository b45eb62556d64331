"""How well the score ranks: AUC, and Gini, which is the same on another scale."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import scores_of_each
from assay.checks.examples import ALL, scored
from assay.domain.evidence import Counts, Functional
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import OutcomeView


def _good() -> OutcomeView:
    """AUC 0.86."""
    return scored({ALL: ((0.1, 2000, 150), (0.4, 1000, 350), (0.6, 300, 500), (0.9, 100, 800))})


def _poor() -> OutcomeView:
    """AUC 0.58."""
    return scored({ALL: ((0.1, 1000, 400), (0.4, 900, 450), (0.6, 800, 550), (0.9, 700, 600))})


def _one_class() -> OutcomeView:
    return scored({ALL: ((0.1, 2000, 0), (0.9, 100, 0))})


@check(
    id="performance.auc",
    title="Area under the ROC curve (AUC)",
    estimand="The probability that a row with label 1 scores above a row with label 0, ties counting half; in the "
    "worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the area under the ROC curve (AUC)[ for {group}] is {value}",
    need=Outcomes(),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="The score ranks well.",
            view=_good,
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The score hardly ranks.",
            view=_poor,
            comparator=Comparator.AT_LEAST,
            threshold="0.75",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No row has label 1.",
            view=_one_class,
            comparator=Comparator.AT_LEAST,
            threshold="0.75",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def auc(view: OutcomeView) -> Counts:
    """The area under the ROC curve.

    Purpose:
        Shows how well the score separates the two labels, whatever threshold is later chosen.
    Method:
        From the histogram of scores per label, ties counting half (Hanley & McNeil 1982, Radiology 143).
        Bounded by the weaker of logit-DeLong with Welch's t (DeLong, DeLong & Clarke-Pearson 1988, Biometrics
        44) and Newcombe's score interval (Newcombe 2006, Statistics in Medicine 25); its size is simulated,
        not exact.
    Limits:
        Says nothing about calibration or about the decision at the declared threshold, and weighs parts of
        the curve that will never be used. With fewer than 50 rows of a label only an exact and very cautious
        bound is left (Hoeffding 1963, JASA 58).
    Remedy:
        Look for more informative inputs or a better model class; if one group lags, look at what is measured
        less well for it.
    Oracle:
        scikit-learn's roc_auc_score (tests/stats/test_auc.py); the size of its bound by simulation.
    """
    return scores_of_each(view, Functional.AUC, both_classes=True)


@check(
    id="performance.gini",
    title="Gini coefficient (accuracy ratio)",
    estimand="The area under the ROC curve, doubled, minus one; in the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the Gini coefficient[ for {group}] is {value}",
    need=Outcomes(),
    comparators=AT_LEAST,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="The score ranks well.",
            view=_good,
            comparator=Comparator.AT_LEAST,
            threshold="0.60",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The score hardly ranks.",
            view=_poor,
            comparator=Comparator.AT_LEAST,
            threshold="0.50",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No row has label 1.",
            view=_one_class,
            comparator=Comparator.AT_LEAST,
            threshold="0.50",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def gini(view: OutcomeView) -> Counts:
    """The Gini coefficient of the score.

    Purpose:
        Shows how well the score ranks, on the scale that credit risk uses: 0 for no information, 1 for
        perfect order.
    Method:
        2 AUC - 1 (Engelmann, Hayden & Tasche 2003, "Testing rating accuracy", Risk 16); bounded as the AUC
        is.
    Limits:
        Those of the AUC. It is not the Gini coefficient of inequality, nor the impurity of a tree.
    Remedy:
        As for the AUC.
    Oracle:
        scikit-learn's roc_auc_score, twice less one (tests/stats/test_auc.py); the size of its bound by
        simulation.
    """
    return scores_of_each(view, Functional.GINI, both_classes=True)
