"""The part of a gap that arises among comparable cases."""

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
    id="fairness.treatment_gap",
    title="Gap within strata (Kitagawa decomposition)",
    estimand="The largest part of the gap in favourable decisions between two groups that does not come of their being in different strata.",
    unit=Unit.POINTS,
    reading="of the gap between {one} and {two}, {value} arise within {within}: so much more frequent are favourable decisions for {one}",
    need=TabulatedOutcomes(favourable, columns),
    comparators=AT_MOST,
    ideal=ZERO,
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
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="In both departments fewer women are admitted, by 20 and by 10 points.",
            view=lambda: strata_view(
                favourable,
                {"A": {"women": (480, 800), "men": (640, 800)}, "B": {"women": (0, 800), "men": (160, 800)}},
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
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
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"within": "department"},
        ),
    ),
)
def treatment_gap(view: TableView, *, within: str, pool_below: int, reference: str | None = None) -> Counts:
    """The gap in favourable decisions of each pair of groups, split into treatment within strata and composition of strata.

    Purpose:
        Says how much of a gap would be left if both groups were spread over the strata alike: that part is treatment, the rest is
        composition, and both add up to the gap.
    Method:
        Differences within strata, weighted by the mean of both groups' shares of rows in them: Kitagawa 1955 (JASA 50:1168), the two-fold
        decomposition of Oaxaca 1973 and Blinder 1973 for strata, whose two choices of weights it averages. MOVER limits of the rates, and the
        delta method for the shares, which are sampled too; cells of at least 20 rows. The rest is fairness.composition_gap.
    Limits:
        An association, not a cause: composition may itself be the work of unequal treatment, and what the strata do not say is counted as
        treatment. Differences of opposite sign in single strata cancel; ask fairness.conditional_parity too.
    Remedy:
        Where treatment binds, look at the inputs that differ within strata; where composition does, at how people come into the strata.
    Oracle:
        Exact fractions, and the sum of both parts (tests/stats/test_stratified.py); its size by simulation (guarantee/stratified_designs.py).
    """
    cells = rates_within(view, within, pool_below, reference)
    if isinstance(cells, Undefined):
        return cells
    return Stratified(cells, Composite.WITHIN_STRATA, reference, view.focus)
