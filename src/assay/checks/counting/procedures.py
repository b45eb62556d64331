"""What checks of a recipe train and count alike: models by fold, by seed and by number of rows, and how far predicted numbers are off."""

from __future__ import annotations

import numpy as np

from assay.checks.counting.losses import loss
from assay.domain.evidence import MeanCell
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
