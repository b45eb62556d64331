"""Calibration per group: in each group the score is calibrated by itself, by Platt scaling on out-of-fold scores.

J. Platt, Probabilistic outputs for support vector machines, 1999: a logistic regression of the label on the log-odds of the
score. With unequal base rates it cannot be had together with equal error rates (Pleiss et al. 2017; Kleinberg et al. 2016).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from assay.mitigation.deployed import Floats, Integers, MappedScore
from assay.mitigation.training import Fitted, Training, fitted, one_class, out_of_fold

_NEAR = 1e-6
"""Scores are held this far from 0 and 1, where log-odds are infinite."""


def train(training: Training) -> Fitted:
    """A candidate whose score means the same in each group."""
    score = out_of_fold(training, training.declared)
    curves = [
        calibrated(score[rows], training.label[rows])
        for rows in (training.group == number for number in range(len(training.labels)))
    ]
    unchanged = (np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    columns = tuple(range(len(training.columns)))
    model = MappedScore(
        fitted(training, training.declared),
        training.declared,
        len(columns),
        training.groups,
        [*(_points(*curve) for curve in curves), unchanged],
        numeric=training.numeric(training.declared),
    )
    facts = {
        "curves": [
            {"group": name, "slope": slope, "intercept": intercept}
            for name, (slope, intercept) in zip(training.labels, curves, strict=True)
        ]
    }
    return Fitted(model, columns, facts)


def calibrated(score: Floats, label: Integers) -> tuple[float, float]:
    """The slope and the intercept of the label's log-odds on those of the score, by maximum likelihood.

    Where higher scores do not mean more of label 1 the score is left as it is: slope 1, intercept 0.
    """
    if len(np.unique(label)) < 2:
        raise one_class()
    odds = logit(np.clip(score, _NEAR, 1.0 - _NEAR)).reshape(-1, 1)
    curve = LogisticRegression(C=np.inf, max_iter=1_000, tol=1e-8).fit(odds, label)
    slope, intercept = float(curve.coef_[0, 0]), float(curve.intercept_[0])
    return (slope, intercept) if slope > 0 else (1.0, 0.0)


def _points(slope: float, intercept: float) -> tuple[Floats, Floats]:
    x = np.concatenate([[0.0], expit(np.linspace(logit(_NEAR), -logit(_NEAR), 2_001)), [1.0]])
    y = expit(slope * logit(x[1:-1]) + intercept)
    return x, np.concatenate([[0.0], y, [1.0]])
