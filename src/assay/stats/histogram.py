"""The score histogram: distinct scores with the negatives and positives at each, all that the score rules need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Undefined(ValueError):
    """The estimand does not exist on these rows, or the rule may not be used on so few.

    `reason` is a stable code in snake case: ``no_rows``, ``one_class_only``, ``zero_denominator`` or
    ``too_few_rows_for_method``.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCounts:
    """Rows per distinct score and label. Histograms of disjoint rows add: the sum is that of all rows.

    scores: float64[k], finite and strictly increasing; negatives, positives: int64[k], at least 0.
    Rows with one score are tied; of scores on a grid see `assay.stats.grid`. The arrays are copied and read-only, and a
    histogram is its own identity: rules remember what does not depend on the level, because a p-value asks for the limits
    of one histogram at many levels.

    Raises ValueError for other shapes, values or orders.
    """

    scores: Floats
    negatives: Integers
    positives: Integers

    def __post_init__(self) -> None:
        for name, kind in (("scores", np.float64), ("negatives", np.int64), ("positives", np.int64)):
            object.__setattr__(self, name, _column(getattr(self, name), name, kind))
        if not self.scores.shape == self.negatives.shape == self.positives.shape:
            raise ValueError(
                "expected scores, negatives and positives of one length, found "
                f"{self.scores.size}, {self.negatives.size} and {self.positives.size}"
            )
        if not np.all(np.isfinite(self.scores)) or np.any(np.diff(self.scores) <= 0):
            raise ValueError("expected finite, strictly increasing scores; merge equal scores first")
        if np.any(self.negatives < 0) or np.any(self.positives < 0):
            raise ValueError("expected counts of at least 0, found a negative count")

    @classmethod
    def of_rows(cls, scores: ArrayLike, labels: ArrayLike) -> ScoreCounts:
        """Count rows: scores float[n], labels int or bool[n] of 0 and 1. ValueError for other labels or shapes."""
        score, label = np.asarray(scores, dtype=np.float64), np.asarray(labels)
        if score.shape != label.shape or score.ndim != 1:
            raise ValueError(
                f"expected one label for each score, found shapes {label.shape} and {score.shape}"
            )
        if not np.all((label == 0) | (label == 1)):
            raise ValueError("expected labels 0 and 1, found another value")
        return cls.merged(score, label == 0, label == 1)

    @classmethod
    def merged(cls, scores: Floats, negatives: ArrayLike, positives: ArrayLike) -> ScoreCounts:
        """Rows per score and label, [m] each, in any order; equal scores are merged."""
        return cls(*_gather(scores, negatives, positives))

    def __add__(self, other: ScoreCounts) -> ScoreCounts:
        """The histogram of the rows of both."""
        return ScoreCounts.merged(
            np.concatenate((self.scores, other.scores)),
            np.concatenate((self.negatives, other.negatives)),
            np.concatenate((self.positives, other.positives)),
        )

    @property
    def rows(self) -> Integers:
        """Rows at each score: int64[k]."""
        return self.negatives + self.positives

    @property
    def n(self) -> int:
        """Rows."""
        return self.n_neg + self.n_pos

    @property
    def n_pos(self) -> int:
        """Rows with label 1."""
        return int(self.positives.sum())

    @property
    def n_neg(self) -> int:
        """Rows with label 0."""
        return int(self.negatives.sum())

    def require_rows(self) -> None:
        """Raise Undefined (``no_rows``) when nothing was counted."""
        if self.n == 0:
            raise Undefined("expected at least one row, found none", reason="no_rows")

    def require_both_classes(self) -> None:
        """Raise Undefined (``no_rows``, ``one_class_only``) unless both labels occur."""
        self.require_rows()
        if self.n_pos == 0 or self.n_neg == 0:
            raise Undefined(
                f"expected rows of both labels, found {self.n_neg} of label 0 and {self.n_pos} of label 1",
                reason="one_class_only",
            )

    def require_probabilities(self) -> None:
        """Raise ValueError unless every score lies in [0, 1]; Undefined (``no_rows``) when nothing was counted."""
        self.require_rows()
        if self.scores[0] < 0 or self.scores[-1] > 1:
            raise ValueError(
                f"expected probabilities in [0, 1], found scores from {self.scores[0]} to {self.scores[-1]}"
            )


def require_level(alpha: float) -> None:
    """Raise ValueError unless 0 < alpha < 1."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is one-sided and lies strictly between 0 and 1, found {alpha!r}")


def _column(values: ArrayLike, name: str, kind: type[np.generic]) -> NDArray[np.generic]:
    column = np.asarray(values)
    if column.ndim != 1 or (kind is np.int64 and column.size and column.dtype.kind not in "iub"):
        raise ValueError(
            f"expected {name} as a one-dimensional array of {kind.__name__}, found {column.dtype} "
            f"with {column.ndim} dimensions"
        )
    column = column.astype(kind)
    column.flags.writeable = False
    return column


def _gather(scores: Floats, negatives: ArrayLike, positives: ArrayLike) -> tuple[Floats, Integers, Integers]:
    distinct, place = np.unique(scores, return_inverse=True)
    sums = np.zeros((2, distinct.size), dtype=np.int64)
    np.add.at(sums[0], place, np.asarray(negatives, dtype=np.int64))
    np.add.at(sums[1], place, np.asarray(positives, dtype=np.int64))
    return distinct, sums[0], sums[1]
