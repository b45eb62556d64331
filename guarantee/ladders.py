"""Ladders of losses: the populations that pass most often though they should not, in every design that a mean underlies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ladder:
    """Losses of which most are small, a few middling and fewer grave: where a sample lacks the grave ones it looks good.

    base: the loss of most rows. rungs: further losses, with the rows expected there, or the share of all rows where it is
    below `SHARE`. Found by attackers who climbed to the population that is passed most often, by this rule and by the
    one before it.
    """

    base: float
    rungs: tuple[tuple[float, float], ...]

    def at(self, n: int) -> tuple[Floats, Floats]:
        """Losses and their probabilities on n rows."""
        values = np.array([self.base, *(value for value, _ in self.rungs)])
        shares = np.array([many if many < SHARE else many / n for _, many in self.rungs])
        shares *= min(1.0, 0.9 / float(shares.sum()))
        return values, np.concatenate(([1 - shares.sum()], shares))


SHARE = 0.95
LADDERS: dict[str, Ladder] = {
    "three rungs, .07, .38": Ladder(0.0686, ((0.3847, 6.572), (1.0, 1.79))),
    "three rungs, .01, .35": Ladder(0.01, ((0.3527, 5.13), (1.0, 1.99))),
    "three rungs, .03, .35": Ladder(0.0317, ((0.3514, 7.57), (1.0, 2.1))),
    "three rungs, .02, .3": Ladder(0.02, ((0.3, 9.0), (1.0, 1.8))),
    "three rungs, 0, .12": Ladder(0.0, ((0.1178, 0.224), (1.0, 1.87))),
    "three rungs, half at .5": Ladder(0.1, ((0.5, 0.5), (1.0, 1.7))),
    "three rungs, two grave": Ladder(0.05, ((0.9, 4.0), (1.0, 1.7))),
    "four rungs": Ladder(0.0, ((0.0449, 0.0274), (0.398, 3.885), (1.0, 1.642))),
    "four rungs, fine": Ladder(0.0085, ((0.1435, 0.0252), (0.2311, 2.24), (1.0, 1.7))),
    "five rungs": Ladder(0.0, ((0.02, 0.3), (0.05, 30.0), (0.15, 8.0), (0.4, 4.0), (1.0, 1.7))),
    "five rungs, even": Ladder(0.01, ((0.1, 12.0), (0.2, 8.0), (0.4, 4.0), (0.7, 2.0), (1.0, 1.2))),
    "two rungs, a third": Ladder(0.0507, ((1.0, 0.73),)),
    "two rungs, a twelfth": Ladder(0.0, ((0.9445, 0.08),)),
}
