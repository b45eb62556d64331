"""The power of criteria about the variance that a prediction explains: whether such rows would show it by the rule that judges.

A planning formula of R2 does not know what the rule pays for the declared range, which is most of it where labels lie close together.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from scipy.special import ndtr

from assay.domain.assessment import Asked
from assay.domain.evidence import Explained, ExplainedCell
from assay.plan.losses import FEW
from assay.plan.power import Prospect, all_of
from assay.plan.scores import Spread
from assay.plan.spreads import few
from assay.stats.contrast_power import Passes
from assay.stats.explained import LEAST_ROWS, Fitted, explained_p
from assay.stats.histogram import Floats

OUTCOMES = 24
"""True numbers that stand for all those of the reference rows, with their mean and variance."""
ALIKE = np.ones(1)
"""Errors that are alike in all rows."""
FINER = 14
"""In how many halvings the smallest value is found that is shown."""


def explained_prospect(counts: Explained, asked: Asked, _: Spread | None) -> Prospect | str:
    """The probability of passing as a function of the true value and the rows; a text when a group has too few of them."""
    for cell in counts.cells:
        if cell.n < LEAST_ROWS:
            return few(cell.label, f"{cell.n:,} rows", LEAST_ROWS)
    parts = [_explains(cell, counts, asked) for cell in counts.cells]
    said = "labels lie as in the reference rows, and errors are spread like normal numbers"
    return Prospect(all_of([one for one, _ in parts]), all_of([best for _, best in parts]), said)


def _explains(cell: ExplainedCell, counts: Explained, asked: Asked) -> tuple[Passes, Passes]:
    outcomes, tau = _outcomes(cell, counts.steps), float(asked.threshold)

    def shows(value: float, rows: int, errors: Floats) -> bool:
        """Whether so many rows with errors of this spread, of which this value is found, show the criterion."""
        off = np.clip(errors * math.sqrt((1 - value) * outcomes.var()), 0.0, 1.0)
        each = np.full(len(outcomes) * len(off), rows / (len(outcomes) * len(off)))
        half = 0.5 / counts.error_steps
        upper, lower = np.minimum(off + half, 1.0), np.maximum(off - half, 0.0)
        found = Fitted(
            np.repeat(outcomes, len(off)),
            1 / counts.steps,
            np.tile(upper, len(outcomes)),
            np.tile(lower, len(outcomes)),
            each,  # parts of a row are allowed here
        )
        return explained_p(found, tau)[0] <= asked.alpha

    @functools.lru_cache(maxsize=256)
    def edge(rows: int) -> float:
        """The smallest value found that shows the criterion; more than any where none does."""
        low, high = tau, 1.0
        if not shows(high, rows, FEW):
            return math.inf
        for _ in range(FINER):
            middle = (low + high) / 2
            low, high = (low, middle) if shows(middle, rows, FEW) else (middle, high)
        return high

    def passes(true: float, factor: float) -> float:
        rows = round(cell.n * factor)
        if rows < LEAST_ROWS or not outcomes.var():
            return 0.0
        return float(ndtr((true - edge(rows)) / _error(true, rows)))

    def at_best(true: float, factor: float) -> float:
        rows = round(cell.n * factor)
        return float(rows >= LEAST_ROWS and bool(outcomes.var()) and shows(min(true, 1.0), rows, ALIKE))

    return passes, at_best


def _outcomes(cell: ExplainedCell, steps: int) -> Floats:
    """True numbers at evenly spaced ranks of the reference rows, as shares of the range, spread so that they have the variance of all."""
    order = np.argsort(np.array(cell.outcomes), kind="stable")
    values, rows = np.array(cell.outcomes)[order] / steps, np.array(cell.rows)[order]
    ranks = (np.arange(OUTCOMES) + 0.5) / OUTCOMES * rows.sum()
    found: Floats = values[np.searchsorted(np.cumsum(rows), ranks)]
    mean = float(rows @ values) / float(rows.sum())
    variance = float(rows @ (values - mean) ** 2) / float(rows.sum())
    wider = math.sqrt(variance / found.var()) if found.var() else 1.0
    spread: Floats = np.clip(mean + (found - found.mean()) * wider, 0.0, 1.0)
    return spread


def _error(true: float, rows: int) -> float:
    """The standard error of R2 of normal numbers, 2 r (1 - r^2) over the root of the rows, r^2 the value (Olkin & Siotani 1976)."""
    return 2 * (1 - min(true, 1 - 1e-9)) * math.sqrt(max(true, 1 / rows) / rows)
