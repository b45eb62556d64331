"""Columns that have one value, or nearly."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import fed
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.hashes import mixed
from assay.tally.table import Integers, Rows, TableContext, TableView

BUCKETS = 1 << 20
"""Values of one bucket count as one: two different ones share it once in a million."""
MISSING = BUCKETS


def by_value(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the bucket of each row's value."""
    found = {}
    for name in context.fed:
        if name in rows.names:
            bucket = (mixed(rows.words(name)) % np.uint64(BUCKETS)).astype(np.int64)
            found[name] = np.where(rows.missing(name), MISSING, bucket)
    return found


def _constant(column: list[str]) -> TableView:
    return table_view(by_value, {"age": list(range(1000)), "country": column}, parameters={"share": 1})


@check(
    id="data.constant_columns",
    title="Constant columns",
    estimand="The number of columns, of those that the model is fed, that hold one value.",
    unit=Unit.COUNT,
    reading="{value} of the columns hold one value",
    need=Tabulated(by_value, fed),
    tasks=tuple(Task),
    comparators=AT_MOST,
    high=None,
    census=True,
    parameters={
        "share": Parameter(
            "A column counts if its most frequent value stands in at least this share of the rows that have one.",
            default=Decimal(1),
            low=Decimal("0.5"),
            high=Decimal(1),
        )
    },
    examples=(
        Example(
            says="Two countries occur.",
            view=lambda: _constant(["de"] * 999 + ["fr"]),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="All 1,000 rows are of one country.",
            view=lambda: _constant(["de"] * 1000),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="999 of 1,000 are of one country, and 99 % are one value as agreed.",
            view=lambda: _constant(["de"] * 999 + ["fr"]),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
            arguments={"share": Decimal("0.99")},
        ),
        Example(
            says="The file has no rows.",
            view=lambda: table_view(by_value, {"age": []}, parameters={"share": 1}),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def constant_columns(view: TableView, *, share: Decimal) -> Counts:
    """The columns in which one value stands in all rows, or in nearly all.

    Purpose:
        Shows columns that were lost on the way: a join that found nothing, a filter that was forgotten, a feed that stopped.
    Method:
        Rows per value of each column that the model is fed, missing ones left out; a column with none at all is constant, too. Counted in full, no
        inference. (Polyzotis et al. 2019, "Data validation for machine learning", MLSys.)
    Limits:
        A value that is rare in the world may be rightly constant here.
    Remedy:
        Find out where the values were lost; take the column out if it never had others.
    Oracle:
        pandas' nunique and value_counts (tests/checks/test_columns_and_codes.py).
    """
    if view.n == 0:
        return NO_ROWS
    found = []
    for name in sorted(view.tables[view.data]):
        counts = view.table(name)
        present = counts.counts[counts.keys != MISSING]
        most, of = (int(present.max()), int(present.sum())) if len(present) else (0, 0)
        if Decimal(most) >= Decimal(share) * of:
            found.append((name, most))
    if not view.tables[view.data]:
        return Undefined(Reason.NOT_MEASURED, "No column that the model is fed is in the data.")
    return Census(len(found), len(view.tables[view.data]), details=tuple(found))
