"""How much more decisions change in favour of one group than of another from one stage to the next: exact, by a box of binomial limits.

The same rows are decided at both stages, so that the gap changes by the share of those who gain less the share of those who lose, of one
group less of the other. Each of the four rates has a Clopper-Pearson limit at a quarter of alpha (Bonferroni); however gains and losses depend on
each other, all hold at once.
"""

from __future__ import annotations

from typing import NamedTuple

from assay.stats.rates import lower_limit, upper_limit


class Changed(NamedTuple):
    """Rows of a group, and how many are decided favourably only at the later stage, or only at the earlier one."""

    gained: int
    lost: int
    n: int

    @property
    def change(self) -> float:
        """By how much the rate of favourable decisions grows."""
        return (self.gained - self.lost) / self.n

    def least(self, part: float) -> float:
        """A lower limit of that, each of two rates at this level."""
        return float(lower_limit(self.gained, self.n, part) - upper_limit(self.lost, self.n, part))

    def most(self, part: float) -> float:
        """An upper limit, likewise."""
        return float(upper_limit(self.gained, self.n, part) - lower_limit(self.lost, self.n, part))


def change_of_gap(one: Changed, two: Changed) -> float:
    """By how much the gap of the first over the second grows."""
    return one.change - two.change


def limits_of_change(one: Changed, two: Changed, alpha: float) -> tuple[float, float]:
    """One-sided limits of that, each at level alpha."""
    part = alpha / 4
    return one.least(part) - two.most(part), one.most(part) - two.least(part)
