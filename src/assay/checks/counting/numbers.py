"""Columns of numbers as bins; and those that stand there as text, or have some documented codes, which no check may skip."""

from __future__ import annotations

import numpy as np

from assay.domain.evidence import Undefined
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.domain.vocabulary import Reason
from assay.tally.coding import NEAR, bins_of, bins_told_apart, missing
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView

AS_TEXT, AS_CODES, CALLED_A_TEXT, TOLD_APART = "as text: ", "as codes: ", "called a text: ", "told apart: "
HEAVY = 0.05
"""A bin with more than this share of the rows must not hold different numbers, of which it would make one."""


def numbered(rows: Rows, name: str) -> Integers | None:
    """int64[n]: the bins of a column that was read and holds numbers."""
    if name not in rows.names or rows.column(name).dtype.kind not in "iufb":
        return None
    return bins_of(rows.column(name))


def finely_numbered(rows: Rows, name: str) -> Integers | None:
    """int64[n]: the fine bins of a column that was read and holds numbers, by which they are in order."""
    if name not in rows.names or rows.column(name).dtype.kind not in "iufb":
        return None
    return rows.fine_bins(name)


def not_numbers(rows: Rows, names: tuple[str, ...], coded: tuple[str, ...] = ()) -> dict[str, Integers]:
    """The rows with a text in a column that the dictionary calls a number, and with a number that is no code in one that has ``coded`` ones,
    by a table for each column."""
    return _as_text(rows, names) | _as_codes(rows, coded)


def told_apart(rows: Rows, *names: str) -> dict[str, Integers]:
    """The bins of columns that were read and hold numbers, with kinds of numbers within each, by a table for each column."""
    there = (n for n in names if n in rows.names and rows.column(n).dtype.kind in "iufb")
    return {f"{TOLD_APART}{n}": bins_told_apart(rows.column(n), rows.words(n)) for n in there}


