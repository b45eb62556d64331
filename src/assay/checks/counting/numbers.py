"""Columns of numbers as bins; and those that the dictionary calls numbers and that stand there as text, which no check may skip."""

from __future__ import annotations

import numpy as np

from assay.domain.evidence import Undefined
from assay.domain.vocabulary import Reason
from assay.tally.coding import bins_of, missing
from assay.tally.table import Integers, Rows, TableView

AS_TEXT = "as text: "


def numbered(rows: Rows, name: str) -> Integers | None:
    """int64[n]: the bins of a column that was read and holds numbers."""
    if name not in rows.names or rows.column(name).dtype.kind not in "iufb":
        return None
    return bins_of(rows.column(name))


def as_text(rows: Rows, names: tuple[str, ...]) -> dict[str, Integers]:
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


def written_as_text(view: TableView) -> Undefined | None:
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
