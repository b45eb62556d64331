"""How often the decision is right if it is wrong wherever nobody knows."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.unobserved import UNKNOWN
from assay.checks.examples import ALL, outcomes
from assay.domain.evidence import Counts, Rate, Rates
from assay.domain.metric import Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import OutcomeView


@check(
    id="performance.accuracy_at_worst",
    title="Accuracy at worst",
    estimand="The share of all cases, those with an unknown outcome included, that are known to be decided right.",
    unit=Unit.SHARE,
    reading="{value} of all cases are known to be decided right, {unknown} of unknown outcome included",
    need=Outcomes(),
    comparators=AT_LEAST,
    parameters={"unknown": UNKNOWN},
    examples=(
        Example(
            says="900 of 1,000 decisions are right, and 50 more cases have no outcome.",
            view=lambda: outcomes({ALL: (500, 50, 50, 400)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            arguments={"unknown": 50},
        ),
        Example(
            says="The same with 400 cases that were refused, of whom nobody knows whether they would have paid.",
            view=lambda: outcomes({ALL: (500, 50, 50, 400)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            arguments={"unknown": 400},
        ),
        Example(
            says="The same with 110.",
            view=lambda: outcomes({ALL: (500, 50, 50, 400)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.INCONCLUSIVE,
            arguments={"unknown": 110},
        ),
        Example(
            says="There are no rows.",
            view=lambda: outcomes({ALL: (0, 0, 0, 0)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"unknown": 50},
        ),
    ),
)
def accuracy_at_worst(view: OutcomeView, *, unknown: int) -> Counts:
    """The share of right decisions if every one about an unknown outcome is wrong.

    Purpose:
        Bounds what selective labels can hide: where outcomes are known only for those who were approved, an accuracy is that of the approved.
    Method:
        Rows decided as their true label, of these rows and the declared number of cases without an outcome: the lowest accuracy that agrees with what is known, whatever the
        missing outcomes are (Manski 1989, Journal of Human Resources 24; Lakkaraju et al. 2017, "The selective labels problem", KDD). One-sided Clopper-Pearson bound.
    Limits:
        The number is the word of whoever drew the rows. Without an assumption nothing better can be said: with a tenth unknown nine in ten is the most that can be shown. The highest accuracy
        that agrees is not told.
    Remedy:
        Follow up a random part of those whose outcome is not known, and judge on them as well.
    Oracle:
        Every way in which the unknown outcomes can be filled, by enumeration with scikit-learn's accuracy_score (tests/checks/test_accuracy_at_worst.py).
    """
    if view.overall.n == 0:
        return NO_ROWS
    return Rates((Rate("", view.overall.correct, view.overall.n + unknown),))
