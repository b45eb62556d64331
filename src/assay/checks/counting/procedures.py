"""What checks of a recipe train and count alike: models by fold, by seed and by number of rows, and how far predicted numbers are off."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.losses import loss
from assay.domain.evidence import MeanCell, Undefined
from assay.domain.metric import Parameter
from assay.domain.vocabulary import Reason, Task
from assay.stats.informed import LEVEL, p_decided, p_ranked
from assay.tally.refits import (
    Asking,
    Fit,
    Fitted,
    Floats,
    RefitView,
    TrainingRows,
    one_of_each,
    parts,
    seed_of,
)

HELD_OUT = 5
"""One part of so many is asked and not trained on."""
FOLDS = Parameter("Parts of the training rows.", default=5, low=Decimal(2), high=Decimal(20), integer=True)
SEEDS = Parameter(
    "Models that are trained and compared in pairs.",
    default=3,
    low=Decimal(2),
    high=Decimal(10),
    integer=True,
)
SIZES = Parameter(
    "Points of the curve; each has half of the rows of the next.",
    default=4,
    low=Decimal(2),
    high=Decimal(8),
    integer=True,
)
GAIN_STEPS = 5_000
"""Steps of the declared range in which a gain is counted."""


def by_fold(rows: TrainingRows, seed: int, count: int) -> tuple[Fit, ...]:
    """A model for each fold, trained on all others."""
    fold = parts(rows, seed, count)
    return tuple(
        Fit(
            seed_of(seed, place),
            np.flatnonzero(fold != place),
            (Asking(one_of_each(rows, seed, np.flatnonzero(fold == place))),),
        )
        for place in range(count)
    )


def by_seed(rows: TrainingRows, seed: int, count: int) -> tuple[Fit, ...]:
    """Models with nothing different but their seeds."""
    part = parts(rows, seed, HELD_OUT)
    asking = (Asking(one_of_each(rows, seed, np.flatnonzero(part == 0))),)
    trained = np.flatnonzero(part != 0)
    return tuple(Fit(seed_of(seed, place), trained, asking) for place in range(count))


def by_size(rows: TrainingRows, seed: int, steps: int) -> tuple[Fit, ...]:
    """Models of one seed on nested sets of rows: all that are not held out, half of these, and so on; the smallest first."""
    part = parts(rows, seed, HELD_OUT)
    asking = (Asking(one_of_each(rows, seed, np.flatnonzero(part == 0))),)
    kept = np.flatnonzero(part != 0)
    slot = parts(TrainingRows(rows.labels[kept], rows.units[kept]), seed + 1, 2 ** (steps - 1))
    return tuple(Fit(seed_of(seed, 0), kept[slot < 2**step], asking) for step in range(steps))


def errors(view: RefitView, fit: Fitted) -> Floats:
    """float64[rows asked first], from 0 to 1: what each answer loses; of numbers the absolute error as a share of the declared range."""
    return loss(view.rows.answers, fit.scores[0], view.rows.labels[fit.asked[0].rows])


def gains(shares: Floats, largest: float, label: str = "") -> MeanCell:
    """What each row gains as a share of the largest, at the upper end of its step: the side on which a gain is no less than it is."""
    steps = np.clip(np.ceil(shares * GAIN_STEPS - 1e-9), -GAIN_STEPS, GAIN_STEPS)
    values, rows = np.unique(largest * steps / GAIN_STEPS + 0.0, return_counts=True)
    return MeanCell(label, tuple(values.tolist()), tuple(rows.tolist()))


def knows_nothing(view: RefitView, fit: Fitted, *, by_decision: bool) -> Undefined | None:
    """Why nothing can be missed in a model: it is not shown to know anything of the labels of the rows that it is asked first; None where it is.

    Args:
        by_decision: it is its decisions that must know something, and not only what it answers.
    """
    found = [_p_told(told, true, by_decision=by_decision) for told, true in _told(view, fit, by_decision)]
    if min(found) * len(found) <= LEVEL:
        return None
    what = "give a label" if by_decision else "rank a label, or the larger half of the numbers, higher"
    return Undefined(
        Reason.NOT_MEASURED,
        f"The models that the recipe trains with all columns are not shown to {what} more often where it is the true one (at level {LEVEL:g}): whoever knows "
        "nothing loses nothing without a column. Ask it of the recipe that made the model, or give it more rows.",
    )


def _told(view: RefitView, fit: Fitted, by_decision: bool) -> Iterator[tuple[Floats, NDArray[np.bool_]]]:
    """What is answered, or decided, for label 1 or for each of several classes, with whether it is the true one; of numbers whether they lie above the middle one."""
    labels, answers = view.rows.labels[fit.asked[0].rows], view.rows.answers
    if answers.task is Task.REGRESSION:
        yield fit.scores[0], labels > np.median(labels)
        return
    for code in (1,) if answers.width == 1 else range(answers.labels):
        if by_decision:
            yield (view.decided(fit) == code).astype(np.float64), labels == code
        else:
            yield fit.scores[0].reshape(len(labels), -1)[:, code if answers.width > 1 else 0], labels == code


def _p_told(told: Floats, true: NDArray[np.bool_], *, by_decision: bool) -> float:
    """How likely so much is told by who knows nothing."""
    values = np.array([0.0, 1.0]) if by_decision else np.unique(told)
    counts = np.zeros((len(values), 2), dtype=np.int64)
    np.add.at(counts, (np.searchsorted(values, told), true.astype(np.int64)), 1)
    return p_decided(counts.T) if by_decision else p_ranked(counts)
