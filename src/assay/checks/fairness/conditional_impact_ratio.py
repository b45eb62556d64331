"""The four-fifths rule among comparable cases."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.counting.strata import PARAMETERS, columns, favourable, nobody_in, rates_within
from assay.checks.tabled import strata_view
from assay.domain.evidence import Compare, Counts, Rates, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView


@check(
    id="fairness.conditional_impact_ratio",
    title="Conditional impact ratio",
    estimand="The smallest ratio between the favourable-decision rates of two groups in the same stratum, over all strata.",
    unit=Unit.SHARE,
    reading="within {within} {family}, favourable decisions are {value} as frequent for {one} as for {two}",
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
            says="In department A 40 % of the women and 80 % of the men are admitted.",
            view=lambda: strata_view(
                favourable,
                {
                    "A": {"women": (320, 800), "men": (640, 800)},
                    "B": {"women": (160, 800), "men": (160, 800)},
                },
            ),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
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
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"within": "department"},
        ),
    ),
)
def conditional_impact_ratio(
    view: TableView, *, within: str, pool_below: int, reference: str | None = None
) -> Counts:
    """The favourable-decision rate of each group in each stratum, compared as ratios within the strata.

    Purpose:
        The four-fifths rule among people whose cases are alike in what the strata say: an aggregate ratio may be low because groups
        are in different strata, and a good one may hide a low one in some stratum.
    Method:
        Rows with the favourable decision, of all rows of a group in a stratum; every ordered pair of groups in each stratum is a
        piece, and all must hold. Ratios as in fairness.impact_ratio: p1 - r p2 >= 0, bounded by MOVER with Clopper-Pearson limits
        (Zou & Donner 2008) and an audit of the exact size. (29 CFR 1607.4(D); conditional statistical parity of Corbett-Davies et
        al. 2017, KDD.)
    Limits:
        An association, not a cause. Conditions away what the strata say. Undefined where nobody in a stratum receives the
        favourable decision, and where a group has no rows in one, unless pool_below puts strata together.
    Remedy:
        Look at the stratum that binds, and at what the model knows of its cases; ask who decided that this stratum may explain a gap.
    Oracle:
        fairlearn's MetricFrame with control features, and the Berkeley admissions (tests/checks/test_conditional_fairness.py).
    """
    cells = rates_within(view, within, pool_below, reference)
    if isinstance(cells, Undefined):
        return cells
    if nobody := nobody_in(cells):
        return nobody
    return Rates(cells, Compare.RATIO, reference, view.focus)
