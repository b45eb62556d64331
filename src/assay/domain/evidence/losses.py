"""What predictions of numbers lost, and means of values."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum

from assay.domain.evidence.changes import Paired
from assay.domain.evidence.rates import Compare
from assay.domain.evidence.told import Counted, Of, OfGroups, Told, is_compared


@dataclass(frozen=True, slots=True)
class LossCell:
    """What the rows of one group lost: strictly increasing ``places`` on a grid, and the rows at each.

    Place 0 is a loss of exactly 0, place k one of more than k - 1 and at most k widths of the grid.
    """

    label: str
    places: tuple[int, ...]
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        whole = all(type(number) is int for number in (*self.places, *self.rows))
        increasing = all(a < b for a, b in itertools.pairwise(self.places))
        if not whole or not increasing or len(self.places) != len(self.rows) or min(self.rows, default=0) < 0:
            raise ValueError("losses need increasing places with a whole number of rows at each")

    @property
    def n(self) -> int:
        """All rows."""
        return sum(self.rows)

    @property
    def told(self) -> tuple[Told, ...]:
        """All rows of the group."""
        return (Told(self.label, self.n, Of.ALL),)


class Summary(StrEnum):
    """What is made of the losses of many rows."""

    MEAN = "mean"
    ROOT_MEAN_SQUARE = "root_mean_square"


@dataclass(frozen=True, slots=True)
class Losses(OfGroups):
    """Losses of the rows of one or more groups, none above ``largest``, on a grid of ``steps`` widths; alone or as differences.

    Bounds are those of losses rounded to the worse side, so that a grid costs its width at most and never helps.
    """

    cells: tuple[LossCell, ...]
    largest: float
    steps: int
    summary: Summary = Summary.MEAN
    compare: Compare = Compare.EACH
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.largest < math.inf or type(self.steps) is not int or self.steps < 1:
            raise ValueError("losses need a largest one above 0 and a grid of at least one step")
        if any(
            cell.places and not 0 <= cell.places[0] <= cell.places[-1] <= self.steps for cell in self.cells
        ):
            raise ValueError("a loss lies outside of its grid")
        if self.compare is Compare.RATIO:
            raise ValueError("losses stand alone or are compared as differences")

    def compares(self, one: LossCell, two: LossCell) -> bool:
        """Whether the ordered pair is a piece, as of rates."""
        return is_compared(one.label, two.label, self.reference, self.focus)


@dataclass(frozen=True, slots=True)
class ExplainedCell:
    """The rows of one group by true number and absolute error: places on two grids of the declared range, and the rows at each pair.

    An outcome is at the nearest place, an error at most at its own and above the one before.
    """

    label: str
    outcomes: tuple[int, ...]
    errors: tuple[int, ...]
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        columns = (self.outcomes, self.errors, self.rows)
        if len({len(column) for column in columns}) != 1:
            raise ValueError("explained variance needs as many errors and numbers of rows as outcomes")
        if any(type(number) is not int or number < 0 for column in columns for number in column):
            raise ValueError("explained variance needs places and rows that are whole numbers")

    @property
    def n(self) -> int:
        """All rows."""
        return sum(self.rows)

    @property
    def told(self) -> tuple[Told, ...]:
        """All rows of the group."""
        return (Told(self.label, self.n, Of.ALL),)


@dataclass(frozen=True, slots=True)
class Explained(OfGroups):
    """Outcomes and errors of one or more groups, of which the share of the variance that is explained is judged for each."""

    cells: tuple[ExplainedCell, ...]
    steps: int
    error_steps: int

    def __post_init__(self) -> None:
        if any(type(steps) is not int or steps < 1 for steps in (self.steps, self.error_steps)):
            raise ValueError("a grid needs at least one step")
        if any(
            max(cell.outcomes, default=0) > self.steps or max(cell.errors, default=0) > self.error_steps
            for cell in self.cells
        ):
            raise ValueError("an outcome or an error lies outside of its grid")


@dataclass(frozen=True, slots=True)
class MeanCell:
    """The rows of one group by the value that each has: strictly increasing ``values``, rows at each."""

    label: str
    values: tuple[float, ...]
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.values) != len(self.rows) or any(type(n) is not int or n < 0 for n in self.rows):
            raise ValueError("a mean needs as many whole numbers of rows as values")
        if list(self.values) != sorted(set(self.values)):
            raise ValueError("a mean needs values that increase")

    @property
    def told(self) -> tuple[Told, ...]:
        """Some rows of the group."""
        return (Told(self.label, sum(self.rows), Of.SOME),)


@dataclass(frozen=True, slots=True)
class Means(OfGroups):
    """Values of rows that lie between ``low`` and ``high`` whatever happens, in one or more groups; the mean of each is judged."""

    cells: tuple[MeanCell, ...]
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError("a mean needs values that can differ: low < high")
        if any(not self.low <= value <= self.high for cell in self.cells for value in cell.values):
            raise ValueError("a mean needs values between its low and its high")


@dataclass(frozen=True, slots=True)
class MeanCurve(Counted):
    """The mean of what the same rows have at each of some ``points`` of a scale, between ``low`` and ``high``; each is judged."""

    points: tuple[float, ...]
    cells: tuple[MeanCell, ...]
    low: float
    high: float

    def __post_init__(self) -> None:
        if len(self.points) != len(self.cells) or list(self.points) != sorted(set(self.points)):
            raise ValueError("a curve of means has points that increase, and a mean at each")

    @property
    def means(self) -> Means:
        """The same means without their places."""
        return Means(self.cells, self.low, self.high)


@dataclass(frozen=True, slots=True)
class ByInput(Counted):
    """What is lost when an input is that of another case, a cell for each input, which is its label; each is judged."""

    lost: Paired | Means
