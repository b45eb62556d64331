"""Group thresholds: post-processing of M. Hardt, E. Price and N. Srebro, Equality of opportunity in supervised learning,
NeurIPS 2016, as fairlearn has it.

It meets its constraint exactly by a lottery between two thresholds of a group. A decision about a person is not drawn here:
of the two the likelier is taken, and what that does is seen on the development rows. Thresholds are set on scores of
training rows by models that did not learn from them. A rising map of each group carries its threshold to the declared one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from fairlearn.postprocessing import ThresholdOptimizer
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from assay.domain.mitigation import Parity
from assay.mitigation.deployed import Floats, Integers, MappedScore
from assay.mitigation.training import Fitted, Training, fitted, one_class, out_of_fold


def train(training: Training) -> Fitted:
    """A candidate whose threshold is of each group its own."""
    if training.parity is None:
        raise ValueError("the metric names no equality that thresholds could give")
    score = out_of_fold(training, training.declared)
    inside = training.grouped
    if any(
        len(np.unique(training.label[training.group == number])) < 2 for number in range(len(training.labels))
    ):
        raise one_class()
    optimizer = optimized(training.parity, score[inside], training.label[inside], training.group[inside])
    at = [_threshold(optimizer, number) for number in range(len(training.labels))]
    maps = [carried(threshold, training.decide_at) for threshold in at]
    columns = tuple(range(len(training.columns)))
    model = MappedScore(
        fitted(training, training.declared),
        training.declared,
        len(columns),
        training.groups,
        [*maps, _unchanged()],
        numeric=training.numeric(training.declared),
    )
    drawn = _lottery(optimizer, score[inside], training.group[inside])
    facts = {
        "thresholds": [
            {"group": name, "threshold": float(min(max(threshold, 0.0), 1.0))}
            for name, threshold in zip(training.labels, at, strict=True)
        ],
        "decided_by_lot": drawn,
    }
    return Fitted(model, columns, facts)


class _Scored(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn tells no types
    """Scores that are at hand, as a fitted classifier: each row holds its own."""

    def fit(self, rows: Any, label: Any) -> _Scored:  # noqa: ARG002 - scikit-learn's signature
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, rows: Any) -> Floats:
        score = np.asarray(rows, dtype=np.float64)[:, 0]
        return np.column_stack([1.0 - score, score])


def optimized(parity: Parity, score: Floats, label: Integers, group: Integers) -> ThresholdOptimizer:
    """fairlearn's thresholds for scores at hand, by which most rows are decided right."""
    made = ThresholdOptimizer(
        estimator=_Scored(),
        constraints=parity.value,
        objective="accuracy_score",
        prefit=True,
        predict_method="predict_proba",
    )
    return made.fit(score.reshape(-1, 1), label, sensitive_features=group)


def _threshold(optimizer: ThresholdOptimizer, number: int) -> float:
    """The score above which a row of a group is decided 1 more likely than not; infinite where none or all are."""
    parts = optimizer.interpolated_thresholder_.interpolation_dict[number]
    constant, ignored = float(parts.get("prediction_constant", 0.0)), float(parts.get("p_ignore", 0.0))
    steps = sorted({float(parts.operation0.threshold), float(parts.operation1.threshold)})
    for threshold in (-np.inf, *steps):
        above = np.array([_above(threshold)])
        chance = parts.p0 * parts.operation0(above) + parts.p1 * parts.operation1(above)
        if ignored * constant + (1.0 - ignored) * float(chance[0]) >= 0.5:
            return threshold
    return np.inf


def _above(threshold: float) -> float:
    return -1.0 if np.isneginf(threshold) else float(np.nextafter(threshold, np.inf))


def carried(threshold: float, at: float) -> tuple[Floats, Floats]:
    """The map of a group's scores by which those above its threshold, and no others, come to ``at`` or more.

    A threshold below 0 decides everybody 1, one of 1 or more nobody.
    """
    below = float(np.nextafter(at, -np.inf))
    if threshold < 0.0:
        return np.array([0.0, 1.0]), np.array([at, 1.0])
    if threshold >= 1.0:
        return np.array([0.0, 1.0]), np.array([0.0, max(below, 0.0)])
    above = float(np.nextafter(threshold, np.inf))
    return np.array([0.0, threshold, above, 1.0]), np.array([0.0, max(below, 0.0), at, 1.0])


def _unchanged() -> tuple[Floats, Floats]:
    return np.array([0.0, 1.0]), np.array([0.0, 1.0])


def _lottery(optimizer: ThresholdOptimizer, score: Floats, group: Integers) -> float:
    """The share of the training rows that fairlearn would decide by lot."""
    chance: NDArray[Any] = optimizer._pmf_predict(score.reshape(-1, 1), sensitive_features=group)[:, 1]  # noqa: SLF001 - what its own predict draws from
    return float(np.mean((chance > 0.0) & (chance < 1.0)))
