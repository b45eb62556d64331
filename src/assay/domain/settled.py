"""Ranges of values that follow from what a specification declares: from a criterion's settings, and from what the model may answer.

They are told as data and not as code, since the metrics of other packages arrive as data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from assay.domain.answers import Answers

Settings = Mapping[str, Decimal | int | str]
Range = tuple[Decimal, Decimal]
ZERO, ONE = Decimal(0), Decimal(1)


class Settles(StrEnum):
    """How a range follows from what is declared."""

    ANSWERS = "answers"
    """A mean of answers: between the least and the largest that the model may give."""
    WIDTH = "width"
    """A distance between answers: at most the width of their range; of a quantile that is named, the larger of it and its rest times that."""
    GAIN = "gain"
    """A difference of two distances between answers: at most the width of their range, on either side."""
    SPREAD = "spread"
    """A mean of declared amounts: between the smallest and the largest."""
    LARGEST = "largest"
    """What is lost at most is the largest of declared amounts."""
    KNOWN = "known"
    """A share of cases of which a declared number has no outcome and counts as wrong: at most that of the rows that are read."""
    UNKNOWN = "unknown"
    """A distance between answers over cases of which a declared number has no outcome and counts as off by the whole width: no less than these alone give."""
    INVERSE = "inverse"
    """A share divided by one that is declared: at most one over it; of several in a text, such as grades, over the first, the smallest."""


@dataclass(frozen=True, slots=True)
class Settled:
    """That a metric's range is narrower than its catalogue entry says, by these of its settings."""

    by: Settles
    settings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError where amounts or shares are needed and none is named."""
        needs = {Settles.SPREAD, Settles.LARGEST, Settles.KNOWN, Settles.UNKNOWN, Settles.INVERSE}
        if not self.settings and self.by in needs:
            raise ValueError(f"a range by {self.by.value} needs the name of a setting")

    def range(self, settings: Settings, answers: Answers, rows: int | None = None) -> Range | None:
        """The smallest and the largest value that there can be; None where the settings are not such that there is one.

        ``rows``: how many are read, where somebody knows.
        """
        try:
            numbers = tuple(_number(settings[name]) for name in self.settings)
            if self.by in _BESIDE_ROWS:
                low, high = _BESIDE_ROWS[self.by](_part(numbers[0], rows), answers)
            else:
                low, high = _RANGES[self.by](numbers, answers)
        except (KeyError, ArithmeticError):
            return None
        return (low, high) if low < high else None


def _number(value: Decimal | int | str) -> Decimal:
    """A number as it is, or the first one of a text of names with numbers. Raises ArithmeticError without one."""
    found = (
        Decimal(value.split(",")[0].rpartition(":")[2].strip()) if isinstance(value, str) else Decimal(value)
    )
    if not found.is_finite():
        raise ArithmeticError
    return found


def _exactly(number: float) -> Decimal:
    """A number as it is written: 20000, and not 20000.0."""
    return Decimal(repr(number).removesuffix(".0"))


def _width(shares: tuple[Decimal, ...], answers: Answers) -> Range:
    width = _exactly(answers.high) - _exactly(answers.low)
    return ZERO, width * max((max(share, ONE - share) for share in shares), default=ONE)


def _part(unknown: Decimal, rows: int | None) -> Decimal:
    """The part of all cases that was not read; none where nobody knows how many were."""
    return unknown / (rows + unknown) if rows else ZERO


def _gain(_: tuple[Decimal, ...], answers: Answers) -> Range:
    least, most = _width((), answers)
    return least - most, most


def _inverse(shares: tuple[Decimal, ...], _: Answers) -> Range:
    return ZERO, ONE / shares[0]


_RANGES: Mapping[Settles, Callable[[tuple[Decimal, ...], Answers], Range]] = {
    Settles.ANSWERS: lambda _, answers: (_exactly(answers.low), _exactly(answers.high)),
    Settles.WIDTH: _width,
    Settles.GAIN: _gain,
    Settles.SPREAD: lambda amounts, _: (min(amounts), max(amounts)),
    Settles.LARGEST: lambda amounts, _: (ZERO, max(amounts)),
    Settles.INVERSE: _inverse,
}
_BESIDE_ROWS: Mapping[Settles, Callable[[Decimal, Answers], Range]] = {
    Settles.KNOWN: lambda part, _: (ZERO, ONE - part),
    Settles.UNKNOWN: lambda part, answers: (part * _width((), answers)[1], _width((), answers)[1]),
}
"""Ranges that follow from how many cases stand beside the rows that are read."""
