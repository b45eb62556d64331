"""The two curves are scikit-learn's, and the gain is the difference of its Brier scores on the half that did not fit them."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss

from assay.checks.catalogue import catalogue
from assay.checks.counting.recalibration import isotonic, platt
from assay.checks.tabled import table_view
from assay.domain.assessment import Asked
from assay.domain.evidence import Statistic
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator
from assay.stats.assess import assess
from assay.tally.hashes import number_words, row_hash

CHECK = catalogue()["performance.recalibration_gain"]


def sample(n: int, bold: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    odds = rng.normal(-0.5, 1.5, n)
    label = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    return np.round(1 / (1 + np.exp(-bold * odds)), 3), label


def of_scikit_learn(score: np.ndarray, label: np.ndarray) -> tuple[_SigmoidCalibration, IsotonicRegression]:
    sigmoid = _SigmoidCalibration().fit(odds_of(score), label)
    return sigmoid, IsotonicRegression(out_of_bounds="clip").fit(score, label)


def odds_of(score: np.ndarray) -> np.ndarray:
    clipped = np.clip(score, 1e-6, 1 - 1e-6)
    return np.log(clipped / (1 - clipped))


@pytest.mark.parametrize("bold", [0.5, 1.0, 4.0])
def test_the_curves_are_those_of_scikit_learn(bold: float) -> None:
    score, label = sample(1500, bold)
    grid = np.arange(1001) / 1000
    place = np.rint(score * 1000).astype(int)
    rows = [np.bincount(place[label == y], minlength=1001).astype(float) for y in (0, 1)]
    sigmoid, rising = of_scikit_learn(score, label)
    assert platt(grid, *rows) == pytest.approx(sigmoid.predict(odds_of(grid)), abs=1e-4)
    assert isotonic(grid, *rows) == pytest.approx(rising.predict(grid), abs=1e-9)


def test_without_a_score_of_both_labels_there_is_a_curve_too() -> None:
    found = platt(np.array([0.1, 0.9]), np.array([50.0, 0.0]), np.array([0.0, 50.0]))
    assert found == pytest.approx([1 / 52, 51 / 52], abs=1e-6)


@pytest.mark.parametrize("bold", [1.0, 3.0])
def test_the_gain_is_that_of_brier_scores_on_the_other_half(bold: float) -> None:
    score, label = sample(2000, bold)
    x = np.arange(2000)
    assert isinstance(CHECK.need, Tabulated)
    view = table_view(CHECK.need.tabulate, {"x": x}, label=label, score=score)
    asked = Asked("c", Comparator.AT_MOST, Decimal("0.01"), 0.05)
    found = assess(Statistic(CHECK.metric.id, "", "test", CHECK.count(view)), asked)
    fits = (row_hash([("x", number_words(x))], 2000) >> np.uint64(7)) % np.uint64(2) == 0
    assert 800 < fits.sum() < 1200
    sigmoid, rising = of_scikit_learn(score[fits], label[fits])
    judged, truth = score[~fits], label[~fits]
    raw = brier_score_loss(truth, judged)
    expected = {
        "logistic curve": raw - brier_score_loss(truth, sigmoid.predict(odds_of(judged))),
        "isotonic curve": raw - brier_score_loss(truth, rising.predict(judged)),
    }
    assert {p.label: p.estimate for p in found.pieces} == pytest.approx(expected, abs=1e-5)
    assert all(p.n == int((~fits).sum()) for p in found.pieces)
