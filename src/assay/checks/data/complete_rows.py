"""Rows that have a value wherever the model is fed one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import fed
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts
from assay.domain.metric import Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView

COMPLETE = "complete"


def by_completeness(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """Whether each row has a value in every column that the model is fed."""
    lacks = np.zeros(rows.n, dtype=bool)
    for name in context.fed:
        lacks |= rows.missing(name) if name in rows.names else True
    return {COMPLETE: (~lacks).astype(np.int64)}


def _incomplete(rows: int, lacking: int) -> TableView:
    return table_view(by_completeness, {"age": [None] * lacking + [40] * (rows - lacking), "sex": [1] * rows})


@check(
    id="data.complete_rows",
    title="Complete rows",
    estimand="The share of rows that have a value in every column that the model is fed.",
    unit=Unit.SHARE,
    reading="{value} of the rows have a value in every column that the model is fed",
    need=Tabulated(by_completeness, fed),
    tasks=tuple(Task),
    comparators=AT_LEAST,
    census=True,
    examples=(
        Example(
            says="Twenty of 1,000 rows lack a value.",
            view=lambda: _incomplete(1000, 20),
            comparator=Comparator.AT_LEAST,
            threshold="0.95",
            verdict=Verdict.PASS,
        ),
        Example(
            says="A hundred of 1,000 do.",
            view=lambda: _incomplete(1000, 100),
            comparator=Comparator.AT_LEAST,
            threshold="0.95",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: _incomplete(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="0.95",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def complete_rows(view: TableView) -> Counts:
    """The rows in which nothing is missing.

    Purpose:
        A requirement of the use case on the data: a model that is fed guesses for every second person is another model than it seems.
    Method:
        Rows with a value (neither null nor NaN nor infinite, nor a text without a character) in every input, of all rows. Counted in full, no inference. (Little & Rubin 2019, "Statistical analysis with missing data".)
    Limits:
        Values that stand for missing ones count as values; ``data.sentinel_values`` finds them.
    Remedy:
        Collect what is missing, or train and judge on rows as they will come.
    Oracle:
        pandas' dropna (tests/checks/test_requirements.py).
    """
    if view.n == 0:
        return NO_ROWS
    counts = view.table(COMPLETE)
    return Census(int(counts.counts[counts.keys == 1].sum()), view.n, share=True)
