"""Simpson's paradox: a gap that turns round within strata."""

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
    id="fairness.simpson",
    title="Simpson reversal",
    estimand="The largest gap in favourable decisions between two groups that has the opposite sign within strata: the smaller of the aggregate gap and of the gap within strata; 0 where none turns round.",
    unit=Unit.POINTS,
    reading="favourable decisions are {value} more frequent for {one} than for {two} in all, and less frequent by at least as much within {within}",
    need=TabulatedOutcomes(favourable, columns),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    parameters=PARAMETERS,
    examples=(
        Example(
            says="In both departments women and men are admitted alike, and women apply where few are: nothing turns round.",
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
            says="In both departments more women are admitted, and in all fewer.",
            view=lambda: strata_view(
                favourable,
                {
                    "A": {"women": (720, 800), "men": (2240, 3200)},
                    "B": {"women": (960, 3200), "men": (80, 800)},
                },
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="No woman applied to department B.",
            view=lambda: strata_view(
                favourable,
                {"A": {"women": (640, 800), "men": (640, 800)}, "B": {"women": (0, 0), "men": (160, 800)}},
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"within": "department"},
        ),
    ),
)
def simpson(view: TableView, *, within: str, pool_below: int, reference: str | None = None) -> Counts:
    """The aggregate gap of each pair of groups, and the same gap within strata where that has the other sign.

    Purpose:
        Says when a gap in all rows would mislead: groups may be treated the other way round among comparable cases (Simpson 1951;
        Bickel, Hammel & O'Connell 1975, Science 187).
    Method:
        The gap of all rows, and the gap within strata: the differences of each stratum, weighted by the mean of both groups' shares of
        rows in it (Kitagawa 1955). A reversal of more than the threshold is shown when both are, on opposite sides; none is shown when
        either is bounded, at half of alpha each. Standard errors by the delta method; cells of at least 20 rows.
    Limits:
        An association, not a cause: neither the aggregate nor the gap within strata is the right one without a reason why the strata may
        explain decisions. Weights are a choice; strata that differ among themselves need fairness.conditional_parity.
    Remedy:
        Report both gaps and the strata. Decide with those who know the cases which of them answers the question that is asked.
    Oracle:
        The Berkeley admissions, whose aggregate gap of 14 points turns round; planted reversals in 20 seeds (tests/checks/test_conditional_fairness.py);
        its size by simulation (guarantee/stratified_designs.py).
    """
    cells = rates_within(view, within, pool_below, reference)
    if isinstance(cells, Undefined):
        return cells
    return Stratified(cells, Composite.REVERSAL, reference, view.focus)
