"""Classes that the model gives more often at one time, or for one source, than at another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.confusion import THREE
from assay.checks.counting.drifting import SETTINGS
from assay.checks.counting.parted import ALL, BY, drift_between_parts, parted_by, parting_columns
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, Setting, TableContext, TableView


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By what the rows are parted and by class, the part of each row and whether it is given the class."""
    given = rows.decided
    of_class = {name: given == code for code, name in enumerate(context.answers.classes)}
    return parted_by(rows, context, of_class, labelled=False)


def _months(*shares: float, rows: int = 1000) -> TableView:
    """So many rows in each month from January 2024 on, of which this share is given the first of three classes and the rest the second."""
    when = [f"2024-{month:02}-15" for month in range(1, len(shares) + 1) for _ in range(rows)]
    given = [int(i >= share * rows) for share in shares for i in range(rows)]
    parameters: dict[str, Setting] = {"by": ALL, "period": "month", "join_below": 0}
    return table_view(
        tabulate,
        {"day": when},
        label=[0] * len(when),
        score=np.eye(3)[given],
        time="day",
        answers=THREE,
        parameters=parameters,
    )


@check(
    id="performance.class_decision_drift",
    title="Drift of decided classes by time and source",
    estimand="The largest difference between two periods, or between two parts of a stratum such as two sites, in the share of rows that are given a class; over all "
    "classes, the time and all strata.",
    unit=Unit.POINTS,
    reading="the decided class {family}, is {value} more frequent[ in {first} than in {second}]",
    need=TabulatedOutcomes(tabulate, parting_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={"by": BY, **SETTINGS},
    examples=(
        Example(
            says="20 to 22 % of 1,000 rows are given one class in each of three months.",
            view=lambda: _months(0.20, 0.21, 0.22),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
        ),
        Example(
            says="From the third month on a feed is in another unit, and 45 % are given it.",
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
def class_decision_drift(view: TableView, *, by: str, period: str, join_below: int) -> Counts:
    """The share of rows that are given each class, in each period and each part of the strata, every two of which are compared.

    Purpose:
        Shows that a model of several classes decides otherwise at another time or for another source, without being told where to look: a feed that changed, a population
        that did, or a place for which it was not made. Read it beside data.class_drift: where classes did not change with the decisions, the model did.
    Method:
        Rows whose most probable class (of equally probable ones the first) is the one, of all rows of each period and part; every ordered pair of periods, and of parts of
        one stratum, is a piece for each class. A gap is bounded by MOVER with Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008, Statistics in
        Medicine 27). A pass needs each pair (intersection-union, Berger 1982); a fail pays for all pairs, classes, periods and strata (Holm 1979, Scand. J. Statist. 6).
    Limits:
        A drift within a period is averaged, and one of probabilities that changes no decision is not seen. Parts may differ because their people do. Up to 2 % of rows without
        a date that can be read, and rows in no declared part, are left out there. Many periods and classes need many rows.
    Remedy:
        Compare the inputs of the two periods or parts (data.unit_shift, performance.psi); find what changed in the feed, and test the model there by a criterion of its own.
    Oracle:
        Shares by pandas' groupby; planted shifts in 20 seeds, and 20 clean ones (tests/checks/test_class_drift.py); the bound by exact enumeration
        (tests/stats/test_exact_size.py).
    """
    return drift_between_parts(
        view,
        lambda of, name: f"{name}, by {of}",
        by=by,
        period=period,
        join_below=join_below,
        rows="rows",
    )
