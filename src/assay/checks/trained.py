"""Models written out by hand, from which the examples of checks are made that have models trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assay.tally.refits import Asking, Fitted, Floats, Integers, RefitView, TrainingRows


def folds(*matrices: tuple[int, int, int, int]) -> RefitView:
    """A cross-validation from the confusion matrix of each fold: true negatives, false positives, false negatives, true positives."""
    labels = np.concatenate([_spread((0, 0, 1, 1), counts) for counts in matrices])
    ends = np.cumsum([sum(counts) for counts in matrices])
    asked = np.split(np.arange(len(labels)), ends)[:-1]
    scores = [_spread((0, 1, 0, 1), counts).astype(np.float64) for counts in matrices]
    return _view(
        labels, [(np.setdiff1d(np.arange(len(labels)), a), a, s) for a, s in zip(asked, scores, strict=True)]
    )


def same_rows(labels: Sequence[int], *models: tuple[int, Sequence[float]]) -> RefitView:
    """Models that are asked the same rows: how many rows each was trained on, and its score of each row."""
    asked = np.arange(len(labels))
    most = max(size for size, _ in models)
    everyone = np.concatenate([np.array(labels), np.zeros(most, dtype=np.int64)])
    behind = len(labels) + np.arange(most)
    return _view(
        everyone, [(behind[:size], asked, np.array(scores, dtype=np.float64)) for size, scores in models]
    )


def _view(labels: Integers, fits: Sequence[tuple[Integers, Integers, Floats]]) -> RefitView:
    rows = TrainingRows(labels, np.arange(len(labels)))
    return RefitView(rows, tuple(Fitted(t, (Asking(a),), (s,)) for t, a, s in fits), 0.5, 1)


def _spread(values: tuple[int, ...], counts: tuple[int, ...]) -> Integers:
    return np.repeat(np.array(values, dtype=np.int64), counts)
