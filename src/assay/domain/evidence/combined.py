"""Several rates of the same rows, of which one value is made for two groups."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assay.domain.evidence.rates import Rate
from assay.domain.evidence.told import OfGroups, is_compared

CUTS = ("above the median", "above its lower limit", "above its upper limit")
"""The families of a scoring ratio: rows above the sample's median score, and above the limits of the population's median."""
MEDIAN_MISSED = 0.001
"""The chance that the population's median lies outside of those limits."""


class Combination(StrEnum):
    """What is computed of the rates of two groups in :class:`Combined`."""

    SCORING_RATIO = "scoring_ratio"
    EXPECTED_COST = "expected_cost"


@dataclass(frozen=True, slots=True)
class Combined(OfGroups):
    """Rates of different events (the family of a cell) among the same rows of each group; all of a pair of groups make one piece.

    ``reference`` and ``focus`` as in :class:`Rates`. ``weights``: of an expected cost, what an event of each family costs, in the
    order in which the families come.
    """

    cells: tuple[Rate, ...]
    combination: Combination
    reference: str | None = None
    focus: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        places = [(cell.label, cell.family) for cell in self.cells]
        whole = {(a, b) for a, _ in places for _, b in places}
        if len(places) != len(set(places)) or set(places) != whole:
            raise ValueError("each group needs one rate of each event")
        if len({(cell.label, cell.trials) for cell in self.cells}) != len(self.labels):
            raise ValueError("the rates of a group are of the same rows")
        priced = self.combination is Combination.EXPECTED_COST
        if len(self.weights) != (len({cell.family for cell in self.cells}) if priced else 0):
            raise ValueError("an expected cost, and nothing else, needs the cost of each family")
        if any(not 0 <= weight < float("inf") for weight in self.weights):
            raise ValueError("what an event costs is a number of at least 0")

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups."""
        return tuple(dict.fromkeys(cell.label for cell in self.cells))

    def compares(self, one: str, two: str) -> bool:
        """Whether the ordered pair is a piece, in both directions."""
        return is_compared(one, two, self.reference, self.focus)
