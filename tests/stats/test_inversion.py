import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.stats.auc import auc_bound
from assay.stats.calibration import ece_bound, ks_calibration_bound
from assay.stats.histogram import ScoreCounts
from assay.stats.inversion import SMALLEST, smallest_alpha
from assay.stats.means import brier_bound
from assay.stats.observed_expected import observed_expected_bound
from assay.stats.rates import lower_limit, p_at_least, p_at_most, upper_limit


@given(st.integers(20, 400), st.floats(0, 1), st.floats(0.05, 0.95))
def test_inverting_clopper_pearson_gives_the_binomial_tail(n, share, tau):
    x = round(share * n)
    at_least = smallest_alpha(lambda a: float(lower_limit(x, n, a)), tau, meets="at_least")
    at_most = smallest_alpha(lambda a: float(upper_limit(x, n, a)), tau, meets="at_most")
    for found, exact in ((at_least, float(p_at_least(x, n, tau))), (at_most, float(p_at_most(x, n, tau)))):
        if abs(exact - 0.5) < 1e-9:
            assert found == 1.0 or found == pytest.approx(
                0.5, rel=1e-6
            )  # the largest level that is tried: either answer is true
        elif SMALLEST < exact < 0.5:
            assert found == pytest.approx(exact, rel=1e-6)
        else:
            assert found == (SMALLEST if exact <= SMALLEST else 1.0)


def test_the_answer_meets_the_threshold_itself():
    alpha = smallest_alpha(lambda a: 0.3 + a, 0.4, meets="at_least")
    assert 0.3 + alpha >= 0.4
    assert alpha == pytest.approx(0.1)


def test_an_open_question_is_refused():
    with pytest.raises(ValueError, match="at_least or at_most"):
        smallest_alpha(lambda a: a, math.nan, meets="at_least")
    with pytest.raises(ValueError, match="at_least or at_most"):
        smallest_alpha(lambda a: a, 0.5, meets="above")


@pytest.mark.parametrize(
    "rule", [auc_bound, brier_bound, ks_calibration_bound, ece_bound, observed_expected_bound]
)
def test_the_p_value_agrees_with_the_limits_of_every_score_rule(rule):
    rng = np.random.default_rng(0)
    scores = np.round(rng.beta(1, 2, 400), 3)
    counts = ScoreCounts.of_rows(scores, rng.random(400) < scores)
    for level in (1e-6, 0.01, 0.05, 0.3):
        threshold = rule(counts, level).upper
        if threshold < 1:
            p = smallest_alpha(lambda a: rule(counts, a).upper, threshold, meets="at_most")
            assert p <= level * (1 + 1e-6)
            tighter = smallest_alpha(lambda a: rule(counts, a).upper, threshold - 1e-6, meets="at_most")
            assert tighter > level * (1 - 1e-6)
