"""Two groups compared over strata: the part of a gap that arises within strata, a reversal, and the conditional disparity. Grade B, all of them: their standard errors are those of large samples, and their sizes were simulated.

Counts are arrays whose last axis is the strata: ``x1`` favourable decisions of ``n1`` rows of the first group, ``x2`` of ``n2`` of
the second. Each group's rows are a sample of that group; how they fall into the strata is sampled too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from assay.stats.bound import Bound
from assay.stats.histogram import Undefined, require_level
from assay.stats.rates import lower_limit, upper_limit
from assay.stats.simulated_sizes import SIMULATED_SIZES, simulated_size

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mixture:
    """A sum of rates times coefficients, and how much it varies because the coefficients were sampled too.

    rates: x, n and coefficient of each term, along the last axis. shares: the variance of the coefficients' part. products: for each
    term the variance of its coefficient, where it may be near 0; else none. least: rows of the smallest rate.
    """

    x: Floats
    n: Floats
    coefficient: Floats
    shares: Floats
    products: Floats | None = None

    @property
    def least(self) -> Floats:
        """Rows of the smallest rate."""
        return np.asarray(self.n.min(axis=-1))

    @property
    def estimate(self) -> Floats:
        """The sum."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.coefficient * self.x / self.n).sum(axis=-1))

    def lower(self, alpha: float) -> Floats:
        """Lower limits at level alpha: the variances of the rates are recovered from their Clopper-Pearson limits (MOVER; Zou &
        Donner 2008, Statistics in Medicine 27), so that a rate of 0 in a small cell is not taken for known. None is less than that of
        the normal approximation: a limit cannot lie below 0, so that the limits of many rare rates together came out too near.
        """
        return self.estimate - self._width(alpha, np.sign(self.coefficient))

    def upper(self, alpha: float) -> Floats:
        """Upper limits, likewise."""
        return self.estimate + self._width(alpha, -np.sign(self.coefficient))

    def _width(self, alpha: float, towards: Floats) -> Floats:
        rate, z = self.x / self.n, -float(ndtri(alpha))
        down, up = rate - lower_limit(self.x, self.n, alpha), upper_limit(self.x, self.n, alpha) - rate
        distance = np.maximum(np.where(towards > 0, down, up), z * np.sqrt(rate * (1 - rate) / self.n))
        squares = (self.coefficient * distance) ** 2
        width = np.sqrt(squares.sum(axis=-1) + z**2 * self.shares)
        if self.products is None:
            return np.asarray(width)
        return np.asarray(width + (z**2 + 1) / 2 * self._of_products(z, down, up))

    def _of_products(self, z: float, down: Floats, up: Floats) -> Floats:
        """The standard error of the sum of errors of rates times errors of coefficients, which a first-order width leaves out.

        Where both factors of a product are within a few standard errors of 0, its error of second order is as large as those of first
        order, and the width is small just when the product is too near: the limit of xy over all x, y within z of what was seen is
        higher by up to z^2 / 2 of these errors. The half more is for the curvature of the products with one value: for two
        normal factors the limits then err with their level, from .001 to .5, wherever the two are.
        """
        rate = self.x / self.n
        error = np.maximum(rate * (1 - rate) / self.n, (np.maximum(down, up) / max(z, 1.0)) ** 2)
        return np.asarray(np.sqrt((error * self.products).sum(axis=-1)))


