"""What every rule of `assay.stats` returns: an estimate between two one-sided limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Grade = Literal["A", "B", "C"]


@dataclass(frozen=True, slots=True)
class Bound:
    """An estimate with a lower and an upper limit, EACH one-sided at level alpha.

    Together they are a two-sided interval at level 1 - 2 alpha; a criterion uses one of them to pass
    and the other to fail.

    estimate, lower, upper are in the units of the estimand. `method` names the rule. `grade` is A when
    the error rate holds for every finite sample, B when it is asymptotic and was simulated
    (`simulated_size` is the largest rate seen), C when it only describes.

    Raises ValueError for an unknown grade, a NaN, or limits in the wrong order.
    """

    estimate: float
    lower: float
    upper: float
    method: str
    grade: Grade
    simulated_size: float | None = None

    def __post_init__(self) -> None:
        if self.grade not in get_args(Grade):
            raise ValueError(f"grade must be one of {get_args(Grade)}, found {self.grade!r}")
        if not self.lower <= self.upper or self.estimate != self.estimate:
            raise ValueError(
                f"{self.method}: expected lower <= upper and no NaN, found estimate {self.estimate}, "
                f"limits [{self.lower}, {self.upper}]"
            )
