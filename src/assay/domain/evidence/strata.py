"""Rates of groups in strata, of which one value is made over all strata."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assay.domain.evidence.rates import Rate
from assay.domain.evidence.told import OfGroups


class Composite(StrEnum):
    """What is computed of two groups over all strata of :class:`Stratified`."""

    ODDS_RATIO = "odds_ratio"
    WITHIN_STRATA = "within_strata"
    BY_COMPOSITION = "by_composition"
    REVERSAL = "reversal"
    DISPARITY = "disparity"
    SCORING_RATIO = "scoring_ratio"
    EXPECTED_COST = "expected_cost"


CUTS = ("above the median", "above its lower limit", "above its upper limit")
"""The families of a scoring ratio: rows above the sample's median score, and above the limits of the population's median."""


MEDIAN_MISSED = 0.001
"""The chance that the population's median lies outside of those limits."""


AGAINST_ALL_OTHERS = frozenset({Composite.DISPARITY})
"""Those that compare each group with all others together, and not with each of them."""


@dataclass(frozen=True, slots=True)
class Stratified(OfGroups):
    """Rates of groups in strata (the family of a cell), of which one value is made over all strata for each pair of groups.

    With a ``reference`` each group is compared with it, else all pairs; ``focus`` as in :class:`Rates`. Unlike rates, whose families
    are pieces of their own, all strata of a pair are one piece. ``weights``: of an expected cost, what an event of each family costs,
    in the order in which the families come.
    """

    cells: tuple[Rate, ...]
    composite: Composite
    reference: str | None = None
    focus: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        places = [(cell.label, cell.family) for cell in self.cells]
        whole = {(a, b) for a, _ in places for _, b in places}
        if len(places) != len(set(places)) or set(places) != whole:
            raise ValueError("each group needs one cell in each stratum, and may have no rows in it")
        priced = self.composite is Composite.EXPECTED_COST
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
        if one == two or (self.focus and one not in self.focus and two not in self.focus):
            return False
        return self.reference is None or self.reference in {one, two}
