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
    INVERSE = "inverse"
    """A share divided by one that is declared: at most one over it; of several in a text, such as grades, over the first, the smallest."""


@dataclass(frozen=True, slots=True)
class Settled:
    """That a metric's range is narrower than its catalogue entry says, by these of its settings."""

    by: Settles
    settings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError where amounts or shares are needed and none is named."""
        if not self.settings and self.by in {Settles.SPREAD, Settles.LARGEST, Settles.INVERSE}:
            raise ValueError(f"a range by {self.by.value} needs the name of a setting")

    def range(self, settings: Settings, answers: Answers) -> Range | None:
        """The smallest and the largest value that there can be; None where the settings are not such that there is one."""
        try:
            low, high = _RANGES[self.by](tuple(_number(settings[name]) for name in self.settings), answers)
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
