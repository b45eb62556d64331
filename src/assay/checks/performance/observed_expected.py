"""Whether as many events happen as the scores promise."""

from __future__ import annotations

from assay.checks.check import EITHER, ONE, Example, check
from assay.checks.counting.cells import scores_of_each
from assay.checks.examples import ALL, scored
from assay.domain.evidence import Counts, Functional
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import OutcomeView


@check(
    id="performance.observed_expected",
    title="Observed/expected ratio (calibration in the large)",
    estimand="The number of events divided by the sum of the scores; in each group if groups are named.",
    unit=Unit.NUMBER,
    reading="{label} = 1 occurs[ for {group}] {value} times as often as predicted",
    need=Outcomes(),
    comparators=EITHER,
    high=None,
    ideal=ONE,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="1,000 events against 1,000 expected.",
            view=lambda: scored({ALL: ((0.1, 4500, 500), (0.5, 500, 500))}),
            comparator=Comparator.AT_MOST,
            threshold="1.20",
            verdict=Verdict.PASS,
        ),
        Example(
            says="1,000 events against 1,000 expected, asked from the other side.",
            view=lambda: scored({ALL: ((0.1, 4500, 500), (0.5, 500, 500))}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
        ),
        Example(
            says="1,700 events against 1,000 expected: risk is underestimated.",
            view=lambda: scored({ALL: ((0.1, 4000, 1000), (0.5, 300, 700))}),
            comparator=Comparator.AT_MOST,
            threshold="1.20",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Every score is zero, so nothing is expected.",
            view=lambda: scored({ALL: ((0.0, 4500, 500),)}),
            comparator=Comparator.AT_MOST,
            threshold="1.20",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def observed_expected(view: OutcomeView) -> Counts:
    """Events observed per event expected.

    Purpose:
        Shows whether the scores promise too few events (above 1: risk is underestimated) or too many (below
        1). It stays sharp where events are rare, and so complements the KS calibration error.
    Method:
        Number of rows with label 1 divided by the sum of the scores (Steyerberg et al. 2010, Epidemiology
        21). A ratio of at most r is the mean of (label - r score) being at most 0, which is bounded as a mean
        is (Fieller 1954, JRSS B 16); the size is simulated. Needs 100 rows.
    Limits:
        A total only: too high for one half and too low for the other cancels. Use two criteria to bound both
        sides, and name groups to see where it fails.
    Remedy:
        Refit the intercept, or recalibrate, on rows from the population of use; ask whether the base rate has
        moved.
    Oracle:
        its definition, row by row (tests/stats/test_score_calibration.py); the size of its bound by
        simulation.
    """
    return scores_of_each(view, Functional.OBSERVED_EXPECTED)
