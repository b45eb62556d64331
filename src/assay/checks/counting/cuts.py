"""Numbers from which on rows are counted where a number is predicted: those that are declared, or some that the labels of reference rows have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.parted import (
    RARE,
    drift_between_parts,
    hardly_parted,
    nothing_to_part_by,
    parted_by,
)
from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import Parameter
from assay.domain.vocabulary import Reason
from assay.domain.written import Written, written_cuts
from assay.tally.table import Floats, Integers, Rows, TableContext, TableView

AT = Parameter(
    "Numbers from which on rows are counted, separated by commas: 10, 20, 50; by default those that parted a tenth, a quarter, a half, three "
    "quarters and nine tenths of the reference rows' labels from the others.",
    default="",
    written=Written.CUTS,
    of_answers=True,
)
BELOW = (0.1, 0.25, 0.5, 0.75, 0.9)
"""The shares of the reference rows that lie below the cuts, where none are declared."""


def cuts_of(context: TableContext, below: tuple[float, ...] = BELOW) -> dict[str, float]:
    """The cuts by how they are written: those under ``at``, or of the labels of the reference rows those below which these shares of them lie, as
    nearly as equal labels allow; none where these labels are all alike, or not known."""
    if declared := str(context.parameters["at"]):
        return {str(cut): float(cut) for cut in written_cuts(declared, "at")}
    known = context.known.columns.get(context.label) if context.known is not None else None
    labels = known if known is not None and known.dtype.kind == "f" else np.empty(0)
    values, rows = np.unique(labels[np.isfinite(labels)], return_counts=True)
    if len(values) < 2:
        return {}
    share = np.cumsum(rows)[:-1] / rows.sum()
    nearest = {1 + int(np.abs(share - asked).argmin()) for asked in below}
    return {f"{cut:.15g}": cut for cut in values[sorted(nearest)].tolist()}


def by_reached(
    rows: Rows, context: TableContext, numbers: Floats, *, labelled: bool
) -> Mapping[str, Integers]:
    """By what the rows are parted and by cut, the part of each row and whether its number reaches the cut."""
    reached: dict[str, NDArray[np.bool_]] = {name: numbers >= cut for name, cut in cuts_of(context).items()}
    return parted_by(rows, context, reached, labelled=labelled)


def drift_of_numbers(
    view: TableView, *, by: str, period: str, join_below: int, rows: str, least: float = RARE
) -> Counts:
    """How many numbers of each part reach each cut, by the tables of :func:`by_reached`; or why no drift could be seen in them.

    Args:
        least: the share of the rows that one of the cuts must part from the others, where none are declared.
    """
    if view.n and (said := nothing_to_part_by(view, by) or _unseen(view, least)):
        return said
    return drift_between_parts(
        view,
        lambda of, cut: f"{cut} or more, by {of}",
        by=by,
        period=period,
        join_below=join_below,
        rows=rows,
    )


def _unseen(view: TableView, least: float) -> Undefined | None:
    """Why no drift could be seen: no cut is known, or none parts more than a few rows from the others."""
    if said := hardly_parted(view, "a number", RARE if view.context.parameters["at"] else least):
        return Undefined(Reason.NOT_MEASURED, said)
    if not view.tables[view.data] and not view.context.parameters["at"]:
        return Undefined(
            Reason.NOT_MEASURED,
            "The labels of the reference rows are all alike, or none is known, so that they give no cuts; name numbers under 'at'.",
        )
    return None
