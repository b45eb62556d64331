"""Clopper-Pearson at an effective number of rows: what weighted and clustered rates have in common."""

from __future__ import annotations

from scipy.special import betaincinv, ndtri, stdtrit


def lower_at(rate: float, rows: float, alpha: float) -> float:
    """Lower Clopper-Pearson limit for rate * rows successes among `rows`, neither need be whole.

    Korn & Graubard 1998 (Survey Methodology 24:193). One-sided at level alpha; 0 when the rate is 0.
    """
    successes = rate * rows
    return float(betaincinv(successes, rows - successes + 1, alpha)) if successes > 0 else 0.0


def upper_at(rate: float, rows: float, alpha: float) -> float:
    """Upper limit, the mirror image of `lower_at`; 1 when the rate is 1."""
    return 1 - lower_at(1 - rate, rows, alpha)


def shrinkage(degrees: float, alpha: float) -> float:
    """(z / t)^2, by which effective rows shrink for an estimated design effect (Korn & Graubard 1998).

    Continued by its value at alpha = 0.4 where z and t vanish together.
    """
    level = min(alpha, 1 - alpha, 0.4)
    return float(ndtri(level) / stdtrit(degrees, level)) ** 2
