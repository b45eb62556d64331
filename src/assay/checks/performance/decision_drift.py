"""Decisions and scores that come more often at one time, or from one source, than from another."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.drifting import SETTINGS
from assay.checks.counting.parted import (
    ALL,
    BY,
    drift_between_parts,
    hardly_parted,
    parted_by,
    parting_columns,
    reached_by_cut,
)
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import Parameter, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.domain.written import Written, written_scores
from assay.tally.table import Integers, Rows, Setting, TableContext, TableView


def _cuts(text: str) -> tuple[Decimal, ...]:
    """The scores from which on it is counted, none for an empty text. Raises ValueError for what is none."""
    return written_scores(text, "at") if text else ()


def _parts_nothing(view: TableView) -> str:
    """That a score is one which all rows reach, or none, or that each is one which nearly all do, or hardly any: nothing could be seen to drift."""
    for cut, reached, total in reached_by_cut(view):
        if cut and reached in {0, total}:
            who = "Every row" if reached else "No row"
            return f"{who} has a score of {cut} or more, so that nothing could drift there; name scores under 'at' that part the rows."
    return hardly_parted(view, "a score")


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By what the rows are parted and by cut, the part of each row and whether its score reaches the cut."""
    try:
        cuts = _cuts(str(context.parameters["at"]))
    except ValueError:
        return {}
    reached = {"": rows.decided == 1} | {str(cut): rows.answered >= float(cut) for cut in cuts}
    return parted_by(rows, context, reached, labelled=False)


def _months(*shares: float, rows: int = 1000) -> TableView:
    """So many rows in each month from January 2024 on, of which this share is decided as 1."""
    when = [f"2024-{month:02}-15" for month in range(1, len(shares) + 1) for _ in range(rows)]
    score = [float(i < share * rows) for share in shares for i in range(rows)]
    parameters: dict[str, Setting] = {"by": ALL, "at": "", "period": "month", "join_below": 0}
    return table_view(
        tabulate, {"day": when}, label=[0] * len(when), score=score, time="day", parameters=parameters
    )


@check(
    id="performance.decision_drift",
    title="Drift of decisions and scores by time and source",
    estimand="The largest difference between two periods, or between two parts of a stratum such as two sites, in the share of rows that are decided as 1, or "
    "whose score reaches a declared cut; over all cuts, the time and all strata.",
    unit=Unit.POINTS,
    reading="decisions for 1, or scores from the cut on, are {value} more frequent[ in {first} than in {second}][ by {family}]",
    need=TabulatedOutcomes(tabulate, parting_columns),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={
        "by": BY,
        "at": Parameter(
            "Scores from which on rows are counted besides the one at which is decided, separated by commas: 0.1, 0.3, 0.6; by default none.",
            default="",
            written=Written.SCORES,
        ),
        **SETTINGS,
    },
    examples=(
        Example(
            says="20 to 22 % of 1,000 rows are decided as 1 in each of three months.",
            view=lambda: _months(0.20, 0.21, 0.22),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
        ),
        Example(
            says="From the third month on a feed is in another unit, and 45 % are decided as 1.",
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
def decision_drift(view: TableView, *, by: str, at: str, period: str, join_below: int) -> Counts:
    """The share of decisions, or of scores from a cut on, in each period and each part of the strata, every two of which are compared.

    Purpose:
        Shows that the model decides otherwise at another time or for another source, without being told where to look: a feed that changed, a population that did,
        or a place for which it was not made. Read it beside data.label_drift: where outcomes did not change with the decisions, the model did.
    Method:
        Rows whose score reaches the cut, of all rows of each period and part; every ordered pair of periods, and of parts of one stratum, is a piece for each cut. With
        several cuts the largest difference is the distance of Kolmogorov and Smirnov between the scores on these cuts. A gap is bounded by MOVER with Clopper-Pearson limits
        and an audit of its exact size (Zou & Donner 2008, Statistics in Medicine 27). A pass needs each pair (intersection-union, Berger 1982); a fail pays for all
        pairs, cuts, periods and strata (Holm 1979, Scand. J. Statist. 6), so that stable decisions are accused with a probability of at most alpha.
    Limits:
        A drift within a period is averaged, and one that moves scores between two cuts is not seen. Parts may differ because their people do. Up to 2 % of rows without a date that can be read, and rows in no declared
        part, are left out there. Many periods and cuts need many rows.
    Remedy:
        Compare the inputs of the two periods or parts (data.unit_shift, performance.psi); find what changed in the feed, and test the model there by a criterion of its own.
    Oracle:
        pandas' groupby, scipy's two-sample Kolmogorov-Smirnov distance; planted shifts in 20 seeds and 20 clean ones (tests/checks/test_decision_drift.py); the bound by
        exact enumeration (tests/stats/test_exact_size.py).
    """
    if view.n == 0:
        return NO_ROWS
    try:
        _cuts(at)
    except ValueError as wrong:
        return Undefined(Reason.NOT_MEASURED, f"{wrong}.")
    if nothing := _parts_nothing(view):
        return Undefined(Reason.NOT_MEASURED, nothing)
    return drift_between_parts(
        view,
        lambda of, cut: f"{of}, from {cut} on" if cut else of,
        by=by,
        period=period,
        join_below=join_below,
        rows="rows",
    )
