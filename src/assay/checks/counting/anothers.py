"""Columns that hold what another answered: an expert, another model, the ends of a predicted interval. Made of the label they show nothing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Undefined
from assay.domain.metric import Names, Parameter
from assay.domain.vocabulary import Reason, Task
from assay.tally.labels import codes_of
from assay.tally.table import Floats, Integers, Rows, TableContext, TableView, together

COVERED, COPIES, OUTSIDE, UNKNOWN = "covered", "copies", "outside", "unknown"
ENDS: Mapping[str, Parameter] = {
    "lower": Parameter("The column with the lower end of the interval.", names=Names.COLUMN, anothers=True),
    "upper": Parameter("The column with the upper end of the interval.", names=Names.COLUMN, anothers=True),
}
INCUMBENT = Parameter(
    "The column with the scores of the model that is in use, or of a challenger; of several classes the class that it gives, of numbers its predictions.",
    names=Names.COLUMN,
    anothers=True,
)


def incumbent_columns(context: TableContext) -> tuple[str, ...]:
    """The column of the incumbent's answers."""
    return (str(context.parameters["incumbent"]),)


def incumbent_scores(rows: Rows, context: TableContext) -> Floats | None:
    """float64[n]: the incumbent's scores, NaN where it has none; None where the data set has no such column."""
    (name,) = incumbent_columns(context)
    return rows.numbers(name) if name in rows.names else None


def incumbent_classes(rows: Rows, context: TableContext) -> Integers | None:
    """int64[n]: the codes of the classes that the incumbent gives, -1 where that is none; None where the data set has no such column."""
    (name,) = incumbent_columns(context)
    return codes_of(context.answers, rows.column(name)) if name in rows.names else None


def unlike_scores(scores: Floats, context: TableContext) -> dict[str, Integers]:
    """The rows without a score, and those with a number that no model may answer, by a table for each."""
    outside = (scores < context.answers.low) | (scores > context.answers.high)
    return {UNKNOWN: np.where(np.isnan(scores), 0, -1), OUTSIDE: np.where(outside, 0, -1)}


def unlike_classes(codes: Integers) -> dict[str, Integers]:
    """The same of classes: the rows with none of those that are declared."""
    return {UNKNOWN: np.where(codes < 0, 0, -1), OUTSIDE: np.full(len(codes), -1)}


def no_incumbent(view: TableView, name: str) -> Undefined | None:
    """Why a column holds no answers of another model for each row, by the tables of :func:`unlike_scores`; None where it may."""
    answers = view.context.answers
    if view.n and OUTSIDE not in view.tables[view.data]:
        return Undefined(Reason.COLUMN_MISSING, f"The data set {view.data!r} has no column {name!r}.")
    if wrong := view.table(OUTSIDE).total:
        said = (
            f"{wrong:,} rows have a number in {name!r} that is below {answers.low:.15g} or above {answers.high:.15g}, so it is no "
            f"{'probability' if answers.task is Task.BINARY else 'prediction'} of another model."
        )
        return Undefined(Reason.NOT_MEASURED, said)
    if unknown := view.table(UNKNOWN).total:
        what = (
            f"none of the declared classes in {name!r}"
            if answers.task is Task.MULTICLASS
            else f"no number in {name!r} that is a {answers.answer}"
        )
        return Undefined(Reason.NOT_MEASURED, f"{unknown:,} rows have {what}, so nothing is compared there.")
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