def made_one(view: TableView, name: str) -> Undefined | None:
    """Why nothing is told of numbers, by the table of :func:`told_apart`: many lie so close to each other that they would be one; None where few do."""
    counts = view.table(f"{TOLD_APART}{name}")
    _, place = np.unique(counts.keys // NEAR, return_inverse=True)
    rows, most = np.zeros(len(counts.keys), np.int64), np.zeros(len(counts.keys), np.int64)
    np.add.at(rows, place, counts.counts)
    np.maximum.at(most, place, counts.counts)
    one = int((rows - most)[rows > HEAVY * counts.total].sum())
    if one <= MOST_IN_NO_GROUP * counts.total:
        return None
    return Undefined(
        Reason.NOT_MEASURED,
        f"{one:,} of {counts.total:,} rows have a number of {name!r} that lies within .1 % of a more frequent one, and would be taken for it. Write it from "
        "a nearer zero, as the difference from a round number; or call it a category or a text if its numbers only name things.",
    )


def not_looked_at(view: TableView) -> Undefined | None:
    """Why numbers are not looked at, by the tables of :func:`not_numbers`; None where all are."""
    return _written_as_text(view) or _called_a_text(view) or _called_codes(view)


def _as_text(rows: Rows, names: tuple[str, ...]) -> dict[str, Integers]:
    """The rows with a text in a column that the dictionary calls a number, by a table of its own."""
    found = {}
    for name in names:
        entry = rows.context.column(name)
        if entry is None or not entry.is_numeric or entry.codes is not None or name not in rows.names:
            continue
        values = rows.column(name)
        if values.dtype.kind not in "iufb" and not (absent := missing(values)).all():
            found[AS_TEXT + name] = np.where(absent, -1, 0)
    return found


def _written_as_text(view: TableView) -> Undefined | None:
    """Why numbers are not looked at: some stand there as text."""
    for data, tables in view.tables.items():
        for table, counts in tables.items():
            if table.startswith(AS_TEXT):
                name = table.removeprefix(AS_TEXT)
                return Undefined(
                    Reason.NOT_MEASURED,
                    f"The dictionary calls {name!r} a number, and {counts.total:,} of {view.rows[data]:,} rows of {data!r} have a text "
                    "there, which is not looked at. Store it as numbers, or call it a text.",
                )
    return None


def texts_by_name(context: TableContext) -> tuple[str, ...]:
    """Columns that the dictionary calls texts or days, where none is named: they hold no measured numbers if they hold none at all."""
    if str(context.parameters.get("column", "")):
        return ()
    return tuple(c.name for c in context.described if c.type in {"text", "date"} and c.codes is None)


def called_texts(rows: Rows, names: tuple[str, ...]) -> dict[str, Integers]:
    """The rows with a number in columns of :func:`texts_by_name`, by a table for each: numbers that would not be looked at."""
    numbers = (name for name in names if name in rows.names and rows.holds_numbers(name))
    return {CALLED_A_TEXT + name: np.where(rows.missing(name), -1, 0) for name in numbers}


def _called_a_text(view: TableView) -> Undefined | None:
    """Why numbers are not looked at: the dictionary calls their column a text or a day."""
    for data, tables in view.tables.items():
        for table, counts in tables.items():
            if table.startswith(CALLED_A_TEXT) and counts.total:
                name = table.removeprefix(CALLED_A_TEXT)
                entry = view.context.column(name)
                return Undefined(
                    Reason.NOT_MEASURED,
                    f"The dictionary calls {name!r} a {entry.type if entry else 'text'}, and {counts.total:,} of {view.rows[data]:,} rows of {data!r} have a "
                    "number there, which is not looked at. Call it a number; or store it as text if its numbers only name things, or are days.",
                )
    return None


def coded_numbers(context: TableContext) -> tuple[str, ...]:
    """Columns of which the dictionary documents codes, where none is named: they hold no measured numbers if these are all codes that occur."""
    if str(context.parameters.get("column", "")):
        return ()
    return tuple(c.name for c in context.described if c.codes_of_its_values is not None)


def measured_numbers(context: TableContext) -> tuple[str, ...]:
    """The numbers of which the dictionary documents no codes."""
    return tuple(c.name for c in context.described if c.is_numeric and c.codes is None)


def _as_codes(rows: Rows, names: tuple[str, ...]) -> dict[str, Integers]:
    """The code of each row of a column with documented ones, or a number that is none of them, by a table of its own."""
    found = {}
    for name in names:
        entry = rows.context.column(name)
        if entry is None or name not in rows.names:
            continue
        if entry.is_numeric or rows.column(name).dtype.kind in "iuf":
            found[AS_CODES + name] = rows.codes(name)[0]
    return found


def _called_codes(view: TableView) -> Undefined | None:
    """Why numbers are not looked at: the dictionary documents some codes of a column, and most of its values are others."""
    for data, tables in view.tables.items():
        for table, counts in tables.items():
            name = table.removeprefix(AS_CODES)
            others = _others(view, name, counts, view.rows[data]) if name != table else 0
            if others:
                return Undefined(
                    Reason.NOT_MEASURED,
                    f"The dictionary documents codes of {name!r}, and {others:,} of {view.rows[data]:,} rows of {data!r} have a number that is none "
                    "of them, which is not looked at. Delete its codes if it is a number, and write nothing where nothing is known; or list all its codes.",
                )
    return None


def _others(view: TableView, name: str, found: TableCounts, rows: int) -> int:
    """The rows that have another number than the documented codes, where these are too many; of what is called a category only where more
    such numbers occur than codes, for a few may be forgotten."""
    entry = view.context.column(name)
    if entry is None:
        return 0
    other = found.keys >= len(entry.codes_of_its_values or ())
    others = int(found.counts[other].sum())
    numbers = entry.is_numeric or np.count_nonzero(other) > np.count_nonzero(~other)
    return others if numbers and others > MOST_IN_NO_GROUP * rows else 0


def measured(view: TableView) -> dict[str, TableCounts]:
    """The tables of the data set that the criterion names, without those that count codes or tell numbers apart."""
    tables = view.tables[view.data].items()
    return {name: of for name, of in tables if not name.startswith((AS_CODES, CALLED_A_TEXT, TOLD_APART))}
