"""Rows by true and decided class, as a table and as counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "confusion"


def by_confusion(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The group, the true class and the decided class of each row."""
    classes = context.answers.labels
    return {TABLE: together(rows.grouped, (rows.label, classes), (rows.decided, classes))}


def confusion(view: TableView) -> NDArray[np.int64]:
    """int64[groups, classes, classes]: rows by group, true class and decided class."""
    classes = view.context.answers.labels
    return view.table(TABLE).dense(view.context.n_groups, classes, classes)
