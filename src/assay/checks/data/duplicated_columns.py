"""Columns that say what another one says."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import fed
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.hashes import mixed, row_hash
from assay.tally.table import Integers, Rows, TableContext, TableView

MARKS = 1 << 16


def by_mark(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, a mark of each row and its value together: equal columns have equal counts of marks, others do not."""
    names = [name for name in context.fed if name in rows.names]
    words = {name: rows.words(name) for name in names}
    row = row_hash(words.items(), rows.n)
    return {name: (mixed(words[name] ^ row) % np.uint64(MARKS)).astype(np.int64) for name in names}


def _twice(column: list[float]) -> TableView:
    return table_view(by_mark, {"age": [float(i) for i in range(1000)], "years": column})


@check(
    id="data.duplicated_columns",
    title="Duplicated columns",
    estimand="The number of columns, of those that the model is fed, that are equal in every row to one named before.",
    unit=Unit.COUNT,
    reading="{value} of the columns repeat another one",
    need=Tabulated(by_mark, fed),
    tasks=tuple(Task),
    comparators=AT_MOST,
    high=None,
    census=True,
    examples=(
        Example(
            says="The years differ from the age in one row.",
            view=lambda: _twice([*map(float, range(999)), 0.0]),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The years are the age again.",
            view=lambda: _twice([*map(float, range(1000))]),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: table_view(by_mark, {"age": []}),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def duplicated_columns(view: TableView) -> Counts:
    """The columns that are another one under a second name.

    Purpose:
        Shows columns that were joined twice or overwritten: a model counts them twice, and explanations divide their weight by chance.
    Method:
        Each row and its value together get one of 65,536 marks; columns with the same number of rows at every mark are equal in every row. Columns that
        differ in one row look equal once in 65,536 times, in more rows never but by rarer chance. Counted in full, no inference. (Polyzotis et al. 2019, "Data validation for machine
        learning", MLSys.)
    Limits:
        Equal values only: 1 and 2 for "m" and "f", or the same amount in another currency, are not found, nor are columns that differ in a few
        rows.
    Remedy:
        Keep one of them, and find out whether the other one should have held something else.
    Oracle:
        pandas' equality of columns (tests/checks/test_columns_and_codes.py).
    """
    if view.n == 0:
        return NO_ROWS
    names = sorted(view.tables[view.data])
    if len(names) < 2:
        return Undefined(Reason.NOT_MEASURED, "Fewer than two columns that the model is fed are in the data.")
    marks = {name: (view.table(name).keys.tobytes(), view.table(name).counts.tobytes()) for name in names}
    pairs = [(one, two) for one, two in combinations(names, 2) if marks[one] == marks[two]]
    repeated = {two for _, two in pairs}
    first = {two: next(one for one, again in pairs if again == two) for two in repeated}
    details = tuple((f"{two} is {first[two]}", view.n) for two in sorted(repeated))
    return Census(len(repeated), len(names), details=details)
