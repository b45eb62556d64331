"""Equal rates of the favourable decision among comparable cases."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.strata import PARAMETERS, columns, favourable, rates_within
from assay.checks.tabled import strata_view
from assay.domain.evidence import Compare, Counts, Rates, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView


@check(
    id="fairness.conditional_parity",
    title="Conditional demographic parity difference",
    estimand="The largest difference between the favourable-decision rates of two groups in the same stratum, over all strata.",
    unit=Unit.POINTS,
    reading="within {within} {family}, favourable decisions are {value} more frequent for {one} than for {two}",
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
            says="In department A 60 % of the women and 80 % of the men are admitted.",
            view=lambda: strata_view(
                favourable,
                {
                    "A": {"women": (480, 800), "men": (640, 800)},
                    "B": {"women": (160, 800), "men": (160, 800)},
                },
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
            arguments={"within": "department"},
        ),
        Example(
            says="No woman applied to department B, and the criterion does not say that strata may be put together.",
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
def conditional_parity(
    view: TableView, *, within: str, pool_below: int, reference: str | None = None
) -> Counts:
    """The favourable-decision rate of each group in each stratum, compared as differences within the strata.

    Purpose:
        Shows whether people whose cases are alike in what the strata say are decided on alike: an aggregate gap may arise
        because groups are in different strata, and an aggregate without a gap may hide one in every stratum.
    Method:
        Rows with the favourable decision, of all rows of a group in a stratum. Strata are declared in the specification. Every
        ordered pair of groups in each stratum is a piece, and all must hold. (Kamiran, Zliobaite & Calders 2013, Knowledge and
        Information Systems 35; conditional statistical parity of Corbett-Davies et al. 2017, KDD.) Differences are bounded by
        MOVER with Clopper-Pearson limits (Zou & Donner 2008) and an audit of the exact size.
    Limits:
        An association, not a cause. Conditions away what the strata say: a stratum that is itself the work of unequal treatment
        hides it. A stratum where a group has no rows makes the criterion not evaluable, unless pool_below puts strata together;
        then nothing is said of each of them. The smallest cell has the least power.
    Remedy:
        Look at the stratum that binds, and at what the model knows of its cases; ask who decided that this stratum may explain a gap.
    Oracle:
        fairlearn's MetricFrame with control features, and the Berkeley admissions (tests/checks/test_conditional_fairness.py).
    """
    cells = rates_within(view, within, pool_below, reference)
    if isinstance(cells, Undefined):
        return cells
    return Rates(cells, Compare.DIFFERENCE, reference, view.focus)
