"""How far apart two distributions over the same bins are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assay.domain.evidence.told import Of, OfGroups, Told


class Distance(StrEnum):
    """How far apart two distributions over the same bins are."""

    PSI = "psi"
    TOTAL_VARIATION = "total_variation"
    HELLINGER = "hellinger"


@dataclass(frozen=True, slots=True)
class HistogramPair:
    """Rows per bin in two samples; ``label`` says of what. Which bins there are was fixed without these rows."""

    label: str
    reference: tuple[int, ...]
    found: tuple[int, ...]

    def __post_init__(self) -> None:
        counts = (*self.reference, *self.found)
        if len(self.reference) != len(self.found) or any(type(n) is not int or n < 0 for n in counts):
            raise ValueError("two histograms need whole numbers of rows in the same bins")

    @property
    def told(self) -> tuple[Told, ...]:
        """Some rows of the group."""
        return (Told(self.label, sum(self.found), Of.SOME),)


@dataclass(frozen=True, slots=True)
class Histograms(OfGroups):
    """Distributions of two samples that are compared bin by bin; each distance is judged."""

    cells: tuple[HistogramPair, ...]
    distance: Distance
