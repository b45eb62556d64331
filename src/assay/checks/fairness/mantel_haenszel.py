"""The common odds ratio within strata."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.counting.strata import PARAMETERS, columns, favourable, rates_within
from assay.checks.tabled import strata_view
from assay.domain.evidence import Composite, Counts, Stratified, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView


@check(
    id="fairness.mantel_haenszel",
    title="Mantel-Haenszel odds ratio",
    estimand="The smallest Mantel-Haenszel odds ratio, over strata, of the favourable decision between two groups, either over the other, in the "
    "population that the rows are drawn from.",
    unit=Unit.NUMBER,
    reading="within {within}, the odds of a favourable decision for {one} are {value} of those for {two}",
    need=TabulatedOutcomes(favourable, columns),
    comparators=AT_LEAST,
    ideal=ONE,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    parameters=PARAMETERS,
    examples=(
        Example(
            says="In both departments women and men are admitted alike, and women apply where few are.",
            view=lambda: strata_view(
                favourable,
                {
                    "A": {"women": (640, 800), "men": (2560, 3200)},
                    "B": {"women": (640, 3200), "men": (160, 800)},
                },
            ),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="In both departments the odds of women are less than half of those of men.",
            view=lambda: strata_view(
                favourable,
                {"A": {"women": (480, 800), "men": (640, 800)}, "B": {"women": (80, 800), "men": (160, 800)}},
            ),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="Nine of twelve women are too few for the method.",
            view=lambda: strata_view(
                favourable,
                {"A": {"women": (9, 12), "men": (10, 12)}, "B": {"women": (3, 12), "men": (3, 12)}},
            ),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"within": "department"},
        ),
    ),
)
def mantel_haenszel(view: TableView, *, within: str, pool_below: int, reference: str | None = None) -> Counts:
    """The odds of the favourable decision of each group against each other one, common to all strata.

    Purpose:
        One number for a difference among comparable cases, however many strata there are and however few rows each has, where
        a rate in each of them would show nothing.
    Method:
        Per stratum the odds of the favourable decision, one group over the other, averaged with the weights of Mantel & Haenszel 1959
        (JNCI 22). Where the odds ratios of the strata differ it is a number of the population that rows, groups and strata are drawn
        from: the sum over strata of a d / w, divided by that of b c / w, for a and b the shares of rows that are favourable and other
        decisions of the first group there, c and d of the second, w those of the stratum. Limits on the logarithm with the jackknife's
        standard error over rows, and Student's t: they pay for strata that are sampled, and for odds ratios that differ. No limit is
        given where one of the two sums has fewer than 20 rows.
    Limits:
        An association, not a cause. An odds ratio is further from 1 than a ratio of rates where favourable decisions are common. Where the
        odds ratios of the strata differ it is their average, and may be 1 while single strata differ: ask fairness.conditional_parity
        too. Rows of a stratum in which one of the two groups has none say nothing; their number stands in the record.
    Remedy:
        Look at the strata whose own odds ratio is furthest from 1, and at what the model knows of their cases.
    Oracle:
        statsmodels' StratifiedTable, the published 0.9047 of the Berkeley admissions, rows left out one by one, and the bootstrap
        (tests/stats/test_odds_ratio.py); its size by simulation, strata sampled and odds ratios differing (guarantee/stratified_designs.py).
    """
    cells = rates_within(view, within, pool_below, reference)
    if isinstance(cells, Undefined):
        return cells
    return Stratified(cells, Composite.ODDS_RATIO, reference, view.focus)
