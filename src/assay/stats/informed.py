"""Whether decisions or scores of another model know anything of the label: a gain over one that knows nothing is none.

Both tests are one-sided, of "label 1 is decided 1, or scored higher, no more often than label 0". What is decided alike for everybody, or
nearly so, and what is drawn by lot, is not told from it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Undefined
from assay.domain.vocabulary import Reason

LEVEL = 0.05
"""At which it must be shown."""

Integers = NDArray[np.int64]


def p_decided(counts: Integers) -> float:
    """Fisher's exact test of int[2, 2], rows by label and decision: the upper tail of the hypergeometric; 1 where one label has no row."""
    from scipy.special import gammaln

    n = int(counts.sum())
    positive, chosen = int(counts[1].sum()), int(counts[:, 1].sum())
    least, most = int(counts[1, 1]), min(positive, chosen)
    if not positive or positive == n or most < least:
        return 1.0
    x = np.arange(least, most + 1, dtype=np.float64)

    def ways(of: float, some: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(
            gammaln(of + 1) - gammaln(np.asarray(some) + 1) - gammaln(of - np.asarray(some) + 1)
        )

    x = x[chosen - x <= n - positive]
    logs = ways(positive, x) + ways(n - positive, chosen - x) - ways(n, float(chosen))
    return float(min(1.0, np.exp(logs).sum()))


def p_ranked(counts: Integers) -> float:
    """Mann and Whitney's test of int[k, 2], rows by score in increasing order and label, with ties (normal); 1 where nothing is ranked."""
    by_score = counts.sum(axis=1).astype(np.float64)
    n, (m0, m1) = float(by_score.sum()), counts.sum(axis=0).astype(np.float64)
    ties = float((by_score**3 - by_score).sum())
    if not m0 or not m1 or ties >= n**3 - n:
        return 1.0
    below = np.concatenate([[0.0], np.cumsum(counts[:, 0])[:-1]])
    u = float((counts[:, 1] * (below + counts[:, 0] / 2)).sum())
    deviation = math.sqrt(m0 * m1 / 12 * (n + 1 - ties / (n * (n - 1))))
    return math.erfc((u - m0 * m1 / 2) / deviation / math.sqrt(2)) / 2


def uninformed(name: str, p: float, does: str) -> Undefined | None:
    """That the incumbent in a column is no model to be better than; None where it is shown to know the label."""
    if p <= LEVEL:
        return None
    said = (
        f"{name!r} is not shown to {does} (p = {p:.2g}, at level {LEVEL:g}): a gain over what treats everybody alike, or by lot, is no "
        "improvement on a model. Compare with performance.gain_over_baseline instead, or name the scores that are in use."
    )
    return Undefined(Reason.NOT_MEASURED, said)
