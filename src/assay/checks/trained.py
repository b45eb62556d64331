"""Models written out by hand, from which the examples of checks are made that have models trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assay.domain.answers import Answers
from assay.domain.vocabulary import Task
from assay.tally.attacked import shadow_design
from assay.tally.perturbation import uniforms
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


DAYS = Answers(Task.REGRESSION, 0.0, 100.0)


def numbers(fits: Sequence[tuple[int, Sequence[float]]], rows: int, *, folds: bool = False) -> RefitView:
    """Models of numbers between 0 and 100, where 50 is true: how many rows each was trained on, and by how much it is off for each row.

    All are asked the same rows; or, of ``folds``, each its own.
    """
    labels = np.full(len(fits) * rows if folds else rows, 50.0)
    made = []
    for place, (size, off) in enumerate(fits):
        asked = np.arange(rows) + (place * rows if folds else 0)
        made.append(
            Fitted(np.arange(size), (Asking(asked),), (50.0 + np.resize(np.array(off, dtype=float), rows),))
        )
    return RefitView(TrainingRows(labels, np.arange(len(labels)), answers=DAYS), tuple(made), float("nan"), 1)


def _view(labels: Integers, fits: Sequence[tuple[Integers, Integers, Floats]]) -> RefitView:
    rows = TrainingRows(labels, np.arange(len(labels)))
    return RefitView(rows, tuple(Fitted(t, (Asking(a),), (s,)) for t, a, s in fits), 0.5, 1)


def _spread(values: tuple[int, ...], counts: tuple[int, ...]) -> Integers:
    return np.repeat(np.array(values, dtype=np.int64), counts)


def remembered(rows: int, *, by: float) -> RefitView:
    """A target and shadow models over so many rows of label 1, of which half are members of each: scores are drawn around 0.6, and lie
    higher by so much for rows that a model was trained on.
    """
    everyone = TrainingRows(np.ones(rows, dtype=np.int64), np.arange(rows))
    fits = []
    for place, fit in enumerate(shadow_design(everyone, 1, shadows=4, most=rows)):
        asked = [asking.rows for asking in fit.asked]
        scores = tuple(0.5 + 0.2 * uniforms(place, "scores", r) + by * np.isin(r, fit.trained) for r in asked)
        fits.append(Fitted(fit.trained, fit.asked, scores))
    return RefitView(everyone, tuple(fits), 0.5, 1)


def guessed(rows: int, *, by: float) -> RefitView:
    """A model over so many rows, half of them trained on: surer by so much of a row of those with its true ``illness``, a coin like the
    input ``other``, than with another.
    """
    everyone = np.arange(rows)
    illness, other, labels = (
        (uniforms(1, name, everyone) < 0.5).astype(np.int64) for name in ("illness", "other", "label")
    )
    half = np.flatnonzero(everyone % 2 == 0)
    asked = tuple(Asking(half, "illness", value) for value in (0, 1))
    scores = []
    for value in (0, 1):
        sure = 0.5 + by * (illness[half] == value)
        scores.append(np.where(labels[half] == 1, sure, 1 - sure))
    known = TrainingRows(labels, everyone, {"illness": illness, "other": other})
    return RefitView(known, (Fitted(half, asked, tuple(scores)),), 0.5, 1)


def without_each(rows: int, **told: float) -> RefitView:
    """A model that is told of the label by each of these inputs, this much; then one for each input that learned without it."""
    everyone = np.arange(rows)
    labels = everyone % 2
    signal = {
        name: much * labels + uniforms(place, "input", everyone)
        for place, (name, much) in enumerate(told.items())
    }
    fits = []
    for held in ("", *told):
        score = sum((of for name, of in signal.items() if name != held), np.zeros(rows))
        fits.append(Fitted(everyone, (Asking(everyone),), (score / (1 + score),)))
    return RefitView(TrainingRows(labels, everyone, dict.fromkeys(told, labels)), tuple(fits), 0.5, 1)
