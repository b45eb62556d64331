"""Models that a recipe trains on parts of the training rows: which part, which rows each is asked, and what it said.

A design is made of whole numbers alone: places of rows, in the order of the file, and seeds that follow from the run's. Rows of
one unit are never on both sides, and of those that are asked only one of each unit counts, so that they are independent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.answers import BINARY, Answers
from assay.domain.evidence import Undefined
from assay.domain.vocabulary import Reason
from assay.tally.labels import decided_by
from assay.tally.perturbation import uniforms

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Parameters = Mapping[str, Decimal | int | str]


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """What is known of the training rows while models are planned and compared.

    Attributes:
        labels: int64[n], the code of each row's label (:mod:`assay.tally.labels`); float64[n] of a regression, the number itself. units: int64[n], equal where the unit is; every row its own where none is declared.
        codes: by input, int64[n], a number for each different value, or for each of its bins where there are many; -1 for
            missing. Empty unless a need asks for it. answers: what the model must answer for a row.
    """

    labels: NDArray[Any]
    units: Integers
    codes: Mapping[str, Integers] = field(default_factory=dict)
    answers: Answers = BINARY

    @property
    def n(self) -> int:
        """All rows."""
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Asking:
    """Rows of which a model is asked the answers: as they are, or with one input as it is in the row ``like``."""

    rows: Integers
    column: str = ""
    like: int = -1


@dataclass(frozen=True, slots=True)
class Fit:
    """A model to train: the seed that the recipe is told, the rows that it is given, and what the model is asked then.

    Attributes:
        held: a column of which all these rows have the value of the row ``like``, so that nothing can be learned of it; none where empty.
    """

    seed: int
    trained: Integers
    asked: tuple[Asking, ...]
    held: str = ""
    like: int = -1


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model that was trained: the rows that it learned from, and for each question the rows and what it answered.

    Attributes:
        scores: float64[rows] for each question, or float64[rows, classes] of a multiclass task.
    """

    trained: Integers
    asked: tuple[Asking, ...]
    scores: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class RefitView:
    """The models that were trained for a check, in the order of its design.

    Attributes:
        rows: the training rows. fits: the models. decide_at: from which score on 1 is decided. seed: of what is drawn still.
    """

    rows: TrainingRows
    fits: tuple[Fitted, ...]
    decide_at: float
    seed: int

    def right(self, fit: Fitted) -> NDArray[np.bool_]:
        """bool[rows asked first]: whether the decision of a model is the true label."""
        found: NDArray[np.bool_] = self.decided(fit) == self.rows.labels[fit.asked[0].rows]
        return found

    def decided(self, fit: Fitted) -> NDArray[Any]:
        """bool[rows asked first], whether 1 is decided; of a multiclass task int64, the code of the class."""
        return decided_by(self.rows.answers, fit.scores[0], self.decide_at)


def parts(rows: TrainingRows, seed: int, count: int) -> Integers:
    """int64[n]: in which of ``count`` parts each row is; drawn, of sizes that differ by one unit at most, whole units each."""
    names = np.unique(rows.units)
    order = np.argsort(uniforms(seed, "parts", names), kind="stable")
    of_unit = np.empty(len(names), dtype=np.int64)
    of_unit[order] = np.arange(len(names)) % count
    return of_unit[np.searchsorted(names, rows.units)]


def one_of_each(rows: TrainingRows, seed: int, among: Integers) -> Integers:
    """Of these rows one of each unit, drawn; the rows themselves where no unit repeats."""
    drawn = np.argsort(uniforms(seed, "one of each unit", among), kind="stable")
    _, first = np.unique(rows.units[among[drawn]], return_index=True)
    return np.sort(among[drawn[first]])


def some(rows: Integers, seed: int, stream: str, most: int) -> Integers:
    """At most so many of the rows, drawn; in their order."""
    if len(rows) <= most:
        return rows
    drawn = np.argsort(uniforms(seed, stream, rows), kind="stable")
    return np.sort(rows[drawn[:most]])


def nobody(view: RefitView) -> Undefined | None:
    """What is said where no model was trained, or one was asked nothing; None where every one was asked."""
    if not view.fits or not all(len(asking.rows) for fit in view.fits for asking in fit.asked):
        return Undefined(
            Reason.NO_ROWS, "There are too few training rows to train a model and to ask it others."
        )
    return None


def seed_of(seed: int, place: int) -> int:
    """The seed that the recipe is told for one of its models: a whole number that every library takes."""
    return int(uniforms(seed, "recipe", np.array([place]))[0] * 2**31)


def whole_number(parameters: Mapping[str, Any], name: str) -> int:
    """A setting of the criterion that is a whole number."""
    return int(parameters[name])
