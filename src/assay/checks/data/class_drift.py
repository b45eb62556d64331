"""Classes that come more often at one time, or from one source, than at another."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.confusion import THREE
from assay.checks.counting.drifting import SETTINGS
from assay.checks.counting.parted import (
    ALL,
    BY,
    drift_between_parts,
    parted_by,
    parting_columns,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts
from assay.domain.metric import Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, Setting, TableContext, TableView


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By what the rows are parted and by class, the part of each labelled row and whether it is of the class."""
    of_class = {name: rows.label == code for code, name in enumerate(context.answers.classes)}
    return parted_by(rows, context, of_class, labelled=True)


def _months(*shares: float, rows: int = 1000) -> TableView:
    """So many rows in each month from January 2024 on, of which this share is of the first of three classes and the rest of the second."""
    when = [f"2024-{month:02}-15" for month in range(1, len(shares) + 1) for _ in range(rows)]
    label = [int(i >= share * rows) for share in shares for i in range(rows)]
    parameters: dict[str, Setting] = {"by": ALL, "period": "month", "join_below": 0}
    return table_view(tabulate, {"day": when}, label=label, time="day", answers=THREE, parameters=parameters)


@check(
    id="data.class_drift",
    title="Class drift by time and source",
    estimand="The largest difference between two periods, or between two parts of a stratum such as two sites, in the share of rows of a class; over all "
    "classes, the time and all strata.",
    unit=Unit.POINTS,
    reading="the class {family}, is {value} more frequent[ in {first} than in {second}]",
    need=Tabulated(tabulate, parting_columns, per_unit=True),
    tasks=(Task.MULTICLASS,),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={"by": BY, **SETTINGS},
    examples=(
        Example(
            says="20 to 22 % of 1,000 rows are of one class in each of three months.",
            view=lambda: _months(0.20, 0.21, 0.22),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
        ),
        Example(
            says="From the third month on a class was given by another rule, and 45 % are of it.",
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
def class_drift(view: TableView, *, by: str, period: str, join_below: int) -> Counts:
    """The share of each class in each period and each part of the strata, every two of which are compared.

    Purpose:
        Shows whether an outcome of several classes, or the way in which it is recorded, has changed within the data, or differs between the sites, feeds or
        annotators that delivered it. A model is then judged on a mixture that no one will see, or learns from where a row comes.
    Method:
        Rows of a class, of all labelled rows of each period of the column that the specification calls its time, and of each part of each stratum; every ordered pair
        of periods, and of parts of one stratum, is a piece for each class. A gap is bounded by MOVER with Clopper-Pearson limits and an audit of its
        exact size (Zou & Donner 2008, Statistics in Medicine 27); a fail pays for all pairs, classes, periods and strata (Holm). (Moreno-Torres et al. 2012, "A
        unifying view on dataset shift in classification", Pattern Recognition 45, on prior probability shift.)
    Limits:
        Seasons are drift, too, and sites may differ because their people do. That shares are equal does not say that the same cases have the label.
        Rows without a label, without a date that can be read, and in no declared part, are left out, and with more than 2 % of them the criterion is not
        evaluable;
        short periods make it inconclusive unless they are joined.
    Remedy:
        Ask what changed at that time, or how the places label; state one definition of each class and label the others again by it.
    Oracle:
        Shares by pandas' groupby (tests/checks/test_class_drift.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    return drift_between_parts(
        view,
        lambda of, name: f"{name}, by {of}",
        by=by,
        period=period,
        join_below=join_below,
        rows="labelled rows",
    )
