"""What a model is asked for, by task, for all adapters: a probability, a number, or a probability for each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from assay.subject.models.inputs import Scores, reals, unsupported

BINARY, REGRESSION, MULTICLASS = "binary", "regression", "multiclass"


class Asked(NamedTuple):
    """What is asked for. ``classes``: as text, in the order in which their probabilities are wanted."""

    task: str = BINARY
    classes: tuple[str, ...] = ()

    @classmethod
    def of(cls, task: str, classes: Sequence[str]) -> Asked:
        """From what the child was told."""
        return cls(task, tuple(classes))

    @property
    def outputs(self) -> int:
        """How many numbers a library of trees gives for a row."""
        return len(self.classes) if self.task == MULTICLASS else 1


A_PROBABILITY = Asked()
"""Of label 1."""


def places_of_classes(found: Sequence[Any], classes: Sequence[str]) -> list[int]:
    """Where the wanted classes stand among those that a model knows.

    Raises:
        SubjectError: ``model_unsupported`` when they are not the same.
    """
    known = [as_text(one) for one in found]
    if sorted(known) != sorted(classes):
        raise unsupported(
            f"it knows {len(known)} classes, which are not the {len(classes)} that are declared", MULTICLASS
        )
    return [known.index(name) for name in classes]


def as_text(one: Any) -> str:
    """A class as text: a whole number without a point, however a library keeps it."""
    if isinstance(one, float | np.floating) and float(one).is_integer():
        return str(int(one))
    return str(one)


def one_number(values: Any) -> Scores:
    """float64[rows] of what a regression model answered.

    Raises:
        SubjectError: ``model_unsupported`` when it predicts several numbers for a row.
    """
    numbers = reals(values)
    if numbers.ndim == 2 and numbers.shape[1] == 1:
        numbers = numbers[:, 0]
    if numbers.ndim != 1:
        raise unsupported("it predicts several numbers for a row", REGRESSION)
    return numbers
