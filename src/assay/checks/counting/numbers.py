"""Columns of numbers as bins; and those that stand there as text, or have some documented codes, which no check may skip."""

from __future__ import annotations

import numpy as np

from assay.domain.evidence import Undefined
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.domain.vocabulary import Reason
from assay.tally.coding import bins_of, missing
from assay.tally.table import Integers, Rows, TableContext, TableCounts, TableView

AS_TEXT, AS_CODES = "as text: ", "as codes: "


def numbered(rows: Rows, name: str) -> Integers | None:
    """int64[n]: the bins of a column that was read and holds numbers."""
    if name not in rows.names or rows.column(name).dtype.kind not in "iufb":
        return None
    return bins_of(rows.column(name))


def not_numbers(rows: Rows, names: tuple[str, ...], coded: tuple[str, ...] = ()) -> dict[str, Integers]:
    """The rows with a text in a column that the dictionary calls a number, and with a number that is no code in one that has ``coded`` ones,
    by a table for each column."""
    return _as_text(rows, names) | _as_codes(rows, coded)


def not_looked_at(view: TableView) -> Undefined | None:
    """Why numbers are not looked at, by the tables of :func:`not_numbers`; None where all are."""
    return _written_as_text(view) or _called_codes(view)


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


def coded_numbers(context: TableContext) -> tuple[str, ...]:
    """Whole numbers of which the dictionary documents codes, where no column is named: they are no measured numbers if these are all codes that occur."""
    if str(context.parameters.get("column", "")):
        return ()
    return tuple(c.name for c in context.described if c.is_numeric and c.codes is not None)


def measured_numbers(context: TableContext) -> tuple[str, ...]:
    """The numbers of which the dictionary documents no codes."""
    return tuple(c.name for c in context.described if c.is_numeric and c.codes is None)


def _as_codes(rows: Rows, names: tuple[str, ...]) -> dict[str, Integers]:
    """The rows with a number that is none of the documented codes of its column, by a table of its own."""
    found = {}
    for name in names:
        entry = rows.context.column(name)
        if entry is not None and name in rows.names:
            found[AS_CODES + name] = np.where(rows.codes(name)[0] < len(entry.codes or ()), -1, 0)
    return found


def _called_codes(view: TableView) -> Undefined | None:
    """Why numbers are not looked at: the dictionary documents some codes of a column, and most of its values are others."""
    for data, tables in view.tables.items():
        for table, counts in tables.items():
            if table.startswith(AS_CODES) and counts.total > MOST_IN_NO_GROUP * view.rows[data]:
                name = table.removeprefix(AS_CODES)
                return Undefined(
                    Reason.NOT_MEASURED,
                    f"The dictionary documents codes of {name!r}, and {counts.total:,} of {view.rows[data]:,} rows of {data!r} have a number that is none "
                    "of them, which is not looked at. Delete its codes if it is a number, and write nothing where nothing is known; or list all its codes.",
                )
    return None


def measured(view: TableView) -> dict[str, TableCounts]:
    """The tables of the data set that the criterion names, without those that count codes."""
    return {name: of for name, of in view.tables[view.data].items() if not name.startswith(AS_CODES)}
