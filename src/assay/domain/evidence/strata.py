"""Rates of groups in strata, of which one value is made over all strata."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assay.domain.evidence.rates import Rate
from assay.domain.evidence.told import OfGroups, is_compared


class Composite(StrEnum):
    """What is computed of two groups over all strata of :class:`Stratified`."""

    ODDS_RATIO = "odds_ratio"
    WITHIN_STRATA = "within_strata"
    BY_COMPOSITION = "by_composition"
    REVERSAL = "reversal"
    DISPARITY = "disparity"


AGAINST_ALL_OTHERS = frozenset({Composite.DISPARITY})
"""Those that compare each group with all others together, and not with each of them."""


@dataclass(frozen=True, slots=True)
class Stratified(OfGroups):
    """Rates of groups in strata (the family of a cell), of which one value is made over all strata for each pair of groups.

    With a ``reference`` each group is compared with it, else all pairs; ``focus`` as in :class:`Rates`. Unlike rates, whose families
    are pieces of their own, all strata of a pair are one piece.
    """

    cells: tuple[Rate, ...]
    composite: Composite
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        places = [(cell.label, cell.family) for cell in self.cells]
        whole = {(a, b) for a, _ in places for _, b in places}
        if len(places) != len(set(places)) or set(places) != whole:
            raise ValueError("each group needs one cell in each stratum, and may have no rows in it")

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups."""
        return tuple(dict.fromkeys(cell.label for cell in self.cells))

    def compares(self, one: str, two: str) -> bool:
        """Whether the ordered pair is a piece, in both directions."""
        return is_compared(one, two, self.reference, self.focus)
