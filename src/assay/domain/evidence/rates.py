"""Rates of groups, alone or compared, and what is counted in full."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assay.domain.evidence.told import Counted, Of, OfGroups, Told


class Compare(StrEnum):
    """How the cells of :class:`Rates` become pieces."""

    EACH = "each"
    DIFFERENCE = "difference"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Census(Counted):
    """A fact about the data in hand, counted in full: no inference, so no interval.

    ``found`` of ``total``; the value is the share when ``share`` is true, else the number found.
    ``details`` break the number down by column, code or pair of splits; never by row. Of those found ``by_chance`` are
    possibly none: where they decide, the criterion is not evaluable.
    """

    found: int
    total: int
    share: bool = False
    details: tuple[tuple[str, int], ...] = ()
    by_chance: int = 0

    def __post_init__(self) -> None:
        whole = type(self.found) is int and type(self.total) is int
        if not whole or self.found < 0 or self.total < 0 or (self.share and self.found > self.total):
            raise ValueError("a census needs whole numbers with 0 <= found, and found <= total for a share")
        if type(self.by_chance) is not int or not 0 <= self.by_chance <= self.found:
            raise ValueError("of those found, at most all are there by chance")


GIVEN_LABEL = {Of.LABEL_0.value: "0", Of.LABEL_1.value: "1"}
"""The families of rates that are of the rows with one true label, and that label."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``events`` of ``trials`` in the group ``label``; only cells of one ``family`` are compared."""

    label: str
    events: int
    trials: int
    family: str = ""

    def __post_init__(self) -> None:
        if (
            type(self.events) is not int
            or type(self.trials) is not int
            or not 0 <= self.events <= self.trials
        ):
            raise ValueError("a rate needs whole numbers with 0 <= events <= trials")

    @property
    def told(self) -> tuple[Told, ...]:
        """The rows of the group that it is of, by the label that its family names."""
        return (Told(self.label, self.trials, Of(self.family) if self.family in GIVEN_LABEL else Of.SOME),)


@dataclass(frozen=True, slots=True)
class Rates(OfGroups):
    """Rates of one or more groups. With a ``reference`` each group is compared with it, else all pairs.

    With a ``focus`` only the pairs that one of those groups belongs to are compared.
    """

    cells: tuple[Rate, ...]
    compare: Compare = Compare.EACH
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def compares(self, one: Rate, two: Rate) -> bool:
        """Whether the ordered pair is a piece: in both directions, so that no choice of a reference makes a criterion easy."""
        if self.focus and one.label not in self.focus and two.label not in self.focus:
            return False
        return self.reference is None or self.reference in {one.label, two.label}


class Mean(StrEnum):
    """What is averaged over the classes."""

    RECALL = "recall"
    F1 = "f1"


@dataclass(frozen=True, slots=True)
class Averages(OfGroups):
    """Rates of each class (the family of a cell) in one or more groups, of which a mean over the classes is judged for each group.

    Of a recall: rows of a class that are given it, of all rows of it. Of F1: the same, of all rows of it or given it.
    """

    cells: tuple[Rate, ...]
    mean: Mean

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups."""
        return tuple(dict.fromkeys(cell.label for cell in self.cells))


@dataclass(frozen=True, slots=True)
class RelativeRate:
    """``events`` of ``trials`` in the group ``label``, to be told as a multiple of the rate that was ``expected``, which is declared."""

    label: str
    events: int
    trials: int
    expected: float
    family: str = ""

    def __post_init__(self) -> None:
        whole = type(self.events) is int and type(self.trials) is int
        if not whole or not 0 <= self.events <= self.trials or not 0 < self.expected <= 1:
            raise ValueError(
                "a relative rate needs 0 <= events <= trials and an expected rate above 0, of at most 1"
            )

    @property
    def told(self) -> tuple[Told, ...]:
        """Some rows of the group."""
        return (Told(self.label, self.trials, Of.SOME),)


@dataclass(frozen=True, slots=True)
class RelativeRates(OfGroups):
    """Rates as multiples of declared ones; each is judged."""

    cells: tuple[RelativeRate, ...]