def treatment(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> Mixture:
    """The part of p1 - p2 that arises within strata: sum over them of (w1 + w2) / 2 times (p1 - p2), w their shares of a group.

    Kitagawa 1955 (JASA 50:1168); the two-fold decomposition of Oaxaca and Blinder for strata, with averaged weights.
    """
    return _kitagawa(x1, n1, x2, n2, within=True)


def composition(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> Mixture:
    """The rest of p1 - p2, that arises because the groups are in different strata: (p1 + p2) / 2 times (w1 - w2)."""
    return _kitagawa(x1, n1, x2, n2, within=False)


def _kitagawa(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, within: bool) -> Mixture:
    a, m1, c, m2 = counted(x1, n1, x2, n2)
    w1, w2 = m1 / m1.sum(-1, keepdims=True), m2 / m2.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = a / m1, c / m2
    of_shares, of_one = ((p1 - p2) / 2, (w1 + w2) / 2) if within else ((p1 + p2) / 2, (w1 - w2) / 2)
    coefficient = np.concatenate([of_one, -of_one if within else of_one], axis=-1)
    shares = _of_shares(w1, of_shares, m1) + _of_shares(w2, of_shares, m2)
    of_weights = (
        None
        if within
        else (w1 * (1 - w1) / m1.sum(-1, keepdims=True) + w2 * (1 - w2) / m2.sum(-1, keepdims=True)) / 4
    )
    products = None if of_weights is None else np.concatenate([of_weights, of_weights], axis=-1)
    return Mixture(
        np.concatenate([a, c], axis=-1), np.concatenate([m1, m2], axis=-1), coefficient, shares, products
    )


def _of_shares(w: Floats, value: Floats, n: Floats) -> Floats:
    """The variance of the mean of a value over strata whose shares are sampled (multinomial)."""
    mean = (w * value).sum(-1)
    return np.asarray(np.maximum((w * value**2).sum(-1) - mean**2, 0.0) / n.sum(-1))


def disparity(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> Mixture:
    """The conditional demographic disparity of the first group against all others, who are the second.

    Per stratum, the group's share of the refused less its share of the favoured; averaged by the rows of the strata (Wachter,
    Mittelstadt & Russell 2021, Computer Law & Security Review 41; Amazon SageMaker Clarify). Positive: the group is refused more.
    """
    a, m1, c, m2 = counted(x1, n1, x2, n2)
    favoured, rows = a + c, m1 + m2
    refused, w = rows - favoured, rows / rows.sum(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        in_each = (m1 - a) / refused - a / favoured
    return Mixture(
        np.concatenate([m1 - a, a], axis=-1),
        np.concatenate([refused, favoured], axis=-1),
        np.concatenate([w, -w], axis=-1),
        _of_shares(w, in_each, rows),
    )


def gap(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> Mixture:
    """p1 - p2 over all strata together."""
    return treatment(*(v.sum(-1, keepdims=True) for v in counted(x1, n1, x2, n2)))


@dataclass(frozen=True, slots=True)
class Reversal:
    """How far a gap turns round within strata: the smaller of the gap over all and of minus the part within; 0 where neither is positive.

    The smaller of two is at most either, so its upper limit is the smaller of two limits that share alpha (Bonferroni, for which of
    them is smaller is seen in the data); it is at least t when both are (Berger 1982), so its lower limit is the smaller of two at alpha.
    """

    overall: Mixture
    within: Mixture

    @property
    def least(self) -> Floats:
        """Rows of the smallest rate."""
        return np.minimum(self.overall.least, self.within.least)

    @property
    def estimate(self) -> Floats:
        """The reversal."""
        return np.maximum(np.minimum(self.overall.estimate, -self.within.estimate), 0.0)

    def lower(self, alpha: float) -> Floats:
        """Lower limits at level alpha."""
        return np.maximum(np.minimum(self.overall.lower(alpha), -self.within.upper(alpha)), 0.0)

    def upper(self, alpha: float) -> Floats:
        """Upper limits at level alpha."""
        return np.maximum(np.minimum(self.overall.upper(alpha / 2), -self.within.lower(alpha / 2)), 0.0)


def reversal(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> Reversal:
    """The gap over all strata, and the part of it within them, as one value."""
    return Reversal(gap(x1, n1, x2, n2), treatment(x1, n1, x2, n2))


class Estimates(Protocol):
    """Estimates with their limits at a level, and the size that their errors are known by."""

    @property
    def least(self) -> Floats:
        """What the simulated sizes of the rule are indexed by."""
        ...

    @property
    def estimate(self) -> Floats:
        """The estimates."""
        ...

    def lower(self, alpha: float) -> Floats:
        """Lower limits at level alpha."""
        ...

    def upper(self, alpha: float) -> Floats:
        """Upper limits at level alpha."""
        ...


Rule = Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike], Estimates]


def bound_of(found: Estimates, alpha: float, *, rule: str, method: str) -> Bound:
    """One estimate between limits, each one-sided at level alpha: grade B, and A without the name of a simulated rule.

    Raises Undefined below the fewest that were simulated, of what the rule counts; ValueError unless 0 < alpha <= 0.5.
    """
    require_level(alpha)
    least, fewest = int(found.least), SIMULATED_SIZES[rule][0][0] if rule else 0
    if least < fewest:
        raise Undefined(
            f"the smallest count that the method rests on is {least:,}; its error rate is known from {fewest} on",
            reason="too_few_rows_for_method",
        )
    if not np.isfinite(found.estimate):
        raise Undefined("nothing can be divided by a rate of zero", reason="zero_denominator")
    estimate, lower, upper = (float(v) for v in (found.estimate, found.lower(alpha), found.upper(alpha)))
    if not rule:
        return Bound(estimate, lower, upper, method, "A")
    return Bound(estimate, lower, upper, method, "B", simulated_size(rule, least, alpha))


def counted(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> tuple[Floats, ...]:
    """The counts as arrays of floats. Raises ValueError unless 0 <= x <= n everywhere."""
    arrays = tuple(np.asarray(v, dtype=np.float64) for v in (x1, n1, x2, n2))
    if any((x < 0).any() or (x > n).any() for x, n in (arrays[:2], arrays[2:])):
        raise ValueError("expected 0 <= x <= n in every stratum, found a count outside")
    return arrays
