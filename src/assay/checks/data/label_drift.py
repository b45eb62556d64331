"""Labels that come more often at one time than at another."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.drifting import SETTINGS, joined, nothing_to_compare, of_periods
from assay.checks.counting.periods import PERIOD_CODES, period_asked, time_columns, without_time
from assay.checks.tabled import table_view
from assay.domain.evidence import Compare, Counts, Rates, Undefined
from assay.domain.metric import Declared, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TIMES = "times"


def by_period(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The period of each row and its label."""
    if context.time is None or context.time not in rows.names:
        return {}
    period = rows.each(context.time, period_asked(context))
    return {TIMES: together((period, PERIOD_CODES), (rows.label, 2))}


def _months(*shares: float, rows: int = 1000) -> TableView:
    """So many rows in each month from January 2024 on, of which this share has the label 1."""
    when = [f"2024-{month:02}-15" for month in range(1, len(shares) + 1) for _ in range(rows)]
    label = [int(i < share * rows) for share in shares for i in range(rows)]
    return table_view(
        by_period, {"day": when}, label=label, time="day", parameters={"period": "month", "join_below": 0}
    )


@check(
    id="data.label_drift",
    title="Label drift over time",
    estimand="The largest difference between two periods in the share of rows with label 1.",
    unit=Unit.POINTS,
    reading="{label} = 1 is {value} more frequent[ in {first} than in {second}]",
    need=Tabulated(by_period, time_columns, per_unit=True),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters=SETTINGS,
    declared=(Declared.TIME,),
    examples=(
        Example(
            says="The share is 0.20 to 0.22 in each of three months of 1,000 rows.",
            view=lambda: _months(0.20, 0.21, 0.22),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
        ),
        Example(
            says="From the third month on labels were given by another rule, and 45 % have the label 1.",
            view=lambda: _months(0.20, 0.21, 0.45, 0.44),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The share is 0.20 in one month and 0.26 in the other.",
            view=lambda: _months(0.20, 0.26, rows=300),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="All rows are of one month.",
            view=lambda: _months(0.2),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def label_drift(view: TableView, *, period: str, join_below: int) -> Counts:
    """The share of label 1 in each period, every two of which are compared.

    Purpose:
        Shows whether the outcome, or the way in which it is recorded, has changed within the data: labels that came later, a new
        definition of default, a period whose outcomes were not yet known. A model is then judged on a mixture that no one will see.
    Method:
        Rows with label 1 of all labelled rows of each period of the column that the specification calls its time; every ordered pair
        of periods is one piece, so that nobody has to say where to look. A gap is bounded by MOVER with Clopper-Pearson limits and an audit
        of its exact size (Zou & Donner 2008, Statistics in Medicine 27); a fail pays for all pairs (Holm). (Moreno-Torres et al. 2012,
        "A unifying view on dataset shift in classification", Pattern Recognition 45, on prior probability shift.)
    Limits:
        Seasons are drift, too: compare years, or allow for them in the threshold. That shares are equal does not say that the
        same cases have the label. A slow change is seen between its ends only. Rows without a label, or without a date that can be read, are left
        out, and with more than 2 % of them the criterion is not evaluable; short periods make it inconclusive unless they are joined.
    Remedy:
        Ask what changed at that time; leave out rows whose outcome was not yet known, label the others again by one rule.
    Oracle:
        Shares by pandas' groupby; planted shifts in 20 seeds, and 20 clean ones (tests/checks/test_drift.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    if view.n == 0:
        return NO_ROWS
    if said := without_time(view):
        return said
    periods = of_periods(
        view, view.table(TIMES), period, "Declare them as a stratum with bands, and use data.source_drift."
    )
    if isinstance(periods, Undefined):
        return periods
    cells = joined(periods, join_below)
    return (
        Rates(tuple(cells), Compare.DIFFERENCE) if len(cells) > 1 else nothing_to_compare(periods, join_below)
    )
