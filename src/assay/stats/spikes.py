"""Values that stand out of their neighbourhood: how surely a value comes more often than the values beside it explain.

The hypothesis is that a value is at most :data:`TIMES` as probable as the mean of the cells beside it: the three next to it, on the
side where they are fuller; or the free cells up to the next value, at least three and at most fifty. Given the rows at the value and
in k such cells together, those at the value are then at most binomial with the share TIMES / (TIMES + k), whatever the distribution.
The widths of gap that are looked at are paid for (Bonferroni), so the p-value is valid in finite samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TIMES = 5
"""Heaps at round or common values are as high as this without being suspicious."""
NEXT, WIDEST = 3, 50
"""So many cells are always looked at, and the widest gap that counts."""
_FAR = 1e15
"""Cells: no number that is farther away, or without end, counts otherwise."""
_LOOKS = 1 + WIDEST - NEXT + 1


@dataclass(frozen=True, slots=True)
class Spike:
    """A value and what is beside it.

    Attributes:
        rows: at the value. beside: in the :data:`NEXT` cells beside it, on the fuller side. gap: free cells up to the next value, 0 for none.
        times: as often as what is beside it a value may be no spike.
    """

    rows: int
    beside: int
    gap: int
    times: int = TIMES

    @property
    def p_value(self) -> float:
        """How probable so many rows are if the value is no spike."""
        if self.rows == 0:
            return 1.0
        next_to = self._p(self.beside, NEXT)
        alone = self._p(0, min(self.gap, WIDEST)) if self.gap >= NEXT else 1.0
        return min(1.0, _LOOKS * min(next_to, alone))

    def _p(self, beside: int, cells: int) -> float:
        from scipy.special import betainc  # whoever lists the checks does not wait for scipy

        # The upper tail of a binomial.
        return float(betainc(self.rows, beside + 1, self.times / (self.times + cells)))

    @property
    def apart(self) -> bool:
        """Whether at least :data:`NEXT` cells beside it are free."""
        return self.gap >= NEXT


def spike_at(
    value: float, rows: int, others: NDArray[np.float64], counts: NDArray[np.int64], width: float
) -> Spike:
    """What is at a value and beside it.

    Args:
        value: its number. rows: with it. others: float64[k], the other values, increasing; counts: their rows.
        width: of a cell.
    """
    sides = []
    for away in (others[others < value], others[others > value]):
        if len(away):
            with np.errstate(over="ignore"):
                distance = np.minimum(np.abs(away - value) / width, _FAR)
            near = counts[np.isin(others, away)][distance < NEXT + 0.5]
            sides.append((int(near.sum()), int(np.floor(distance.min() - 0.5 + 1e-9))))
    if not sides:
        return Spike(rows, 0, 0)
    return Spike(rows, max(n for n, _ in sides), max(0, min(gap for _, gap in sides)))


def usual_spacing(values: NDArray[np.float64]) -> float:
    """The median distance between two neighbouring values, increasing; 1 where there are not two."""
    if len(values) < 2:
        return 1.0
    with np.errstate(over="ignore"):
        return float(min(np.median(np.diff(values)), np.finfo(np.float64).max))
