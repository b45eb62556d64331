"""The drawn ROC curve against scikit-learn's, and what a grid and a short list of points make of it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import auc
from sklearn.metrics import roc_curve as oracle

from assay.stats.auc import auc as area
from assay.stats.curves import POINTS, roc_curve
from assay.stats.histogram import ScoreCounts, Undefined


def rows(seed: int, n: int, values: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, values, n) / values
    return scores, (rng.random(n) < scores).astype(int)


@pytest.mark.parametrize("seed", range(5))
def test_every_point_is_that_of_scikit_learn(seed: int) -> None:
    scores, labels = rows(seed, 400, 90)
    false_positives, true_positives, _ = oracle(labels, scores, drop_intermediate=False)
    curve = roc_curve(ScoreCounts.of_rows(scores, labels))
    np.testing.assert_allclose(curve, np.stack((false_positives, true_positives), axis=1), atol=1e-15)


def test_a_long_curve_is_drawn_by_a_few_of_its_points() -> None:
    scores, labels = rows(7, 30_000, 20_000)
    counts = ScoreCounts.of_rows(scores, labels)
    curve, whole = roc_curve(counts), roc_curve(counts, points=30_001)
    assert len(curve) == POINTS
    assert {tuple(point) for point in curve} <= {tuple(point) for point in whole}
    assert curve[0].tolist() == [0, 0]
    assert curve[-1].tolist() == [1, 1]
    assert auc(*whole.T) == pytest.approx(area(counts), abs=1e-12)
    assert auc(*curve.T) == pytest.approx(area(counts), abs=1e-3)


def test_a_grid_ties_the_labels_of_a_bin() -> None:
    counts = ScoreCounts(np.array([0.1, 0.2, 0.7, 0.8]), np.array([0, 30, 0, 10]), np.array([10, 0, 50, 0]))
    curve = roc_curve(counts, edges=np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(curve, [[0, 0], [0.25, 50 / 60], [1, 1]])


@pytest.mark.parametrize("label", [0, 1])
def test_one_label_alone_has_no_curve(label: int) -> None:
    with pytest.raises(Undefined) as refused:
        roc_curve(ScoreCounts.of_rows([0.2, 0.7], [label, label]))
    assert refused.value.reason == "one_class_only"
