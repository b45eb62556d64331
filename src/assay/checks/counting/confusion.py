"""Rows by true and decided class, as a table and as counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.vocabulary import Task
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "confusion"
THREE = Answers(Task.MULTICLASS, classes=("a", "b", "c"))


def by_confusion(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The group, the true class and the decided class of each row."""
    classes = context.answers.labels
    return {TABLE: together(rows.grouped, (rows.label, classes), (rows.decided, classes))}


def confusion(view: TableView) -> NDArray[np.int64]:
    """int64[groups, classes, classes]: rows by group, true class and decided class."""
    classes = view.context.answers.labels
    return view.table(TABLE).dense(view.context.n_groups, classes, classes)


def classified(truth: Integers, said: Integers) -> TableView:
    """For examples: rows of three classes, by the class that each is of and the one that it is given."""
    score = np.eye(3)[said].reshape(len(truth), 3)
    return table_view(by_confusion, {"label": truth}, label=truth, score=score, answers=THREE)


def recognised(*right: tuple[int, int]) -> TableView:
    """For examples: of each class so many rows are recognised, of so many; the others are taken for the next one."""
    truth = np.repeat(np.arange(len(right)), [of for _, of in right]).astype(np.int64)
    within = np.concatenate([np.empty(0), *(np.arange(of) for _, of in right)])
    found = within < np.array([good for good, _ in right], dtype=int)[truth]
    return classified(truth, np.where(found, truth, (truth + 1) % 3))
