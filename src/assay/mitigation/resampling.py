"""Resampling: rows drawn again, or left out, until group and label are independent.

Uniform sampling of F. Kamiran and T. Calders 2012, section 5.3: each cell of group and label gets the rows that it would
have were the two independent. Which rows those are is drawn by imbalanced-learn.
"""

from __future__ import annotations

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler

from assay.mitigation.deployed import Integers
from assay.mitigation.training import Fitted, Training, fitted


def train(training: Training) -> Fitted:
    """A candidate that learned from rows that were drawn again."""
    at = drawn(training.group, training.label, training.seed)
    return Fitted(
        fitted(training, training.declared, at=at),
        training.declared,
        {"rows": len(training.label), "rows_drawn": len(at), "different_rows": len(np.unique(at))},
    )


def drawn(group: Integers, label: Integers, seed: int) -> Integers:
    """int64[k]: the places of the rows that are learned from, sorted; a row may stand in it more than once.

    Rows in no group (-1) are kept as they are.
    """
    inside = np.flatnonzero(group >= 0)
    cell = group[inside] * 2 + label[inside]
    present, rows = np.unique(cell, return_counts=True)
    wanted = {
        int(c): round(rows[present // 2 == c // 2].sum() * rows[present % 2 == c % 2].sum() / rows.sum())
        for c in present
    }
    had = dict(zip(present.tolist(), rows.tolist(), strict=True))
    more = {c: n for c, n in wanted.items() if n > had[c]}
    fewer = {c: max(n, 1) for c, n in wanted.items() if n < had[c]}
    places = inside.reshape(-1, 1)
    places, cell = RandomOverSampler(sampling_strategy=more, random_state=seed).fit_resample(places, cell)
    places, _ = RandomUnderSampler(sampling_strategy=fewer, random_state=seed).fit_resample(places, cell)
    return np.sort(np.concatenate([places[:, 0], np.flatnonzero(group < 0)]))
