"""Predicted numbers that are larger at one time, or for one source, than at another."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cuts import AT, BELOW, by_reached, drift_of_numbers
from assay.checks.counting.drifting import SETTINGS
from assay.checks.counting.parted import ALL, BY, parting_columns
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, Setting, TableContext, TableView


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By what the rows are parted and by cut, the part of each row and whether its prediction reaches the cut."""
    return by_reached(rows, context, rows.answered, labelled=False)


def _months(*shares: float, rows: int = 1000) -> TableView:
    """So many rows in each month from January 2024 on, of which this share is predicted as 9 and the rest as 2; labels of reference rows are either."""
    when = [f"2024-{month:02}-15" for month in range(1, len(shares) + 1) for _ in range(rows)]
    said = [9.0 if i < share * rows else 2.0 for share in shares for i in range(rows)]
    parameters: dict[str, Setting] = {"by": ALL, "at": "", "period": "month", "join_below": 0}
    return table_view(
        tabulate,
        {"day": when},
        label=[0] * len(when),
        score=said,
        time="day",
        answers=Answers(Task.REGRESSION, 0.0, 30.0),
        parameters=parameters,
        known={"label": [2.0, 9.0] * 50},
    )


@check(
    id="performance.prediction_drift",
    title="Drift of predictions by time and source",
    estimand="The largest difference between two periods, or between two parts of a stratum such as two sites, in the share of rows whose prediction is a cut or more; "
    "over all cuts, the time and all strata.",
    unit=Unit.POINTS,
    reading="a prediction of {family}, is {value} more frequent[ in {first} than in {second}]",
    need=TabulatedOutcomes(tabulate, parting_columns, known=True),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={"by": BY, "at": AT, **SETTINGS},
    examples=(
        Example(
            says="20 to 22 % of 1,000 rows are predicted as 9 in each of three months.",
            view=lambda: _months(0.20, 0.21, 0.22),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
        ),
        Example(
            says="From the third month on a feed is in another unit, and 45 % are predicted as 9.",
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
def prediction_drift(view: TableView, *, by: str, period: str, join_below: int) -> Counts:
    """The share of predictions from a cut on, in each period and each part of the strata, every two of which are compared.

    Purpose:
        Shows that the model predicts otherwise at another time or for another source, without being told where to look: a feed that changed, a population that did,
        or a place for which it was not made. Read it beside data.value_drift: where labels did not change with the predictions, the model did.
    Method:
        Rows whose prediction is the cut or more, of all rows of each period and part; every ordered pair of periods, and of parts of one stratum, is a piece for each
        cut. The cuts are declared, or taken from the labels of up to 2,000 reference rows, drawn at random. The largest difference is the distance of Kolmogorov
        and Smirnov on these cuts. A gap is bounded by MOVER with Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008, Statistics in Medicine 27). A pass
        needs each pair (intersection-union, Berger 1982); a fail pays for all pairs, cuts, periods and strata (Holm 1979, Scand. J. Statist. 6).
    Limits:
        A drift within a period is averaged, and one that moves predictions between two cuts is not seen. Predictions lie closer together than labels: where no cut
        of the labels parts a tenth of the predictions from the others the criterion is not evaluable, and numbers must be named. Parts may differ because their people do. Up to 2 % of rows without
        a date that can be read, and rows in no declared part, are left out there. Many periods and cuts need many rows.
        A rehearsal judges the reference rows, so that without declared cuts it takes them from the labels of the rows that it counts.
    Remedy:
        Compare the inputs of the two periods or parts (data.unit_shift, performance.psi); find what changed in the feed, and test the model there by a criterion of its own.
    Oracle:
        Shares by pandas' groupby, scipy's two-sample Kolmogorov-Smirnov distance; planted shifts in 20 seeds, and 20 clean ones (tests/checks/test_value_drift.py); the bound
        by exact enumeration (tests/stats/test_exact_size.py).
    """
    return drift_of_numbers(view, by=by, period=period, join_below=join_below, rows="rows", least=min(BELOW))
