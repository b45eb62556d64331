"""The bootstrap over cells has the law of the bootstrap over rows and costs nothing per row."""

import time

import numpy as np
import pytest
from scipy.stats import ks_2samp

from assay.stats.bootstrap import percentile_interval, resample_cells

COUNTS = np.array([[[40, 160], [90, 210]], [[35, 65], [60, 140]]])  # group x label x prediction


def gap(tables):
    """Difference of the true positive rates of two groups."""
    rates = tables[..., 1, 1] / tables[..., 1, :].sum(-1)
    return rates[..., 0] - rates[..., 1]


def test_same_law_as_resampling_rows():
    rows = np.repeat(np.arange(COUNTS.size), COUNTS.ravel())
    rng = np.random.default_rng(11)
    drawn = rng.choice(rows, size=(3000, rows.size))
    by_row = np.stack([np.bincount(r, minlength=COUNTS.size) for r in drawn]).reshape(-1, *COUNTS.shape)
    by_cell = resample_cells(COUNTS, 3000, np.random.default_rng(12))
    assert ks_2samp(gap(by_row), gap(by_cell)).pvalue > 0.01


def test_totals_shape_and_seed():
    drawn = resample_cells(COUNTS, 50, np.random.default_rng(1))
    assert drawn.shape == (50, *COUNTS.shape)
    assert np.all(drawn.sum(axis=(1, 2, 3)) == COUNTS.sum())
    assert np.array_equal(drawn, resample_cells(COUNTS, 50, np.random.default_rng(1)))
    assert not np.array_equal(drawn, resample_cells(COUNTS, 50, np.random.default_rng(2)))


def test_an_interval_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    shares = COUNTS.ravel() / COUNTS.sum()
    truth, covered = gap(COUNTS[None])[0], 0
    for _ in range(300):
        data = rng.multinomial(800, shares).reshape(COUNTS.shape)
        found = percentile_interval(data, gap, replicates=400, alpha=0.05, generator=rng)
        covered += found.lower <= truth <= found.upper
    assert 0.84 < covered / 300 < 0.96


def test_a_group_without_an_error_shows_why_this_never_gates():
    found = percentile_interval(
        [0, 20], lambda t: t[:, 1] / t.sum(1), replicates=200, alpha=0.05, generator=np.random.default_rng(1)
    )
    assert (found.lower, found.upper) == (1, 1)


def test_undefined_replicates_are_left_out():
    def rate(tables):
        with np.errstate(invalid="ignore"):
            return tables[:, 0] / tables[:, :2].sum(1)

    found = percentile_interval(
        [1, 1, 98], rate, replicates=500, alpha=0.05, generator=np.random.default_rng(4)
    )
    assert 0 <= found.lower <= found.upper <= 1


def test_the_cost_does_not_depend_on_rows():
    counts = np.full(32, 31_250)
    start = time.process_time()
    resample_cells(counts, 10_000, np.random.default_rng(1))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("counts", "replicates", "alpha", "says"),
    [
        ([1, -1], 5, 0.05, "non-negative"),
        ([0.5, 1], 5, 0.05, "whole"),
        ([0, 0], 5, 0.05, "at least one row"),
        ([1, 2], 0, 0.05, "one replicate"),
        ([1, 2], 5, 0.7, "level alpha"),
    ],
)
def test_refusals(counts, replicates, alpha, says):
    with pytest.raises(ValueError, match=says):
        percentile_interval(
            counts,
            lambda t: t[:, 0],
            replicates=replicates,
            alpha=alpha,
            generator=np.random.default_rng(1),
        )
