"""How far the numbers of the model that a plan imagines are off: as a good model of the same specification is, where a criterion says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.domain.answers import Answers
from assay.domain.metric import Catalogue
from assay.plan.imagined import OFF
from assay.plan.power import expected_value

if TYPE_CHECKING:
    from assay.domain.specification import Criterion

MEAN_ERROR = "performance.mae"
"""The metric by which a specification says how large errors are."""


@dataclass(frozen=True, slots=True)
class Errors:
    """The mean error of a good model, in the label's unit, and the criterion that says so; neither where none does."""

    mean: float | None = None
    criterion: str = ""

    def off(self, answers: Answers) -> float:
        """By which share of the declared range a number is off at most, where errors lie evenly."""
        return OFF if self.mean is None else min(2 * self.mean / answers.width_of_range, 1.0)

    @property
    def told(self) -> str:
        """What is imagined, for a reader."""
        if self.mean is None:
            return f"Imagined numbers are off by {OFF / 2:.0%} of 'prediction.range' on average: no criterion of {MEAN_ERROR} says how large errors are."
        return f"Imagined numbers are off by {self.mean:.6g} on average, as a good model's are by {self.criterion!r}."


def errors_of(criteria: Iterable[Criterion], catalogue: Catalogue) -> Errors:
    """The largest mean error that a good model has by the criteria about all rows, or about the worst of their groups."""
    found = [
        Errors(
            expected_value(catalogue[c.metric], c.comparator, c.threshold, c.expected, best=0.0),
            c.id,
        )
        for c in criteria
        if c.metric == MEAN_ERROR and not c.where
    ]
    return max(found, key=lambda errors: errors.mean or 0.0, default=Errors())
