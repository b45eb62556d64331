"""The common odds ratio within strata."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.tabled import strata_view
from assay.domain.evidence import Composite, Counts, Stratified, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.strata import PARAMETERS, columns, favourable, rates_within
from assay.tally.table import TableView


@check(
    id="fairness.mantel_haenszel",
    title="Mantel-Haenszel odds ratio",
    estimand="The smallest common odds ratio, over strata, of the favourable decision between two groups, either over the other.",
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
        (JNCI 22); limits on the logarithm with the variance of Robins, Breslow & Greenland 1986 (Biometrics 42:311), and Student's
        t. No limit is given where a group has fewer than 20 favourable or 20 other decisions.
    Limits:
        An association, not a cause. An odds ratio is further from 1 than a ratio of rates where favourable decisions are common. Where the
        odds ratios of the strata differ it is their average, and may be 1 while single strata differ: ask fairness.conditional_parity
        too. Rows of a stratum in which one of the two groups has none say nothing; their number stands in the record.
    Remedy:
        Look at the strata whose own odds ratio is furthest from 1, and at what the model knows of their cases.
    Oracle:
        statsmodels' StratifiedTable, and the published 0.9047 of the Berkeley admissions (tests/stats/test_stratified.py); its size by simulation
        (guarantee/stratified_designs.py).
    """
    cells = rates_within(view, within, pool_below, reference)
    if isinstance(cells, Undefined):
        return cells
    return Stratified(cells, Composite.ODDS_RATIO, reference, view.focus)
