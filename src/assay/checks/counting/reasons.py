"""What the checks of reason codes share: why a case was declined, by what would have raised its score most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import reference_values
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import several
from assay.domain.vocabulary import Reason
from assay.tally.perturbation import ChangeContext, Columns, Floats
from assay.tally.table import Change, Integers, Rows, TableContext, TableView, together

TABLE = "declined"
Mask = NDArray[np.bool_]


def named(context: TableContext) -> tuple[str, ...]:
    """The inputs that can be a reason: those that are named, or all."""
    return several(context.parameters["columns"]) or context.inputs


def as_it_is(inputs: Columns, _: ChangeContext) -> Columns:
    """No change."""
    return inputs


def gains(rows: Rows, stream: str, start: Change, score: Floats) -> Floats:
    """float64[n, k]: how much better each row's score, of rows that a change made, is for the person with the usual value of each input.

    Args:
        stream: tells the predictions from others of the same table. start: the change. score: the answers after it.
    """
    context = rows.context
    better = 1.0 if context.favourable == 1 else -1.0
    each = [rows.after(f"{stream}{name}", _usual_of(name, start, context)) for name in named(context)]
    return better * (np.column_stack(each) - score[:, None])


def principal(gain: Floats, most: int) -> Mask:
    """bool[n, k]: the inputs with the largest gains, at most so many and none without a gain; of equal ones the first."""
    order = np.argsort(-gain, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    chosen: Mask = (rank < most) & (gain > 0)
    return chosen


def usual(chosen: Mask, context: TableContext) -> Change:
    """The change that gives each row the usual values of its chosen inputs."""

    def changed(inputs: Columns, _: ChangeContext) -> Columns:
        return {**inputs, **{n: _set(inputs, n, chosen[:, i], context) for i, n in enumerate(named(context))}}

    return changed


def _usual_of(name: str, start: Change, context: TableContext) -> Change:
    def changed(inputs: Columns, told: ChangeContext) -> Columns:
        found = start(inputs, told)
        return {**found, name: _set(found, name, np.ones(len(told.rows), dtype=bool), context)}

    return changed


def _set(inputs: Columns, name: str, where: Mask, context: TableContext) -> NDArray[Any]:
    known = reference_values(name, inputs, context)
    before = inputs[name]
    after = before.astype(np.float64) if before.dtype.kind in "iufb" else before.astype(object)
    after[where] = usual_value(known, numeric=_is_number(name, known, context))
    return after


def _is_number(name: str, known: NDArray[Any], context: TableContext) -> bool:
    documented = context.column(name)
    return known.dtype.kind == "f" and (documented is None or documented.is_numeric)


def usual_value(known: NDArray[Any], *, numeric: bool) -> Any:
    """The lower median of numbers, and of codes the most frequent one, of equally frequent ones the smallest; missing where all are."""
    there = [value for value in known.tolist() if value is not None and value == value]
    if not there:
        return np.nan if known.dtype.kind == "f" else None
    if numeric:
        return sorted(there)[(len(there) - 1) // 2]
    most = Counter(there)
    return min(most, key=lambda value: (-most[value], value))


def counted(rows: Rows, kept: Mask) -> Mapping[str, Integers]:
    """The group of each declined row, and whether what is asked of its reasons holds."""
    code = np.where(declined(rows), kept.astype(np.int64), -1)
    return {TABLE: together(rows.grouped, (code, 2))}


def declined(rows: Rows) -> Mask:
    """bool[n]: the declined rows."""
    found: Mask = rows.decided != rows.context.favourable
    return found


def share_of_declined(view: TableView) -> Counts:
    """The share of declined rows of which it holds, in each group or in all."""
    if not view.n:
        return NO_ROWS
    found = view.table(TABLE).dense(view.context.n_groups, 2)
    if not found.sum():
        return Undefined(Reason.NO_ROWS, "Nobody was declined, so that no reason was given.")
    return Rates(
        tuple(Rate(label, int(found[place, 1]), int(found[place].sum())) for label, place in view.each)
    )


def people(n: int) -> dict[str, NDArray[Any]]:
    """For examples: debt, income and years of so many people, none of which has to do with another."""
    draw = np.random.default_rng(9)
    return {name: draw.normal(size=n) for name in ("debt", "income", "years")}


def lender(inputs: Mapping[str, NDArray[Any]]) -> Floats:
    """For examples: a model that likes income and years, and no debt."""
    odds: Floats = np.exp(2 * inputs["debt"] - inputs["income"] - 0.5 * inputs["years"] - 1)
    return 1 / (1 + odds)


Arguments = Mapping[str, Decimal | int | str]
