"""The power of "AUC at most" is that of the rule itself, by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from assay.domain.evidence import Functional
from assay.plan.scores import scores_power
from assay.stats.auc import auc_bound
from assay.stats.histogram import ScoreCounts

ALPHA, AT = 0.05, 0.85


def passes(true: float, n: int) -> float:
    rule = scores_power(Functional.AUC, n, n, at_least=False, threshold=AT, alpha=ALPHA, bins=15, noise=0.1)
    return rule(true, 1.0)


@pytest.mark.parametrize("true", [0.78, 0.80, 0.82])
def test_it_is_the_share_of_samples_that_pass(true: float) -> None:
    draw, n, looks = np.random.default_rng(1), 300, 150
    passed = 0
    for _ in range(looks):
        scores = np.concatenate([draw.normal(0, 1, n), draw.normal(norm.ppf(true) * np.sqrt(2), 1, n)])
        order = np.argsort(scores)
        positive = (order >= n).astype(np.int64)
        passed += auc_bound(ScoreCounts(scores[order], 1 - positive, positive), ALPHA).upper <= AT
    assert passes(true, n) == pytest.approx(passed / looks, abs=0.12)


def test_a_column_that_ranks_nothing_passes_and_a_perfect_one_does_not() -> None:
    assert passes(0.5, 300) > 0.999
    assert (passes(0.0, 300), passes(1.0, 300)) == (1.0, 0.0)
