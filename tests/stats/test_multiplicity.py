"""Holm's procedure: by hand, against statsmodels, and never more often wrong than alpha."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.stats.multiplicity import holm

P_VALUES = st.lists(st.floats(0, 1), max_size=30)


def test_by_hand():
    result = holm([0.01, 0.04, 0.03, 0.005], 0.05)
    assert result.adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert result.rejected.tolist() == [True, False, False, True]


def test_agrees_with_statsmodels():
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    rng = np.random.default_rng(2)
    for size in (1, 2, 7, 40):
        p = rng.uniform(size=size) ** 3
        rejected, adjusted, _, _ = multitest.multipletests(p, 0.05, method="holm")
        assert holm(p, 0.05).adjusted == pytest.approx(adjusted)
        assert np.array_equal(holm(p, 0.05).rejected, rejected)


@given(P_VALUES, st.floats(0.001, 0.5), st.randoms())
def test_order_does_not_matter_and_bonferroni_is_contained(p, alpha, random):
    values = np.array(p)
    order = list(range(len(p)))
    random.shuffle(order)
    index = np.array(order, dtype=int)
    result = holm(values, alpha)
    assert holm(values[index], alpha).adjusted == pytest.approx(result.adjusted[index])
    assert np.all(result.rejected[values * max(len(p), 1) <= alpha])
    assert np.all(result.adjusted >= values)


def test_unlisted_hypotheses_count():
    assert holm([0.01], 0.05, hypotheses=5).rejected.tolist() == [True]
    assert holm([0.01], 0.05, hypotheses=6).rejected.tolist() == [False]


def test_the_family_wise_error_is_at_most_alpha():
    p = np.random.default_rng(3).uniform(size=(4000, 12))
    assert np.mean([holm(row, 0.05).rejected.any() for row in p]) < 0.06


def test_nothing_to_reject():
    assert holm([], 0.05).rejected.size == 0


@pytest.mark.parametrize("bad", [[-0.1], [1.2], [float("nan")], [[0.1]]])
def test_refuses_what_is_no_p_value(bad):
    with pytest.raises(ValueError, match="p-values"):
        holm(bad, 0.05)


def test_refuses_a_family_smaller_than_its_list():
    with pytest.raises(ValueError, match="at least 2 hypotheses"):
        holm([0.1, 0.2], 0.05, hypotheses=1)
