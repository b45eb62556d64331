"""What rows lost, as tables on a grid, and the counts that are made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.cells import NO_ROWS, unfit_for_comparison
from assay.domain.answers import Answers
from assay.domain.evidence import Compare, LossCell, Losses, Summary, Undefined
from assay.domain.vocabulary import Task
from assay.tally.table import Floats, Integers, Rows, TableContext, TableView, apart, together

STEPS = 10_000
"""Widths of the grid of a loss that stands alone: a ten-thousandth of the largest one,"""
STEPS_COMPARED = 1_000
"""and of one that is compared, of which every step is looked at for every mean that the other group could have."""
ERROR = "error"
"""The table of absolute errors."""


def loss(answers: Answers, said: Floats, labels: NDArray[Any]) -> Floats:
    """float64[n], from 0 to 1: the squared error of a probability, or half of that of all classes; the error of a number as a share of the range.

    Args:
        labels: int64[n] codes; of a regression float64[n], the numbers.
    """
    found: Floats = _LOSS[answers.task](answers, said, labels)
    return found


def _of_classes(_: Answers, said: Floats, labels: NDArray[Any]) -> Floats:
    squared: Floats = ((said - np.eye(said.shape[1])[labels]) ** 2).sum(axis=1) / 2
    return squared


_LOSS: Mapping[Task, Callable[[Answers, Floats, NDArray[Any]], Floats]] = {
    Task.BINARY: lambda _, said, labels: (said - labels) ** 2,
    Task.REGRESSION: lambda answers, said, labels: np.abs(labels - said) / answers.width_of_range,
    Task.MULTICLASS: _of_classes,
}


def loss_keys(rows: Rows, loss: Floats, largest: float, steps: int) -> Integers:
    """int64[n]: the group and the place of each row's loss; rows without a loss are in no table."""
    with np.errstate(invalid="ignore"):
        place = np.where(np.isnan(loss), -1.0, _upper_ends(loss / largest, steps))
    return together(rows.grouped, (place.astype(np.int64), steps + 1))


def losses_of_rows(label: str, shares: Floats) -> LossCell:
    """Losses, as shares of the largest, of rows that stand in no table."""
    places, rows = np.unique(_upper_ends(shares, STEPS).astype(np.int64), return_counts=True)
    return LossCell(label, tuple(places.tolist()), tuple(rows.tolist()))


def _upper_ends(shares: Floats, steps: int) -> Floats:
    """The upper end of the step in which each loss lies, so that none is told as less than it is."""
    ends: Floats = np.minimum(np.ceil(shares * steps), steps)
    return ends


def absolute_errors(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The absolute error of each row, which a check may square when it sums them."""
    off = np.abs(rows.answered - rows.truth)
    return {ERROR: loss_keys(rows, off, context.answers.width_of_range, STEPS)}


def losses_of_each(
    view: TableView, name: str, largest: float, steps: int, summary: Summary = Summary.MEAN
) -> Losses | Undefined:
    """The losses of each group, or of all rows."""
    if not view.table(name).total:
        return NO_ROWS
    return Losses(_cells(view, name, steps), largest, steps, summary)


def losses_compared(
    view: TableView, name: str, largest: float, steps: int, *, reference: str | None
) -> Losses | Undefined:
    """The mean losses of all groups, to be compared with the reference or pair by pair, as the view's focus says."""
    if not view.table(name).total:
        return NO_ROWS
    if unfit := unfit_for_comparison(view.groups, reference):
        return unfit
    cells = _cells(view, name, steps)
    return Losses(cells, largest, steps, Summary.MEAN, Compare.DIFFERENCE, reference, view.focus)


def _cells(view: TableView, name: str, steps: int) -> tuple[LossCell, ...]:
    counts = view.table(name)
    group, place = apart(counts.keys, view.context.n_groups, steps + 1)
    return tuple(
        LossCell(label, tuple(place[group == code].tolist()), tuple(counts.counts[group == code].tolist()))
        for label, code in view.each
    )
