"""Who is refused more than favoured, stratum by stratum."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.strata import PARAMETERS, columns, favourable, rates_within
from assay.checks.tabled import strata_view
from assay.domain.evidence import Composite, Counts, Stratified, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView


@check(
    id="fairness.conditional_disparity",
    title="Conditional demographic disparity (CDD)",
    estimand="The largest difference between a group's share of the refused and its share of the favoured, averaged over strata by their rows.",
    unit=Unit.POINTS,
    reading="within {within}, compared with {two}, the share of {one} among the refused is {value} larger than among the favoured",
    need=TabulatedOutcomes(favourable, columns),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
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
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="In both departments fewer women are admitted.",
            view=lambda: strata_view(
                favourable,
                {"A": {"women": (480, 800), "men": (640, 800)}, "B": {"women": (80, 800), "men": (160, 800)}},
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="Three refused women are too few for the method.",
            view=lambda: strata_view(
                favourable,
                {"A": {"women": (9, 12), "men": (10, 12)}, "B": {"women": (3, 12), "men": (3, 12)}},
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"within": "department"},
        ),
    ),
)
def conditional_disparity(view: TableView, *, within: str, pool_below: int) -> Counts:
    """For each group, its share of the refused less its share of the favoured in each stratum, averaged over the strata.

    Purpose:
        The summary that Wachter, Mittelstadt & Russell 2021 propose to courts, since it shows who is hit and allows for what may explain a
        difference; Amazon SageMaker Clarify calls it CDDPL.
    Method:
        DD of a stratum is (refused of the group / all refused) - (favoured of the group / all favoured); CDD is the mean of DD, weighted by the
        rows of the strata. Each group against all others together is one piece. (Wachter et al. 2021, Computer Law & Security Review
        41.) Standard errors by the delta method; at least 20 refused and 20 favoured in each stratum.
    Limits:
        An association, not a cause. Depends on how large the group is: a small group has a small disparity whatever is done to it, so
        that groups cannot be compared by it. Conditions away what the strata say.
    Remedy:
        Look at the strata with the largest disparity, and at what the model knows of their cases.
    Oracle:
        The worked Berkeley example of the Clarify documentation (0.46 - 0.32 = 0.14) and exact fractions (tests/stats/test_stratified.py); its
        size by simulation (guarantee/stratified_designs.py).
    """
    cells = rates_within(view, within, pool_below)
    if isinstance(cells, Undefined):
        return cells
    return Stratified(cells, Composite.DISPARITY, None, view.focus)
