"""Curves of scores that were kept on a grid."""

from __future__ import annotations

import numpy as np

from assay.app.picture import _curves_of
from assay.tally.views import GroupOutcomes


def test_a_curve_from_a_grid_ties_the_labels_of_a_bin():
    scores, edges = np.array([0.1, 0.2, 0.7, 0.8]), np.array([0.0, 0.5, 1.0])
    by_label = np.array([[0, 30, 0, 10], [10, 0, 50, 0]])
    counts = np.array([[30, 10], [10, 50]])
    roc, reliability = _curves_of("all rows", GroupOutcomes("", counts, scores, by_label, edges))
    assert roc.points == ((0.0, 0.0), (0.25, 50 / 60), (1.0, 1.0))
    assert sum(point[4] for point in reliability.points) == 100
