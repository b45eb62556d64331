"""The part of a gap that arises because groups are in different strata."""

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
    id="fairness.composition_gap",
    title="Gap by composition (Kitagawa decomposition)",
    estimand="The largest part of the gap in favourable decisions between two groups that comes of their being in different strata.",
    unit=Unit.POINTS,
    reading="of the gap between {one} and {two}, {value} come of their being in different parts of {within}: so much more frequent are favourable decisions for {one}",
    need=TabulatedOutcomes(favourable, columns),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    parameters=PARAMETERS,
    examples=(
        Example(
            says="Women and men apply to both departments alike.",
            view=lambda: strata_view(
                favourable,
                {
                    "A": {"women": (480, 800), "men": (640, 800)},
                    "B": {"women": (160, 800), "men": (240, 800)},
                },
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="Both departments admit women and men alike, and women apply where few are.",
            view=lambda: strata_view(
                favourable,
                {
                    "A": {"women": (640, 800), "men": (2560, 3200)},
                    "B": {"women": (640, 3200), "men": (160, 800)},
                },
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="A hundred women in department A are too few for the method.",
            view=lambda: strata_view(
                favourable,
                {"A": {"women": (80, 100), "men": (640, 800)}, "B": {"women": (160, 800), "men": (160, 800)}},
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"within": "department"},
        ),
    ),
)
def composition_gap(view: TableView, *, within: str, pool_below: int, reference: str | None = None) -> Counts:
    """The part of the gap in favourable decisions of each pair of groups that is owed to the strata in which they are.

    Purpose:
        Says how much of a gap would remain if groups were decided on alike in each stratum: what is left is owed to where they are.
    Method:
        Differences in shares of rows of a stratum, weighted by the mean of both groups' rates in it; with fairness.treatment_gap it adds
        up to the gap (Kitagawa 1955, JASA 50:1168; Oaxaca 1973; Blinder 1973). MOVER limits of the rates, and the delta method for
        the shares; wider by the errors of shares times those of rates, which are all that is left where groups are in nearly the same
        strata, or strata have nearly the same rates. Cells of at least 200 rows.
    Limits:
        An association, not a cause: that a gap is owed to composition does not excuse it. Where people come into strata by decisions of
        the same organisation, those decisions are to be asked about.
    Remedy:
        Look at how people come into the strata, and at whether the strata are what decisions may depend on.
    Oracle:
        Exact fractions, and the sum of both parts (tests/stats/test_stratified.py); its size by simulation (guarantee/stratified_designs.py).
    """
    cells = rates_within(view, within, pool_below, reference)
    if isinstance(cells, Undefined):
        return cells
    return Stratified(cells, Composite.BY_COMPOSITION, reference, view.focus)
