"""Rates as multiples of declared ones as pieces: the exact limits of each rate, divided by what was expected."""

from __future__ import annotations

from fractions import Fraction

from assay.domain.assessment import ROWS, NoValue, Piece
from assay.domain.evidence import RelativeRate, RelativeRates
from assay.domain.vocabulary import Reason
from assay.stats.pieces.pieces import Pieces, Target, gathered
from assay.stats.rates import lower_limit, p_at_least, p_at_most, upper_limit

METHOD = "one-sided Clopper-Pearson, divided by the declared rate"


def relative_pieces(counts: RelativeRates, target: Target) -> Pieces:
    """One piece for each rate with rows; the others by name and reason."""
    undefined = tuple(
        NoValue(_named(cell), Reason.EMPTY_GROUP, "The rate has no rows to be a rate of (0 of 0).")
        for cell in counts.cells
        if cell.trials == 0
    )
    return gathered((_piece(cell, target) for cell in counts.cells if cell.trials), target, undefined)


def _named(cell: RelativeRate) -> str:
    return f"{cell.label} ({cell.family})" if cell.label and cell.family else cell.label or cell.family


def _piece(cell: RelativeRate, target: Target) -> Piece:
    x, n, expected = cell.events, cell.trials, Fraction(repr(cell.expected))
    asked = Fraction(target.threshold) * expected  # of the rate itself
    rate = min(max(float(asked), 0.0), 1.0)
    above, below = float(p_at_least(x, n, rate)), float(p_at_most(x, n, rate))
    found = Fraction(x, n)
    return Piece(
        label=_named(cell),
        estimate=x / n / cell.expected,
        lower=float(lower_limit(x, n, target.alpha)) / cell.expected,
        upper=float(upper_limit(x, n, target.alpha)) / cell.expected,
        n=n,
        p_pass=above if target.at_least else below,
        level_pass=target.alpha,
        p_fail=below if target.at_least else above,
        point_passes=found >= asked if target.at_least else found <= asked,
        method=METHOD,
        counts=(("", "events", x), ("", ROWS, n)),
        family=cell.family,
    )
