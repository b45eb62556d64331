"""The frame that rows were drawn from: how many cases it has in each part, as a criterion states it, and the part of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assay.checks.counting.periods import (
    PERIOD_CODES,
    is_number,
    period_asked,
    period_code,
    period_name,
    time_columns,
)
from assay.domain.metric import TIME
from assay.tally.table import Integers, Rows, TableContext, TableView

PARTS = "parts"
MOST_PERIODS = 4000


def frame_columns(context: TableContext) -> tuple[str, ...]:
    """The column by which the frame is parted."""
    of = str(context.parameters["of"])
    if of == TIME:
        return time_columns(context)
    return (context.strata[of].column,) if of in context.strata else ()


def by_part(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The part of each row; one more for those in none."""
    of = str(context.parameters["of"])
    if not set(frame_columns(context)) & rows.names:
        return {}
    if of == TIME:
        period = rows.each(frame_columns(context)[0], period_asked(context))
        return {PARTS: np.where(period < 0, PERIOD_CODES, period)}
    part, parts = rows.stratum(of), len(context.strata[of].labels())
    return {PARTS: np.where(part < 0, parts, part)}


@dataclass(frozen=True, slots=True)
class Parted:
    """Rows by the name of their part, in order, and rows in none."""

    rows: Mapping[str, int]
    outside: int

    @classmethod
    def of(cls, view: TableView, of: str, period: str) -> Parted:
        """Those of a view. Raises ValueError where the parameters name no part of the data."""
        table = view.table(PARTS)
        if not frame_columns(view.context):
            raise ValueError(
                f"'of' names {of!r}; a stratum of the specification is expected, or {TIME} where it says what column that is"
            )
        found = dict(zip(table.keys.tolist(), table.counts.tolist(), strict=True))
        if of == TIME:
            outside = found.pop(PERIOD_CODES, 0)
            return cls({period_name(code, period): n for code, n in found.items()}, outside)
        labels = view.context.strata[of].labels()
        return cls({label: found.get(i, 0) for i, label in enumerate(labels)}, found.get(len(labels), 0))


def periods_between(first: str, last: str, period: str, *, like: TableView) -> tuple[str, ...]:
    """The names of all periods from one to another. Raises ValueError where they are no periods."""
    keys = like.table(PARTS).keys
    number = bool(len(keys)) and is_number(int(keys[0]))
    codes = [period_code(name, period, number=number) for name in (first, last)]
    if min(codes) < 0 or not 0 <= codes[1] - codes[0] < MOST_PERIODS:
        raise ValueError(f"{first!r} to {last!r} are no {period}s from the earlier to the later one")
    return tuple(period_name(code, period) for code in range(codes[0], codes[1] + 1))
