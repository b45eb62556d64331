"""Counts that are released with noise: how much is added for an epsilon, and how far a count then lies from the truth.

The noise is discrete Laplace: P(k) proportional to exp(-|k| / scale) for every whole number k (Ghosh, Roughgarden & Sundararajan 2012,
SIAM J. Computing 41, the geometric mechanism). Counts of which one person changes ``sensitivity`` by one each are epsilon-differentially
private with a scale of sensitivity / epsilon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noise:
    """Discrete Laplace noise.

    Attributes:
        epsilon: what the release costs each person. sensitivity: how many counts one person changes, by one each.
    """

    epsilon: float
    sensitivity: int

    def __post_init__(self) -> None:
        if not 0 < self.epsilon < math.inf or self.sensitivity < 1:
            raise ValueError("noise needs an epsilon above 0, and counts that somebody changes")

    @property
    def scale(self) -> float:
        """The mean size of the noise, nearly."""
        return self.sensitivity / self.epsilon

    def within(self, confidence: float) -> int:
        """The smallest m such that a count lies at most m from the truth with this probability."""
        ratio = math.exp(-1 / self.scale)
        beyond = (1 - confidence) * (1 + ratio) / 2  # P(|noise| > m) is 2 ratio^(m + 1) / (1 + ratio)
        return max(0, math.ceil(math.log(beyond) / math.log(ratio) - 1 - 1e-9))


def cells_of(rows: int, positives: int, decided: int, correct: int) -> tuple[int, int, int, int]:
    """Rows by label and decision (0 and 0, 0 and 1, 1 and 0, 1 and 1), of which each person is in one, from four sums that overlap.

    Raises:
        ValueError: no rows have these sums.
    """
    twice = positives + decided + correct - rows
    both = twice // 2
    cells = rows - positives - (decided - both), decided - both, positives - both, both
    if twice % 2 or min(cells) < 0:
        raise ValueError("no rows have these numbers of labels, decisions and right decisions")
    return cells
