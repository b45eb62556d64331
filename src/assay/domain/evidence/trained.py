"""Models that the recipe trained, and the rows on which they were asked."""

from __future__ import annotations

from dataclasses import dataclass

from assay.domain.evidence.changes import PairedCell
from assay.domain.evidence.rates import Rate
from assay.domain.evidence.told import Counted


@dataclass(frozen=True, slots=True)
class Folds(Counted):
    """A rate in each fold of a cross-validation, of which the mean is judged.

    Each is of rows that its own model has not seen; the models have most of their rows in common, so that the folds depend on
    each other in a way that nobody knows.
    """

    cells: tuple[Rate, ...]

    def __post_init__(self) -> None:
        if any(cell.trials == 0 for cell in self.cells):
            raise ValueError("a fold without rows has no rate")


@dataclass(frozen=True, slots=True)
class Learned(Counted):
    """The share of right decisions by the number of training rows, on the same rows each time.

    Attributes:
        sizes: how many training rows, the smallest first. cells: the rate at each.
        last: the last step as a pair, of which the gain is judged: ``worse`` were right with all training rows and not with
            those of the step before, ``better`` the other way round.
    """

    sizes: tuple[int, ...]
    cells: tuple[Rate, ...]
    last: PairedCell

    def __post_init__(self) -> None:
        if len(self.sizes) != len(self.cells) or any(cell.trials == 0 for cell in self.cells):
            raise ValueError("a learning curve has a rate of some rows at each size")
