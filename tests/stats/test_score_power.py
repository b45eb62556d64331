from math import erf

import numpy as np
import pytest

from assay.stats.auc import auc_bound
from assay.stats.calibration import ece_bound, ks_calibration_bound
from assay.stats.histogram import ScoreCounts
from assay.stats.means import brier_bound
from assay.stats.observed_expected import observed_expected_bound
from assay.stats.score_power import (
    power_auc,
    power_brier,
    power_calibration,
    power_ece,
    power_mean,
    power_observed_expected,
    rows_for_auc,
    smallest_rows,
)

REPS = 400
SLACK = 0.06


def calibrated(rng, n):
    scores = rng.beta(1.2, 2.8, n)
    return ScoreCounts.of_rows(scores, rng.random(n) < scores)


BASE = 0.3
IRREDUCIBLE = BASE - (BASE * (1 - BASE) / 5 + BASE**2)


def share(rng, n, passes):
    return float(np.mean([passes(calibrated(rng, n)) for _ in range(REPS)]))


@pytest.mark.parametrize(("n_pos", "n_neg", "shift", "tau"), [(200, 200, 1.2, 0.75), (100, 600, 1.5, 0.8)])
def test_the_power_of_an_auc_is_what_happens(n_pos, n_neg, shift, tau):
    rng = np.random.default_rng(0)
    labels = np.repeat([1, 0], [n_pos, n_neg])
    planned = power_auc(n_pos, n_neg, 0.5 * (1 + erf(shift / 2)), tau, 0.05)
    passed = np.mean(
        [
            auc_bound(
                ScoreCounts.of_rows(
                    np.concatenate((rng.normal(shift, 1, n_pos), rng.normal(0, 1, n_neg))), labels
                ),
                0.05,
            ).lower
            >= tau
            for _ in range(REPS)
        ]
    )
    assert passed == pytest.approx(planned, abs=SLACK)


@pytest.mark.parametrize(("n", "tau"), [(500, 0.06), (1000, 0.04), (2000, 0.025)])
def test_the_power_of_calibration_is_what_happens(n, tau):
    planned = power_calibration(n, tau, 0.05, base_rate=BASE, brier=IRREDUCIBLE)
    rng = np.random.default_rng(1)
    passed = share(rng, n, lambda counts: ks_calibration_bound(counts, 0.05).upper <= tau)
    assert passed == pytest.approx(planned, abs=SLACK)
    assert power_calibration(n, tau, 0.05, base_rate=BASE) <= planned


def test_the_power_of_ece_is_a_lower_bound():
    planned = power_ece(1000, 0.07, 0.05, base_rate=BASE, brier=IRREDUCIBLE)
    passed = share(np.random.default_rng(2), 1000, lambda c: ece_bound(c, 0.05).upper <= 0.07)
    assert 0.3 < planned <= passed + SLACK


def test_the_power_of_observed_over_expected_is_what_happens():
    rng = np.random.default_rng(3)
    planned = power_observed_expected(500, BASE, 1.0, 1.15, 0.05, meets="at_most", brier=IRREDUCIBLE)
    passed = share(rng, 500, lambda c: observed_expected_bound(c, 0.05).upper <= 1.15)
    assert passed == pytest.approx(planned, abs=SLACK)
    planned = power_observed_expected(500, BASE, 1.0, 0.85, 0.05, meets="at_least", brier=IRREDUCIBLE)
    passed = share(rng, 500, lambda c: observed_expected_bound(c, 0.05).lower >= 0.85)
    assert passed == pytest.approx(planned, abs=SLACK)


def test_the_power_of_a_brier_score_is_what_happens():
    rng = np.random.default_rng(4)
    big = calibrated(rng, 200_000)
    losses = np.concatenate(
        (np.repeat(big.scores**2, big.negatives), np.repeat((1 - big.scores) ** 2, big.positives))
    )
    planned = power_brier(500, IRREDUCIBLE, 0.19, 0.05, sd=float(losses.std()))
    passed = share(rng, 500, lambda c: brier_bound(c, 0.05).upper <= 0.19)
    assert passed == pytest.approx(planned, abs=SLACK)
    assert power_brier(500, IRREDUCIBLE, 0.19, 0.05) < planned


def test_power_grows_with_rows_and_is_the_level_at_the_threshold():
    grown = [power_auc(n, n, 0.85, 0.8, 0.05) for n in (50, 100, 400, 2000)]
    assert grown == sorted(grown)
    assert power_auc(5000, 5000, 0.8, 0.8, 0.05) == pytest.approx(0.05, abs=0.005)
    assert power_mean(100, 0.2, 0.2, 0.1, 0.05) == pytest.approx(0.05)
    calibrations = [power_calibration(n, 0.03, 0.05, base_rate=0.2) for n in (90, 1000, 2000, 20_000, 10**8)]
    assert calibrations == sorted(calibrations)
    assert calibrations[0] == 0
    assert calibrations[-1] == pytest.approx(1, abs=1e-3)


def test_the_rows_needed_are_the_smallest_that_reach_the_power():
    rows = rows_for_auc(0.2, 0.85, 0.8, 0.05, 0.9)
    assert rows is not None
    assert power_auc(round(rows * 0.2), rows - round(rows * 0.2), 0.85, 0.8, 0.05) >= 0.9
    assert power_auc(round(rows * 0.2) - 5, rows - round(rows * 0.2) - 20, 0.85, 0.8, 0.05) < 0.9
    assert rows_for_auc(0.2, 0.75, 0.8, 0.05, 0.9) is None
    found = smallest_rows(lambda n: power_calibration(n, 0.03, 0.05, base_rate=0.2), power=0.8)
    assert found is not None
    assert power_calibration(found, 0.03, 0.05, base_rate=0.2) >= 0.8
    assert power_calibration(found - 1, 0.03, 0.05, base_rate=0.2) < 0.8


@pytest.mark.parametrize(
    "plan",
    [
        lambda: power_auc(0, 5, 0.8, 0.7, 0.05),
        lambda: power_auc(50, 50, 1.0, 0.7, 0.05),
        lambda: power_mean(100, 0.1, 0.2, 0.0, 0.05),
        lambda: power_ece(100, 0.1, 0.05, base_rate=0.1, bins=0),
        lambda: power_calibration(1, 0.1, 0.05, base_rate=0.1),
        lambda: power_observed_expected(100, 0.1, 0.0, 1.2, 0.05, meets="at_most"),
    ],
)
def test_impossible_plans_are_refused(plan):
    with pytest.raises(ValueError, match=r"expected|between"):
        plan()
