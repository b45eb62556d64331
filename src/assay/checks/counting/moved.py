"""What the checks share that change inputs by chance: which rows a change made others, and when too few for it to tell anything."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Undefined
from assay.domain.vocabulary import Reason
from assay.tally.changes import CHANGE_MORE, left_alone, moved
from assay.tally.perturbation import ChangeContext, Columns
from assay.tally.table import Change, Integers, Rows, TableView, together

MOVED = "moved"
"""The table of the rows that a change made others, by group."""
MOST_NUMBERS = 0.5
"""Of errors in numbers: at least this share of the rows must become others, as for the changes that a drop in accuracy is asked of."""


class Noting:
    """A change that notes which rows it makes others.

    Attributes:
        moved: bool[n], all rows where the change was not called, as in a plan, whose scores are made up.
    """

    def __init__(self, rows: Rows, change: Change) -> None:
        self._change = change
        self.moved: NDArray[np.bool_] = np.ones(rows.n, dtype=bool)

    def __call__(self, inputs: Columns, context: ChangeContext) -> Columns:
        """The changed inputs."""
        changed = self._change({name: values.copy() for name, values in inputs.items()}, context)
        self.moved = np.any([np.zeros(len(self.moved), dtype=bool), *moved(inputs, changed).values()], axis=0)
        return changed

    def table(self, rows: Rows, among: NDArray[np.bool_]) -> Mapping[str, Integers]:
        """The group of each row that is among those that are asked about, and whether it was made another."""
        code = np.where(among, self.moved.astype(np.int64), -1)
        return {MOVED: together(rows.grouped, (code, 2))}


def too_few_moved(view: TableView, least: float) -> Undefined | None:
    """Why a change says nothing: it left all rows of a judged group, or more than it may, as they are."""
    counts = view.table(MOVED).dense(view.context.n_groups, 2)
    for label, place in view.each:
        if said := left_alone(label, int(counts[place, 1]), int(counts[place].sum()), least):
            return Undefined(Reason.NOT_MEASURED, f"{said} {CHANGE_MORE}")
    return None
