"""A gap between two groups along the paths of a causal graph: what is direct, what goes through mediators, what is spurious.

Zhang & Bareinboim 2018 (AAAI, "Fairness in decision-making: the causal explanation formula"). With x1 for the first group, x0 for the second,
z the confounders and w the mediators, P(y | x1) - P(y | x0) is the sum of

    direct      sum of [P(y | x1, z, w) - P(y | x0, z, w)] P(w | x0, z) P(z | x0): they are treated as x1, and all else stays as it is;
    indirect    sum of P(y | x1, z, w) [P(w | x1, z) - P(w | x0, z)] P(z | x0): minus the formula's indirect effect of x1 to x0;
    spurious    sum of P(y | x1, z, w) P(w | x1, z) [P(z | x1) - P(z | x0)]: minus its spurious effect.

Direct and indirect are counterfactuals of x0's people; without confounders they are the natural effects of Pearl 2001 (UAI). That they are
effects rests on the graph. Each is a sum of rates of cells times functions of shares of cells, whose sampling is that of the delta method:
grade B. Counts are arrays [..., cells]; ``stratum`` says in which stratum of the confounders each cell lies.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assay.stats.stratified import Floats, Mixture

Strata = NDArray[np.int64]


def direct(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, _: Strata) -> Mixture:
    """What is left of the gap among people of x0 when the mediators are as they are."""
    m1, m0, p1, p0 = _shares(x1, n1, x2, n2)
    none = np.zeros_like(m1)
    return _mixture((x1, n1, x2, n2), (m0, -m0), (none, p1 - p0), (m1, m0))


def indirect(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, stratum: Strata) -> Mixture:
    """What changes for people of x0, treated as x1, when their mediators become those of x1 in the same stratum."""
    m1, m0, p1, _ = _shares(x1, n1, x2, n2)
    of1, of0, r1 = _in(m1, stratum), _in(m0, stratum), _in(p1 * m1, stratum) / _in(m1, stratum)
    none = np.zeros_like(m1)
    return _mixture((x1, n1, x2, n2), (m1 * of0 / of1 - m0, none), (of0 / of1 * (p1 - r1), r1 - p1), (m1, m0))


def spurious(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, stratum: Strata) -> Mixture:
    """The rest: that x1's people are in other strata of the confounders, on which the attribute does not act."""
    m1, m0, p1, _ = _shares(x1, n1, x2, n2)
    of1, of0, r1 = _in(m1, stratum), _in(m0, stratum), _in(p1 * m1, stratum) / _in(m1, stratum)
    none = np.zeros_like(m1)
    return _mixture(
        (x1, n1, x2, n2), (m1 * (1 - of0 / of1), none), (p1 * (1 - of0 / of1) + of0 / of1 * r1, -r1), (m1, m0)
    )


Effect = Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike, Strata], Mixture]


def _shares(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> tuple[Floats, ...]:
    """Shares of the cells in x1 and in x0, and their rates."""
    a, m1, c, m2 = (np.asarray(v, dtype=np.float64) for v in (x1, n1, x2, n2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return m1 / m1.sum(-1, keepdims=True), m2 / m2.sum(-1, keepdims=True), a / m1, c / m2


def _in(value: Floats, stratum: Strata) -> Floats:
    """The sum over each cell's stratum, at each cell."""
    same = (stratum[:, None] == stratum[None, :]).astype(np.float64)
    return np.asarray(value @ same)


def _mixture(
    counts: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    coefficients: tuple[Floats, Floats],
    of_shares: tuple[Floats, Floats],
    shares: tuple[Floats, Floats],
) -> Mixture:
    """Rates of both groups with their coefficients; ``of_shares``: the derivative by each share, the coefficients' among it."""
    x1, n1, x2, n2 = (np.asarray(v, dtype=np.float64) for v in counts)
    variance = np.zeros(x1.shape[:-1])
    for value, share, n in zip(of_shares, shares, (n1, n2), strict=True):
        mean = (share * value).sum(-1)
        variance = variance + np.maximum((share * value**2).sum(-1) - mean**2, 0.0) / n.sum(-1)
    return Mixture(
        np.concatenate([x1, x2], axis=-1),
        np.concatenate([n1, n2], axis=-1),
        np.concatenate(coefficients, axis=-1),
        np.asarray(variance),
    )
