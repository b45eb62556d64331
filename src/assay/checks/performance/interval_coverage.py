"""How often the truth lies within the interval that was predicted for it."""

from __future__ import annotations

from assay.checks.check import EITHER, Example, check
from assay.checks.counting.anothers import COVERED, ENDS, interval_columns, intervals, no_intervals
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts, Rate, Rates
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(rows: int, covered: int) -> TableView:
    """So many rows, of which so many lie within their interval."""
    return table_view(
        intervals,
        {
            "label": [50.0] * rows,
            "low": [40.0] * rows,
            "high": [60.0 if i < covered else 45.0 for i in range(rows)],
        },
        label=[0] * rows,
        score=[50.0] * rows,
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
        parameters=_ENDS,
    )


_ENDS = {"lower": "low", "upper": "high"}


@check(
    id="performance.interval_coverage",
    title="Coverage of prediction intervals",
    estimand="The share of rows whose label lies within the predicted interval, its ends included; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases[ for {group}] lie within the interval that was predicted for them",
    need=TabulatedOutcomes(intervals, interval_columns),
    tasks=(Task.REGRESSION,),
    comparators=EITHER,
    across=Across.OPTIONAL,
    parameters=ENDS,
    examples=(
        Example(
            says="920 of 1,000 labels lie within their interval.",
            view=lambda: _view(1000, 920),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.PASS,
            arguments=_ENDS,
        ),
        Example(
            says="860 of 1,000 labels lie within their interval.",
            view=lambda: _view(1000, 860),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.FAIL,
            arguments=_ENDS,
        ),
        Example(
            says="184 of 200 labels lie within their interval.",
            view=lambda: _view(200, 184),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.INCONCLUSIVE,
            arguments=_ENDS,
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=_ENDS,
        ),
    ),
)
def interval_coverage(view: TableView, *, lower: str, upper: str) -> Counts:
    """The share of labels within the predicted intervals.

    Purpose:
        Shows whether an interval that is said to hold nine times of ten does so, for all and for each group.
    Method:
        Rows whose label lies within the two columns, of all rows (marginal coverage: Vovk, Gammerman & Shafer 2005, "Algorithmic
        learning in a random world"); one-sided Clopper-Pearson limits (1934, Biometrika 26). A row that has no interval is not
        covered.
    Limits:
        The intervals are read from the data: that the certified model makes them, nothing checks; ends that are the label, or
        equal, in every row are refused. Wide intervals cover everything; ask for the pinball loss too. Coverage over all rows may
        hide that one group is covered seldom: name the groups.
    Remedy:
        Calibrate the intervals on rows that were kept apart (split conformal prediction), per group where groups differ.
    Oracle:
        scipy's binomtest for the limits and a count by pandas (tests/checks/test_regression_oracles.py).
    """
    counts = view.table(COVERED).dense(view.context.n_groups, 2)
    if not counts.sum():
        return NO_ROWS
    if wrong := no_intervals(view, lower, upper):
        return wrong
    return Rates(
        tuple(Rate(label, int(counts[code, 1]), int(counts[code].sum())) for label, code in view.each)
    )
