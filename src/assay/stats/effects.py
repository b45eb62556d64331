"""A gap between two groups along the paths of a causal graph: what is direct, what goes through mediators, what is spurious.

Zhang & Bareinboim 2018 (AAAI, "Fairness in decision-making: the causal explanation formula"). With x1 for the first group, x0 for the second,
z the confounders and w the mediators, P(y | x1) - P(y | x0) is the sum of

    direct      sum of [P(y | x1, z, w) - P(y | x0, z, w)] P(w | x0, z) P(z | x0): they are treated as x1, and all else stays as it is;
    indirect    sum of P(y | x1, z, w) [P(w | x1, z) - P(w | x0, z)] P(z | x0): minus the formula's indirect effect of x1 to x0;
    spurious    sum of P(y | x1, z, w) P(w | x1, z) [P(z | x1) - P(z | x0)]: minus its spurious effect.

Direct and indirect are counterfactuals of x0's people; without confounders they are the natural effects of Pearl 2001 (UAI). That they are
effects rests on the graph. Each is a sum of rates of cells times functions of shares of cells, whose sampling is that of the delta method,
with a term of second order where both may be near 0: grade B. Counts are arrays [..., cells]; ``stratum`` says in which stratum of the confounders each cell lies.
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
    of_mediators = of0**2 * (
        _of_share(m1 / of1, _in(_floats(n1), stratum)) + _of_share(m0 / of0, _in(_floats(n2), stratum))
    )
    return _mixture(
        (x1, n1, x2, n2),
        (m1 * of0 / of1 - m0, none),
        (of0 / of1 * (p1 - r1), r1 - p1),
        (m1, m0),
        products=(of_mediators, none),
    )


def spurious(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, stratum: Strata) -> Mixture:
    """The rest: that x1's people are in other strata of the confounders, on which the attribute does not act.

    The mediators sum out: what is left are rates of x1 in the strata times differences of the strata's shares.
    """
    whole = (stratum[:, None] == np.unique(stratum)[None, :]).astype(np.float64)
    a, n, c, m = (_floats(v) @ whole for v in (x1, n1, x2, n2))
    m1, m0, p1, _ = _shares(a, n, c, m)
    none = np.zeros_like(m1)
    of_strata = _of_share(m1, n.sum(-1, keepdims=True)) + _of_share(m0, m.sum(-1, keepdims=True))
    return _mixture((a, n, c, m), (m1 - m0, none), (p1, -p1), (m1, m0), products=(of_strata, none))


Effect = Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike, Strata], Mixture]


def _shares(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> tuple[Floats, ...]:
    """Shares of the cells in x1 and in x0, and their rates."""
    a, m1, c, m2 = (_floats(v) for v in (x1, n1, x2, n2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return m1 / m1.sum(-1, keepdims=True), m2 / m2.sum(-1, keepdims=True), a / m1, c / m2


def _floats(counts: ArrayLike) -> Floats:
    return np.asarray(counts, dtype=np.float64)


def _of_share(share: Floats, n: Floats) -> Floats:
    """The variance of one share of n rows."""
    return np.asarray(share * (1 - share) / n)


def _in(value: Floats, stratum: Strata) -> Floats:
    """The sum over each cell's stratum, at each cell."""
    same = (stratum[:, None] == stratum[None, :]).astype(np.float64)
    return np.asarray(value @ same)


def _mixture(
    counts: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    coefficients: tuple[Floats, Floats],
    of_shares: tuple[Floats, Floats],
    shares: tuple[Floats, Floats],
    products: tuple[Floats, Floats] | None = None,
) -> Mixture:
    """Rates of both groups with their coefficients; ``of_shares``: the derivative by each share, the coefficients' among it.

    ``products``: the variance of each coefficient, where it may be near 0.
    """
    x1, n1, x2, n2 = (_floats(v) for v in counts)
    variance = np.zeros(x1.shape[:-1])
    for value, share, n in zip(of_shares, shares, (n1, n2), strict=True):
        mean = (share * value).sum(-1)
        variance = variance + np.maximum((share * value**2).sum(-1) - mean**2, 0.0) / n.sum(-1)
    return Mixture(
        np.concatenate([x1, x2], axis=-1),
        np.concatenate([n1, n2], axis=-1),
        np.concatenate(coefficients, axis=-1),
        np.asarray(variance),
        None if products is None else np.concatenate(products, axis=-1),
    )
