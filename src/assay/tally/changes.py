"""Changes of inputs that a model must stand: small errors, fewer digits, values that get lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.tally.perturbation import ChangeContext, Columns, normals, uniforms, whole

Moved = NDArray[np.bool_]


def add_noise(columns: Columns, context: ChangeContext) -> Columns:
    """Add to each number a normal error of ``scale`` times its column's spread; integers are rounded after it."""
    scale = context.number("scale")
    changed = dict(columns)
    for name in context.spread(columns):
        before = columns[name]
        error = scale * context.spreads[name] * normals(context.seed, name, context.rows)
        after = before.astype(np.float64) + error
        changed[name] = whole(after, before) if context.kinds[name] == "integer" else after
    return changed


def round_numbers(columns: Columns, context: ChangeContext) -> Columns:
    """Round each number to ``digits`` significant digits."""
    digits = int(context.parameters["digits"])
    changed = dict(columns)
    for name in context.numeric(columns):
        before = columns[name]
        after = _significant(before.astype(np.float64), digits)
        changed[name] = whole(after, before) if context.kinds[name] == "integer" else after
    return changed


def _significant(numbers: NDArray[np.float64], digits: int) -> NDArray[Any]:
    """The numbers with so many significant digits; zeros, infinities and NaNs as they are."""
    rounded = numbers.copy()
    regular = np.isfinite(numbers) & (numbers != 0)
    size = np.abs(numbers[regular])
    power = np.floor(np.log10(size))
    # log10 may miss a power of ten by one unit in the last place.
    power += 10.0 ** (power + 1) <= size
    power -= 10.0**power > size
    step = power - (digits - 1)
    coarse, fine = step >= 0, step < 0
    mantissa = numbers[regular].copy()
    mantissa[coarse] = np.rint(mantissa[coarse] / 10.0 ** step[coarse]) * 10.0 ** step[coarse]
    mantissa[fine] = np.rint(mantissa[fine] * 10.0 ** -step[fine]) / 10.0 ** -step[fine]
    rounded[regular] = mantissa
    return rounded


def lose_values(columns: Columns, context: ChangeContext) -> Columns:
    """Lose each value with probability ``share``: NaN in a column of numbers, None in any other."""
    share = context.number("share")
    changed = dict(columns)
    for name in context.losable(columns):
        lost = uniforms(context.seed, name, context.rows) < share
        before = columns[name]
        if before.dtype.kind in "iufb":
            changed[name] = np.where(lost, np.nan, before.astype(np.float64))
        else:
            after = before.astype(object)
            after[lost] = None
            changed[name] = after
    return changed


def moved(before: Mapping[str, NDArray[Any]], after: Mapping[str, NDArray[Any]]) -> dict[str, Moved]:
    """Of each input in which a change made any value another one, bool[n]: which of them; what it did not hand back it left as it was."""
    differing = {name: _others(values, after[name]) for name, values in before.items() if name in after}
    return {name: others for name, others in differing.items() if others.any()}


def _others(before: NDArray[Any], after: NDArray[Any]) -> Moved:
    """Which values are others than before; what is missing in both is the same."""
    if before.dtype.kind in "iufb" and after.dtype.kind in "iufb":
        other: Moved = (before != after) & ~((before != before) & (after != after))
        return other
    pairs = zip(before.tolist(), after.tolist(), strict=True)
    return np.fromiter((one is not two and one != two for one, two in pairs), np.bool_, len(before))


CHANGE_MORE = (
    "Change more: by a larger distance or scale, or fewer digits; whole numbers move by at least one half."
)


def left_alone(group: str, moved: int, rows: int, least: float) -> str:
    """Why a change says nothing of some rows, or of a group: it left all of them, or more than it may, as they are; empty where it did not.

    Args:
        moved: the rows that became others. least: the share of all that must; at least one in any case.
    """
    if not rows or moved >= max(1, least * rows):
        return ""
    of, must = f" of {group!r}" if group else "", f"a share of {least}" if least else "one"
    return (
        f"The change made {moved:,} of {rows:,} rows{of} others than they were; at least {must} must be, for rows that stay are decided "
        "as they were."
    )
