"""Each group's rate over the highest one: the impact ratio as New York's rule computes it (6 RCNY § 5-300 and § 5-301)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from assay.domain.evidence import Rate


@dataclass(frozen=True, slots=True)
class OverHighest:
    """A group with its rate, exactly, and the rate over the highest one; None where it does not exist."""

    label: str
    selected: int
    rows: int
    rate: Fraction | None
    ratio: Fraction | None


def over_highest(cells: Iterable[Rate]) -> tuple[OverHighest, ...]:
    """The groups in their order; the one with the highest rate has the ratio 1."""
    found = tuple(cells)
    rates = [Fraction(cell.events, cell.trials) if cell.trials else None for cell in found]
    highest = max((rate for rate in rates if rate is not None), default=Fraction(0))
    return tuple(
        OverHighest(
            cell.label,
            cell.events,
            cell.trials,
            rate,
            rate / highest if rate is not None and highest else None,
        )
        for cell, rate in zip(found, rates, strict=True)
    )
