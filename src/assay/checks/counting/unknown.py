"""Rows of whose value nothing is known: it is missing, or a code that the dictionary itself gives that meaning, which no other check counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.plain import NOT_KNOWN, plain
from assay.tally.table import Integers, Rows


def not_known(rows: Rows, name: str) -> Integers:
    """int64[n]: 1 where a column has no value, or a code of which the dictionary says "not asked", "unknown" and the like, else 0."""
    column = rows.context.column(name)
    codes = (column.codes or {}) if column is not None else {}
    found = rows.missing(name)
    if said := {str(code) for code, meaning in codes.items() if plain(meaning).strip().lower() in NOT_KNOWN}:

        def of_code(values: NDArray[Any]) -> NDArray[np.bool_]:
            if values.dtype.kind in "iufb":
                return np.isin(values, [int(code) for code in said if code.lstrip("-").isdecimal()])
            return np.array([text in said for text in values.tolist()], dtype=bool)

        found = found | rows.each(name, of_code)
    return found.astype(np.int64)
