"""Rows by true and decided class, as a table and as counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "confusion"


def by_confusion(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The group, the true class and the decided class of each row."""
    classes, groups = context.answers.labels, max(len(context.groups), 1)
    return {TABLE: together((rows.group(), groups), (rows.label, classes), (rows.decided, classes))}


def confusion(view: TableView) -> NDArray[np.int64]:
    """int64[groups, classes, classes]: rows by group, true class and decided class."""
    classes = view.context.answers.labels
    return view.table(TABLE).dense(max(len(view.context.groups), 1), classes, classes)
