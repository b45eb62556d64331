"""Rows that are attacked: half of the people are in the training rows of a target, the others are not, and shadow models know both.

The halves are drawn, so that the two are alike in everything but that: a difference between them comes from the training alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.domain.answers import Answers
from assay.tally.perturbation import uniforms
from assay.tally.refits import (
    Asking,
    Fit,
    Floats,
    RefitView,
    TrainingRows,
    one_of_each,
    parts,
    seed_of,
    some,
)


def shadow_design(rows: TrainingRows, seed: int, *, shadows: int, most: int) -> tuple[Fit, ...]:
    """A target that is trained on a drawn half, and shadow models on other halves, two and two the complement of each other.

    All are asked the same people: members of the target, others to fix a threshold, and others to stand for the population; at most
    so many members, and as many others.
    """
    half = parts(rows, seed, 2)
    members, others = (one_of_each(rows, seed, np.flatnonzero(half == side)) for side in (0, 1))
    members, others = some(members, seed, "members", most), some(others, seed, "others", most)
    first = uniforms(seed, "threshold or population", others) < 0.5
    asked = (Asking(members), Asking(others[first]), Asking(others[~first]))
    fits = [Fit(seed_of(seed, 0), np.flatnonzero(half == 0), asked)]
    for place in range(shadows):
        drawn = parts(rows, seed + 1 + place // 2, 2)
        fits.append(Fit(seed_of(seed, 1 + place), np.flatnonzero(drawn == place % 2), asked))
    return tuple(fits)


@dataclass(frozen=True, slots=True)
class Attacked:
    """The rows of which all models were asked, members of the target first.

    Attributes:
        answers: what the models answer. labels: as those of :class:`~assay.tally.refits.TrainingRows`. target: float64[n] or float64[n, classes],
            what it answers. shadows: float64[s, ...], the same of the shadow models. member: bool[s, n], which
            rows each of them was trained on. ends: where members end, and where those end who fix a threshold.
    """

    answers: Answers
    labels: NDArray[Any]
    target: Floats
    shadows: Floats
    member: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    ends: tuple[int, int]

    @classmethod
    def of(cls, view: RefitView) -> Attacked:
        """Those of a design of :func:`shadow_design`."""
        asked = view.fits[0].asked
        rows = np.concatenate([asking.rows for asking in asked])
        target, *shadows = (np.concatenate(fit.scores) for fit in view.fits)
        member = np.stack([np.isin(rows, fit.trained) for fit in view.fits[1:]])
        first, second, _ = (len(asking.rows) for asking in asked)
        ends = (first, first + second)
        return cls(view.rows.answers, view.rows.labels[rows], target, np.stack(shadows), member, ends)

    def split(self, numbers: Floats) -> tuple[Floats, Floats]:
        """Of numbers by row those of the members, and of those who fix the threshold."""
        return numbers[: self.ends[0]], numbers[self.ends[0] : self.ends[1]]
