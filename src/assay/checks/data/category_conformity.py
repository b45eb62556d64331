"""Values of a column of codes that other data sets do not have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import TEXT_COLUMN, looked_at, named_or_texts
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView


def by_code(rows: Rows, _: TableContext) -> Mapping[str, Integers]:
    """By column, the code of each row."""
    return {
        name: np.where(here, rows.codes(name, fine=True)[0], -1) for name, here in looked_at(rows).items()
    }


def _coded(unseen: int, n: int = 2000) -> TableView:
    test = ["u"] * unseen + ["a", "b"] * ((n - unseen) // 2)
    train = {"train": {"grade": ["a", "b", "c"] * 300}}
    return table_view(by_code, {"grade": test}, others=train, parameters={"column": ""})


@check(
    id="data.category_conformity",
    title="Categories never seen in training",
    estimand="The share of rows with a category that does not occur in the training data (else the development data), in the column that has most.",
    unit=Unit.SHARE,
    reading="{value} of the rows hold a category[ of {part}] that was never seen before",
    need=TabulatedEverywhere(by_code, named_or_texts, per_unit=True, against_all=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={"column": TEXT_COLUMN},
    examples=(
        Example(
            says="One of 2,000 rows has a grade that no training row has.",
            view=lambda: _coded(1),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
        ),
        Example(
            says="A hundred of 2,000 have one.",
            view=lambda: _coded(100),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="One of 100 has one, which is too few rows to say.",
            view=lambda: _coded(1, 101),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.INCONCLUSIVE,
        ),
    ),
)
def category_conformity(view: TableView, *, column: str) -> Counts:
    """The rows whose category the training data do not have.

    Purpose:
        Shows how often the model is asked about something that it has never seen, such as a new product, or a code that only one file uses.
    Method:
        Labelled rows with a category that no labelled row of the training data has (else of the development data), of all that have one, for each column; each is a piece with
        Clopper-Pearson limits (1934, Biometrika 26), valid because the known categories were fixed by other rows.
    Limits:
        Compares labelled rows, one of each unit. Of a column that is called a number, a day or a boolean the texts that are none are looked at. A category that occurs once in training counts as seen. Missing values are no category.
    Remedy:
        Train on rows that have it, or say in the use case that the model is not for it.
    Oracle:
        pandas' isin (tests/checks/test_columns_and_codes.py); the limits by scipy (tests/stats).
    """
    if view.n == 0:
        return NO_ROWS
    known_by = view.known_by
    if known_by is None:
        return Undefined(Reason.NOT_MEASURED, "No other data set is declared.")
    cells = []
    for name in sorted(view.tables[view.data]):
        counts, known = view.table(name), view.table(name, known_by)
        unseen = counts.counts[~np.isin(counts.keys, known.keys)]
        cells.append(Rate(name, int(unseen.sum()), counts.total))
    if not cells:
        lacking = repr(column) if column else "of categories or texts"
        return Undefined(
            Reason.NOT_MEASURED, f"No column {lacking} is in both {view.data!r} and {known_by!r}."
        )
    return Rates(tuple(cells))
