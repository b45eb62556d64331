"""How pure the list of cases is that the score ranks first: the area under the precision-recall curve."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import scores_of_each
from assay.checks.examples import ALL, scored
from assay.domain.evidence import Counts, Functional
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import OutcomeView


def _good() -> OutcomeView:
    """A tenth has label 1; average precision 0.75."""
    return scored({ALL: ((0.1, 8300, 150), (0.4, 600, 150), (0.7, 80, 300), (0.95, 20, 400))})


def _poor() -> OutcomeView:
    """As rare, and hardly ranked: 0.17."""
    return scored({ALL: ((0.1, 4000, 200), (0.4, 3000, 300), (0.7, 2000, 500))})


def _few() -> OutcomeView:
    return scored({ALL: ((0.1, 830, 3), (0.4, 60, 5), (0.7, 8, 12), (0.95, 2, 20))})


def _one_class() -> OutcomeView:
    return scored({ALL: ((0.1, 2000, 0), (0.9, 100, 0))})


@check(
    id="performance.average_precision",
    title="Average precision (area under the precision-recall curve)",
    estimand="The mean, over the rows with label 1, of the share of label 1 among the rows that score as high as they do or higher; in the worst "
    "group if groups are named.",
    unit=Unit.SHARE,
    reading="of the cases that score as high as one with {label} = 1[ for {group}], {value} have {label} = 1, on average",
    need=Outcomes(),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="A tenth has label 1, and most of it scores high.",
            view=_good,
            comparator=Comparator.AT_LEAST,
            threshold="0.70",
            verdict=Verdict.PASS,
        ),
        Example(
            says="A tenth has label 1, and the score hardly ranks.",
            view=_poor,
            comparator=Comparator.AT_LEAST,
            threshold="0.40",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="40 rows with label 1 are too few.",
            view=_few,
            comparator=Comparator.AT_LEAST,
            threshold="0.40",
            verdict=Verdict.NOT_EVALUABLE,
        ),
        Example(
            says="No row has label 1.",
            view=_one_class,
            comparator=Comparator.AT_LEAST,
            threshold="0.40",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def average_precision(view: OutcomeView) -> Counts:
    """The area under the precision-recall curve, as the average precision.

    Purpose:
        Shows how well cases with label 1 are found where they are rare: the area under the ROC curve can be .95 while most
        of the cases that are flagged are wrong (Davis & Goadrich 2006, ICML).
    Method:
        The precision at the score of each row with label 1, averaged; rows of one score are tied, nothing is interpolated. Bounded by the delta
        method (the influence of each row, as DeLong's for an area), with t, and again with one row of each label at its worst
        place beside those seen and random weights (after Gaffke 2005, Mathematical Methods of Statistics 14); the more cautious
        of the two. Its size is simulated, not exact, from 50 rows of each label on; below there is no verdict.
    Limits:
        Its baseline is not .5 but the share of label 1: scores that say nothing have it, so a threshold means something beside that
        share alone, and groups with different shares cannot be compared. It rests on the share in these rows, which must be that
        of the use. The average of a sample is a little above that of the population, the more so the rarer label 1 is.
    Remedy:
        See which rows with label 0 score highest: a few of them cost most.
    Oracle:
        scikit-learn's average_precision_score on the same scores (tests/stats/test_average_precision.py); the size of its bound by
        simulation (docs/guarantee.md).
    """
    return scores_of_each(view, Functional.AVERAGE_PRECISION, both_classes=True)
