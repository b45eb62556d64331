"""Models that the recipe trained, and the rows on which they were asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assay.domain.evidence.changes import PairedCell
from assay.domain.evidence.losses import LossCell, MeanCell
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


def _require_losses(cells: tuple[LossCell, ...], largest: float, steps: int) -> None:
    if not 0 < largest < math.inf or type(steps) is not int or steps < 1:
        raise ValueError("losses need a largest one above 0 and a grid of at least one step")
    if any(cell.n == 0 or not 0 <= cell.places[0] <= cell.places[-1] <= steps for cell in cells):
        raise ValueError("each model needs rows whose losses lie on the grid")


@dataclass(frozen=True, slots=True)
class FoldLosses(Counted):
    """What the rows of each fold of a cross-validation lost, of whose means the mean is judged; as :class:`Folds`, of models of numbers.

    A loss lies between 0 and ``largest``, on a grid of ``steps`` widths.
    """

    cells: tuple[LossCell, ...]
    largest: float
    steps: int

    def __post_init__(self) -> None:
        _require_losses(self.cells, self.largest, self.steps)


@dataclass(frozen=True, slots=True)
class LearnedLosses(Counted):
    """What the same rows lost by the number of training rows; as :class:`Learned`, of models of numbers.

    Attributes:
        sizes: how many training rows, the smallest first. cells: the losses at each. largest, steps: as of :class:`FoldLosses`.
        last: by how much each row lost less with all training rows than with those of the step before, of which the mean is judged.
    """

    sizes: tuple[int, ...]
    cells: tuple[LossCell, ...]
    largest: float
    steps: int
    last: MeanCell

    def __post_init__(self) -> None:
        _require_losses(self.cells, self.largest, self.steps)
        if len(self.sizes) != len(self.cells) or not sum(self.last.rows):
            raise ValueError("a learning curve has losses of some rows at each size, and a last step")
        if any(abs(value) > self.largest for value in self.last.values):
            raise ValueError("no row gains more than the largest loss")
