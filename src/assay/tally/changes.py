"""Changes of inputs that a model must stand: small errors, fewer digits, values that get lost."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.tally.perturbation import ChangeContext, Columns, normals, uniforms, whole


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


def others(before: NDArray[Any], after: NDArray[Any]) -> NDArray[np.bool_]:
    """bool[n]: which values are others than before; what is missing in both is the same."""
    if before.dtype.kind in "iufb" and after.dtype.kind in "iufb":
        other: NDArray[np.bool_] = (before != after) & ~((before != before) & (after != after))
        return other
    pairs = zip(before.tolist(), after.tolist(), strict=True)
    return np.fromiter((one is not two and one != two for one, two in pairs), np.bool_, len(before))
