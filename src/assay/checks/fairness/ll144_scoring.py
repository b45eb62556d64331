"""The scoring rate impact ratio of New York City's Local Law 144."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.counting.cells import NO_ROWS, unfit_for_comparison
from assay.checks.counting.median import above_the_median
from assay.checks.examples import scored
from assay.domain.evidence import Combination, Combined, Counts, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import OutcomeView


def _spread(lower: int, upper: int) -> tuple[tuple[float, int, int], ...]:
    """So many people at each of fifty scores below 0.5, and at each of fifty from there on."""
    return tuple((i / 100, lower if i < 50 else upper, 0) for i in range(100))


@check(
    id="fairness.ll144_scoring",
    title="Scoring rate impact ratio (Local Law 144)",
    estimand="The smallest impact ratio of a category: its share of scores above the median of all, divided by that of the highest "
    "scoring category.",
    unit=Unit.SHARE,
    reading="scores above the median are {value} as frequent for {one} as for {two}",
    need=Outcomes(),
    comparators=AT_LEAST,
    ideal=ONE,
    across=Across.REQUIRED,
    pairwise=True,
    examples=(
        Example(
            says="4,000 people each at a hundred scores: 51 % and 49 % are in the upper half.",
            view=lambda: scored({"male": _spread(39, 41), "female": _spread(41, 39)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="4,000 people each at a hundred scores: 65 % and 35 % are in the upper half.",
            view=lambda: scored({"male": _spread(28, 52), "female": _spread(52, 28)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="The sex categories of the rule's own example: 50 of 92 and 34 of 76, too few to say.",
            view=lambda: scored(
                {"male": ((0.2, 42, 0), (0.8, 0, 50)), "female": ((0.2, 42, 0), (0.8, 0, 34))}
            ),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.INCONCLUSIVE,
            across="sex",
        ),
    ),
)
def ll144_scoring(view: OutcomeView) -> Counts:
    """The share of each category that scores above the sample's median, over that of the highest scoring category.

    Purpose:
        The figure that an employer in New York City must publish of a tool that scores people, with a bound.
    Method:
        Scoring rate = the rate at which individuals in a category receive a score above the sample's median score; impact ratio =
        scoring rate for a category / scoring rate for the highest scoring category (6 RCNY 5-300 and 5-301(c), 2023). Scores equal to the
        median are not above it. The bound holds for the population's median: it lies between two scores of the sample with 99.9 %
        confidence (Hoeffding 1963), rows above either of them bound the rows above it, and both rates have Clopper-Pearson limits at
        half of what is left of alpha. Categories under 2 % as in fairness.ll144_selection.
    Limits:
        The rule is about scores of which higher are better; where 0 is the favourable decision it is not evaluable, for the ratio would be
        that of the unfavourable end. Where many rows have the median score, the bound is wide. Says nothing about where above the median people are. Beyond 100,000 different
        scores they are kept on a grid, and rows in the bin of the median are counted as not above it.
    Remedy:
        Look for inputs that stand in for the category; recalibrate or retrain, then certify on fresh rows.
    Oracle:
        The example tables of 6 RCNY 5-301 to all printed digits; the bound by simulated populations (tests/checks/test_local_law.py).
    """
    if view.overall.n == 0:
        return NO_ROWS
    if not len(view.overall.scores):
        return Undefined(Reason.NOT_MEASURED, "Decisions were counted, and no scores.")
    if view.favourable == 0:
        said = (
            "The rule compares who scores above the median, where higher scores are better; here 0 is the favourable decision, so that "
            "the higher score is the worse one. Predict the favourable decision, or ask fairness.ll144_selection."
        )
        return Undefined(Reason.NOT_MEASURED, said)
    if unfit := unfit_for_comparison([group.label for group in view.groups]):
        return unfit
    return Combined(above_the_median(view), Combination.SCORING_RATIO, None, view.focus)
