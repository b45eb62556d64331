"""Columns that are in the data and that nobody needs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts
from assay.domain.metric import Names, Parameter, Unit, several
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView

PRESENT = 1


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:  # noqa: ARG001 - all columns are looked at
    """By column, whether a value is there."""
    return {name: np.where(rows.missing(name), 0, PRESENT) for name in rows.names}


def _view(*names: str, inputs: tuple[str, ...], rows: int = 3) -> TableView:
    return table_view(tabulate, {name: [1] * rows for name in names}, inputs=inputs, parameters={"kept": ""})


@check(
    id="privacy.unused_columns",
    title="Columns that nobody uses",
    estimand="The number of columns of the data set that the specification gives no meaning: that are no input, label, score, unit, time, "
    "protected attribute or stratum.",
    unit=Unit.COUNT,
    reading="columns that are in the data and that the specification does not use[, besides {kept}]: {value}",
    need=Tabulated(tabulate, undeclared=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    high=None,
    census=True,
    parameters={
        "kept": Parameter(
            "Columns that are there for another reason, which the rationale gives, with commas between them.",
            default="",
            names=Names.COLUMNS,
        )
    },
    examples=(
        Example(
            says="The model is fed both columns.",
            view=lambda: _view("age", "income", inputs=("age", "income")),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Nobody uses the religion.",
            view=lambda: _view("age", "religion", inputs=("age",)),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There is no row.",
            view=lambda: _view("age", inputs=("age",), rows=0),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def unused_columns(view: TableView, *, kept: str) -> Counts:
    """The columns of a data set to which the specification gives no meaning.

    Purpose:
        Shows data that is there without a purpose: what is not needed for it must not be kept with it (GDPR, article 5(1)(c), data
        minimisation), and what nobody needs can still be lost, joined with other files, or learned by the next model.
    Method:
        Every column of the file, documented or not, but the inputs, the label, the scores, the unit, the time, and the columns
        of protected attributes and strata. The details have the rows with a value. Counted in full, no inference.
        (Regulation (EU) 2016/679, articles 5(1)(c) and 25; 2024/1689, article 10(3).)
    Limits:
        That a column is documented, or named by a criterion, is no use: say which ones are ``kept`` and why. A column that the
        model is fed is taken as needed, though it may add nothing.
    Remedy:
        Leave the columns out when the files are written, or give them a meaning in the specification.
    Oracle:
        columns counted by hand (tests/checks/test_unused_columns.py).
    """
    if not view.n:
        return NO_ROWS
    used = view.context.used | set(several(kept))
    names = sorted(view.tables[view.data])
    documented = set(view.context.documented)
    details = [
        (name if name in documented else f"{name} (not documented)", _present(view, name))
        for name in names
        if name not in used
    ]
    details.sort(key=lambda one: (-one[1], one[0]))
    return Census(len(details), len(names), details=tuple(details))


def _present(view: TableView, name: str) -> int:
    counts = view.table(name)
    return int(counts.counts[counts.keys == PRESENT].sum())
