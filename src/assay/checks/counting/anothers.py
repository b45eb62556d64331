"""Columns that hold what another answered: an expert, another model, the ends of a predicted interval. Made of the label they show nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Undefined
from assay.domain.vocabulary import Reason
from assay.tally.coding import missing
from assay.tally.table import Integers, Rows, TableContext, TableView, together

COVERED, COPIES, OUTSIDE = "covered", "copies", "outside"


def outside(rows: Rows, name: str) -> Integers:
    """The rows in which a column has a number that is no probability."""
    values = rows.column(name)
    found = np.where(missing(values), np.nan, values).astype(np.float64)
    return np.where((found < 0) | (found > 1), 0, -1).astype(np.int64)


def no_probabilities(view: TableView, name: str) -> Undefined | None:
    """Why a column holds no scores of a model that gives probabilities; None where it may."""
    wrong = view.table(OUTSIDE).total
    if not wrong:
        return None
    said = f"{wrong:,} rows have a number in {name!r} that is below 0 or above 1, so it is no probability of another model."
    return Undefined(Reason.NOT_MEASURED, said)


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
