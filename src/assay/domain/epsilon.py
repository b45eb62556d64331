"""What releases under differential privacy cost a person: each has an epsilon, and the epsilons of all of them add."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, Self

DIGITS = 9
"""At most so many digits on either side of the point: sums of such numbers are exact."""
_FORM = re.compile(rf"[0-9]{{1,{DIGITS}}}(\.[0-9]{{1,{DIGITS}}})?")


class Costs(Protocol):
    """A release: of which data set, and its epsilon."""

    @property
    def rows(self) -> str:
        """The digest of the data set."""
        ...

    @property
    def epsilon(self) -> Decimal:
        """What it costs each person."""
        ...


@dataclass(frozen=True, slots=True)
class Spent:
    """What releases cost a person together: those of one data set, and all that are remembered.

    Another file may hold the same people, so that only the latter is a limit for everybody.
    """

    same_data_set: str
    all: str

    @classmethod
    def by(cls, releases: Iterable[Costs], rows: str) -> Self:
        """The sums over these releases, and over those of the data set with this digest."""
        every = [(one.rows, one.epsilon) for one in releases]
        same = (epsilon for of, epsilon in every if of == rows)
        return cls(
            written(sum(same, Decimal(0))), written(sum((epsilon for _, epsilon in every), Decimal(0)))
        )


def epsilon_of(text: str) -> Decimal:
    """The epsilon that a text says.

    Raises:
        ValueError: it is no decimal above 0, or has more digits than add exactly.
    """
    if not _FORM.fullmatch(text) or not Decimal(text):
        raise ValueError(f"a decimal above 0 with at most {DIGITS} digits on either side of the point")
    return Decimal(text)


def written(epsilon: Decimal) -> str:
    """An epsilon or a sum of them, without zeros that say nothing."""
    return f"{epsilon.normalize():f}"
