"""Numbers to be predicted that are larger at one time, or from one source, than at another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cuts import AT, by_reached, drift_of_numbers
from assay.checks.counting.drifting import SETTINGS
from assay.checks.counting.parted import ALL, BY, parting_columns
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts
from assay.domain.metric import Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, Setting, TableContext, TableView


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By what the rows are parted and by cut, the part of each labelled row and whether its label reaches the cut."""
    return by_reached(rows, context, rows.truth, labelled=True)


def _months(*shares: float, rows: int = 1000) -> TableView:
    """So many rows in each month from January 2024 on, whose stay is 9 days for this share of them and else 2; half of the reference rows have either."""
    when = [f"2024-{month:02}-15" for month in range(1, len(shares) + 1) for _ in range(rows)]
    stay = [9.0 if i < share * rows else 2.0 for share in shares for i in range(rows)]
    parameters: dict[str, Setting] = {"by": ALL, "at": "", "period": "month", "join_below": 0}
    return table_view(
        tabulate,
        {"day": when, "label": np.array(stay)},
        label=[0] * len(when),
        time="day",
        answers=Answers(Task.REGRESSION, 0.0, 30.0),
        parameters=parameters,
        known={"label": [2.0, 9.0] * 50},
    )


@check(
    id="data.value_drift",
    title="Drift of the predicted number by time and source",
    estimand="The largest difference between two periods, or between two parts of a stratum such as two sites, in the share of rows whose label is a cut or more; "
    "over all cuts, the time and all strata.",
    unit=Unit.POINTS,
    reading="a label of {family}, is {value} more frequent[ in {first} than in {second}]",
    need=Tabulated(tabulate, parting_columns, per_unit=True, known=True),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={"by": BY, "at": AT, **SETTINGS},
    examples=(
        Example(
            says="20 to 22 % of 1,000 stays are of nine days in each of three months.",
            view=lambda: _months(0.20, 0.21, 0.22),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
        ),
        Example(
            says="From the third month on stays are counted otherwise, and 45 % are of nine days.",
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
def value_drift(view: TableView, *, by: str, period: str, join_below: int) -> Counts:
    """The share of labels from a cut on, in each period and each part of the strata, every two of which are compared.

    Purpose:
        Shows whether a number that is to be predicted, or the way in which it is recorded, has changed within the data, or differs between the sites, feeds
        or annotators that delivered it: another unit, a new rule of counting, cases that were not yet closed. A model is then judged on a mixture that no one will see.
    Method:
        Rows whose label is the cut or more, of all labelled rows of each period of the column that the specification calls its time, and of each part of each stratum;
        every ordered pair of periods, and of parts of one stratum, is a piece for each cut. The cuts are fixed before these rows are counted: declared, or taken from
        up to 2,000 reference rows, drawn at random. The largest difference is the distance of Kolmogorov and Smirnov on these cuts. A gap is bounded by MOVER
        with Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008, Statistics in Medicine 27). A pass needs each pair (intersection-union, Berger
        1982); a fail pays for all pairs, cuts, periods and strata (Holm 1979, Scand. J. Statist. 6). (Moreno-Torres et al. 2012, "A unifying view on dataset shift in
        classification", Pattern Recognition 45, on prior probability shift.)
    Limits:
        What moves labels between two cuts is not seen, nor how far those beyond the last one lie. Seasons are drift, too, and sites may differ because their people do. That
        shares are equal does not say that the same cases have the number. Rows without a label, without a date that can be read, and in no declared part, are left out, and
        with more than 2 % of them the criterion is not evaluable; short periods make it inconclusive unless they are joined. Many periods and cuts need many rows.
        A rehearsal judges the reference rows, so that without declared cuts it takes them from the rows that it counts.
    Remedy:
        Ask what changed at that time, or how the places measure; convert units, leave out cases that were not yet closed, and state one definition of the number.
    Oracle:
        Shares by pandas' groupby, scipy's two-sample Kolmogorov-Smirnov distance; planted shifts in 20 seeds, and 20 clean ones (tests/checks/test_value_drift.py); the bound
        by exact enumeration (tests/stats/test_exact_size.py).
    """
    return drift_of_numbers(view, by=by, period=period, join_below=join_below, rows="labelled rows")
