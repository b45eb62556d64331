"""Predicted intervals that hold less often for one group than for another."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.anothers import COVERED, ENDS, interval_columns, intervals, no_intervals
from assay.checks.counting.cells import NO_ROWS, unfit_for_comparison
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Compare, Counts, Rate, Rates
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView

_ENDS = {"lower": "low", "upper": "high"}


def _view(women: int, men: int) -> TableView:
    """A thousand women and a thousand men, of whom so many lie within their interval."""
    within = [i < women for i in range(1000)] + [i < men for i in range(1000)]
    return table_view(
        intervals,
        {"label": [50.0] * 2000, "low": [40.0] * 2000, "high": [60.0 if one else 45.0 for one in within]},
        label=[0] * 2000,
        score=[50.0] * 2000,
        groups={"sex": (("women", "men"), [0] * 1000 + [1] * 1000)},
        across=("sex",),
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
        parameters=_ENDS,
    )


@check(
    id="fairness.coverage_gap",
    title="Gap in the coverage of prediction intervals between groups",
    estimand="The largest difference between two groups, or a group and the reference, in the share of rows whose label lies within the "
    "predicted interval.",
    unit=Unit.POINTS,
    reading="the predicted interval holds {value} more often for {one} than for {two}",
    need=TabulatedOutcomes(intervals, interval_columns),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    parameters=ENDS,
    examples=(
        Example(
            says="The intervals hold for 902 of 1,000 women and 900 of 1,000 men.",
            view=lambda: _view(902, 900),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            across="sex",
            arguments=_ENDS,
        ),
        Example(
            says="The intervals hold for 800 of 1,000 women and 920 of 1,000 men.",
            view=lambda: _view(800, 920),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            across="sex",
            arguments=_ENDS,
        ),
        Example(
            says="The intervals hold for 930 of 1,000 women and 900 of 1,000 men: a gap of 0.03, which so few rows do not tell from 0.05.",
            view=lambda: _view(930, 900),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
            across="sex",
            arguments=_ENDS,
        ),
    ),
)
def coverage_gap(view: TableView, *, lower: str, upper: str, reference: str | None = None) -> Counts:
    """The share of labels within the predicted intervals, compared between groups.

    Purpose:
        Shows whether an interval that holds nine times of ten over all does so for everybody: where it holds less often, a group is
        promised a certainty that it does not have.
    Method:
        Rows whose label lies within the two columns, of all rows of the group; every ordered pair of groups, or each with the
        reference, is one piece, bounded by MOVER with Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008,
        Statistics in Medicine 27). Equal coverage of groups as in Romano, Barber, Sabatti & Candes 2020, "With malice toward none:
        assessing uncertainty via equalized coverage", Harvard Data Science Review 2.
    Limits:
        Intervals may cover equally often because one group's are wider. The intervals are read from the data: that the certified
        model makes them, nothing checks. Ends that are the label, or equal, in every row are refused.
    Remedy:
        Calibrate the intervals per group on rows that were kept apart (equalized coverage).
    Oracle:
        fairlearn's MetricFrame over a count of covered rows (tests/checks/test_regression_oracles.py).
    """
    counts = view.table(COVERED).dense(view.context.n_groups, 2)
    if not counts.sum():
        return NO_ROWS
    if wrong := no_intervals(view, lower, upper):
        return wrong
    if unfit := unfit_for_comparison(view.groups, reference):
        return unfit
    cells = tuple(Rate(label, int(counts[code, 1]), int(counts[code].sum())) for label, code in view.each)
    return Rates(cells, Compare.DIFFERENCE, reference, view.focus)
