"""Curves that map a score to a better calibrated one, fitted to rows by score and label."""

from __future__ import annotations

import numpy as np

from assay.tally.table import Floats

NEAR = 1e-6
"""Scores this near to 0 or 1 are taken as so far away, where a logarithm is taken of them."""
ROUNDS, ENOUGH = 100, 1e-12


def platt(scores: Floats, negatives: Floats, positives: Floats) -> Floats:
    """The logistic curve in the logarithm of the odds of the score, of which the rows are most probable.

    Labels are drawn a little towards each other, as if each had a row more of the other (Platt 1999, Advances in Large Margin
    Classifiers), so that there is one curve even where no score is of both labels.
    """
    clipped = np.clip(scores, NEAR, 1 - NEAR)
    at = np.column_stack((np.ones(len(scores)), np.log(clipped / (1 - clipped))))
    n_neg, n_pos = negatives.sum(), positives.sum()
    high, low = (n_pos + 1) / (n_pos + 2), 1 / (n_neg + 2)
    rows, wanted = negatives + positives, negatives * low + positives * high
    found = np.array([np.log((n_pos + 1) / (n_neg + 1)), 0.0])
    loss = _loss(at, found, rows, wanted)
    for _ in range(ROUNDS):
        said = _logistic(at @ found)
        slope = at.T @ (rows * said - wanted)
        bend = (at * (rows * said * (1 - said))[:, None]).T @ at + 1e-12 * np.eye(2)
        step, factor = np.linalg.solve(bend, slope), 1.0
        while _loss(at, found - factor * step, rows, wanted) > loss and factor > ENOUGH:
            factor /= 2
        found = found - factor * step
        before, loss = loss, _loss(at, found, rows, wanted)
        if before - loss <= ENOUGH * abs(before):
            break
    return _logistic(at @ found)


def _logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -500, 500))))


def _loss(at: Floats, found: Floats, rows: Floats, wanted: Floats) -> float:
    x = at @ found
    return float(rows @ np.logaddexp(0, x) - wanted @ x)


def isotonic(scores: Floats, negatives: Floats, positives: Floats) -> Floats:
    """The rising curve with the least squared error (pool adjacent violators; Ayer et al. 1955, Annals of Mathematical Statistics 26).

    Scores increase. Between two scores with rows it runs straight, outside of them it is level.
    """
    rows = negatives + positives
    seen = rows > 0
    blocks: list[list[float]] = []  # events, rows, how many scores
    for events, n in zip(positives[seen].tolist(), rows[seen].tolist(), strict=True):
        blocks.append([events, n, 1])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    levels = np.repeat([b[0] / b[1] for b in blocks], [int(b[2]) for b in blocks])
    return np.asarray(np.interp(scores, scores[seen], levels))
