"""Rates of parts of the rows that were found on other rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assay.domain.evidence.rates import Rate
from assay.domain.evidence.told import OfGroups

_Z = 1.6448536269514722
"""Of a one-sided 95 % limit."""


@dataclass(frozen=True, slots=True)
class FoundRates(OfGroups):
    """Rates of the parts that looked worst on other rows; each is judged.

    Attributes:
        cells: of the judged rows, each part that was found, the worst first.
        searched: of the other rows, every part that was looked at.
        worst: as many parts of each group were found at most.
        low_is_bad: whether a part with a low rate looks bad.
    """

    cells: tuple[Rate, ...]
    searched: tuple[Rate, ...]
    worst: int
    low_is_bad: bool

    def __post_init__(self) -> None:
        if type(self.worst) is not int or self.worst < 1:
            raise ValueError("at least one part is found")
        if len({place_of(cell) for cell in self.searched}) != len(self.searched):
            raise ValueError("each part is looked at once")
        found = worst_of(self.searched, self.worst, low_is_bad=self.low_is_bad)
        if [place_of(cell) for cell in self.cells] != [place_of(cell) for cell in found]:
            raise ValueError(
                "the parts that are judged are not those that looked worst where they were searched"
            )


def worst_of(searched: Sequence[Rate], worst: int, *, low_is_bad: bool) -> tuple[Rate, ...]:
    """Of each group the parts that look worst, by the limit above which their rate of what is bad lies with 95 % confidence.

    A part of few rows so needs a worse rate than one of many, and no threshold need be known. Wilson's limit takes nothing but sums, products
    and a root, which every machine rounds alike, so that whoever counts again finds the same parts; those that look as bad
    come in the order in which they were looked at.
    """
    ordered = sorted(searched, key=lambda cell: -_surely_bad(cell, low_is_bad=low_is_bad))
    taken: dict[str, int] = {}
    found = []
    for cell in ordered:
        group = group_of(cell)
        taken[group] = taken.get(group, 0) + 1
        if taken[group] <= worst:
            found.append(cell)
    return tuple(found)


def place_of(cell: Rate) -> tuple[str, str]:
    """By what the parts are told apart: the part, or where groups are named the group and the part."""
    return cell.label, cell.family


def group_of(cell: Rate) -> str:
    """The group in which it is a part; empty where none are named."""
    return cell.label if cell.family else ""


def _surely_bad(cell: Rate, *, low_is_bad: bool) -> float:
    """Wilson's lower limit (1927, JASA 22:209) of the rate of what is bad; 0 of no rows."""
    n = cell.trials
    if not n:
        return 0.0
    rate = (cell.trials - cell.events if low_is_bad else cell.events) / n
    half = _Z * math.sqrt(rate * (1 - rate) / n + _Z * _Z / (4 * n * n))
    return (rate + _Z * _Z / (2 * n) - half) / (1 + _Z * _Z / n)
