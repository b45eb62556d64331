"""Columns that hold what another answered: an expert, another model, the ends of a predicted interval. Made of the label they show nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Undefined
from assay.domain.metric import Names, Parameter
from assay.domain.vocabulary import Reason
from assay.tally.table import Floats, Integers, Rows, TableContext, TableView, together

COVERED, COPIES, OUTSIDE, UNKNOWN = "covered", "copies", "outside", "unknown"
ENDS: Mapping[str, Parameter] = {
    "lower": Parameter("The column with the lower end of the interval.", names=Names.COLUMN, anothers=True),
    "upper": Parameter("The column with the upper end of the interval.", names=Names.COLUMN, anothers=True),
}
INCUMBENT = Parameter(
    "The column with the scores of the model that is in use, or of a challenger.",
    names=Names.COLUMN,
    anothers=True,
)


def incumbent_columns(context: TableContext) -> tuple[str, ...]:
    """The column of the incumbent's scores."""
    return (str(context.parameters["incumbent"]),)


def incumbent_scores(rows: Rows, context: TableContext) -> Floats | None:
    """float64[n]: the incumbent's scores, NaN where it has none; None where the data set has no such column."""
    (name,) = incumbent_columns(context)
    return rows.numbers(name) if name in rows.names else None


def unlike_scores(scores: Floats) -> dict[str, Integers]:
    """The rows without a score, and those with a number that is no probability, by a table for each."""
    outside = (scores < 0) | (scores > 1)
    return {UNKNOWN: np.where(np.isnan(scores), 0, -1), OUTSIDE: np.where(outside, 0, -1)}


def no_incumbent(view: TableView, name: str) -> Undefined | None:
    """Why a column holds no scores of another model for each row, by the tables of :func:`unlike_scores`; None where it may."""
    if view.n and OUTSIDE not in view.tables[view.data]:
        return Undefined(Reason.COLUMN_MISSING, f"The data set {view.data!r} has no column {name!r}.")
    if wrong := view.table(OUTSIDE).total:
        said = f"{wrong:,} rows have a number in {name!r} that is below 0 or above 1, so it is no probability of another model."
        return Undefined(Reason.NOT_MEASURED, said)
    if unknown := view.table(UNKNOWN).total:
        said = f"{unknown:,} rows have no number in {name!r} that is a score, so nothing is compared there."
        return Undefined(Reason.NOT_MEASURED, said)
    return None


def intervals(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """Whether the label lies within two columns, by group; a row without an interval is not covered. And what the ends are equal to."""
    low, high = (rows.numbers(name) for name in interval_columns(context))
    truth = rows.truth
    bits = ((low == truth, 2), (high == truth, 2), (low == high, 2))
    return {
        COVERED: together(rows.grouped, (_whole((truth >= low) & (truth <= high)), 2)),
        COPIES: together(*((_whole(bit), size) for bit, size in bits)),
    }


def interval_columns(context: TableContext) -> tuple[str, str]:
    """The ends of the interval."""
    return (str(context.parameters["lower"]), str(context.parameters["upper"]))


def no_intervals(view: TableView, lower: str, upper: str) -> Undefined | None:
    """Why two columns are no ends of predicted intervals: in every row one is the label, or they are equal; None where they may be."""
    counts = view.table(COPIES).dense(2, 2, 2)
    n = int(counts.sum())
    found = (
        (f"{lower!r} is the label", counts[1].sum()),
        (f"{upper!r} is the label", counts[:, 1].sum()),
        (f"{lower!r} and {upper!r} are equal", counts[:, :, 1].sum()),
    )
    for said, rows in found:
        if n and rows == n:
            return Undefined(Reason.NOT_MEASURED, f"In every row {said}, so nothing was predicted by them.")
    return None


def _whole(bits: NDArray[np.bool_]) -> Integers:
    return bits.astype(np.int64)
