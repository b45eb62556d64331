"""Scores kept on a grid: what is said of them holds for the scores that were there."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assay.tally.scores as scores_module
from assay.domain.assessment import Asked, Assessment
from assay.domain.evidence import Functional, ScoreCell, Scores, Statistic
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats import grid
from assay.stats.assess import assess
from assay.stats.auc import auc, gini
from assay.stats.average_precision import average_precision
from assay.stats.calibration import ece, ks_calibration
from assay.stats.grid import GridCounts
from assay.stats.histogram import ScoreCounts
from assay.stats.means import brier, log_loss
from assay.stats.observed_expected import observed_expected
from assay.stats.pieces.scores import ON_GRID
from assay.tally.scores import ScoreSum

ECE_BINS = 5
VALUES: dict[Functional, Callable[[ScoreCounts], float]] = {
    Functional.AUC: auc,
    Functional.GINI: gini,
    Functional.AVERAGE_PRECISION: average_precision,
    Functional.BRIER: brier,
    Functional.LOG_LOSS: log_loss,
    Functional.KS_CALIBRATION: ks_calibration,
    Functional.ECE: lambda counts: ece(counts, bins=ECE_BINS),
    Functional.OBSERVED_EXPECTED: observed_expected,
}
FIXED_POINT = {Functional.LOG_LOSS: 3e-4, Functional.OBSERVED_EXPECTED: 1e-6}
"""What 2**-32 of a score may do; a logarithm has a slope of up to 10^6 at the clip."""


def on_grid(score: np.ndarray, label: np.ndarray, bins: int | None = None) -> ScoreCell:
    """The rows as the tally keeps them, on a grid of so many bins."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scores_module, "MOST_EXACT", 0)
        if bins is not None:
            patched.setattr(scores_module, "bins_for", lambda cells: bins)
        return one_by_one(score, label)


def one_by_one(score: np.ndarray, label: np.ndarray) -> ScoreCell:
    """The rows as the tally keeps them while there is room for every score."""
    total = ScoreSum(1)
    total.count(label.astype(np.int64), score)
    scores, by_label, edges = total.tally().histogram(np.ones(1, dtype=bool))
    return ScoreCell("", *(tuple(a.tolist()) for a in (scores, *by_label, edges)))


def counts_of(cell: ScoreCell) -> ScoreCounts:
    return ScoreCounts(np.array(cell.scores), np.array(cell.negatives), np.array(cell.positives))


def range_of(functional: Functional, cell: ScoreCell) -> tuple[float, float]:
    kept = GridCounts.of(counts_of(cell), np.array(cell.edges))
    found = grid.ece_on_grid(kept, ECE_BINS) if functional is Functional.ECE else ON_GRID[functional](kept)
    return found.least, found.largest


@st.composite
def rows(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, int]:
    """Scores that are spread, squashed, at the ends, or beside the edges of bins; labels that may depend on them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, bins = draw(st.integers(100, 400)), draw(st.sampled_from([2, 3, 8, 50, 200, 10_000]))
    edges = scores_module.edges_of(bins) / scores_module.ONE
    kinds = [
        rng.random(n),
        rng.beta(0.1, 0.1, n),
        rng.random() * 0.99 + rng.random(n) * draw(st.sampled_from([1e-12, 1e-6, 1e-2])),
        np.nextafter(rng.choice(edges, n), draw(st.sampled_from([0.0, 1.0]))),
        rng.choice([0.0, 1.0, 0.2, 0.4, np.nextafter(0.2, 0), 1e-7, 1 - 1e-7, 2e-6], n),
    ]
    chosen = draw(st.lists(st.sampled_from(range(len(kinds))), min_size=1, unique=True))
    score = np.stack([kinds[k] for k in chosen])[rng.integers(0, len(chosen), n), np.arange(n)]
    ranks = np.argsort(np.argsort(score)) / n
    chance = draw(st.sampled_from([score, ranks, 1 - ranks, np.full(n, 0.3), (ranks * 40) % 1]))
    label = (rng.random(n) < chance).astype(np.int64)
    label[:2] = 0, 1
    return score, label, bins


@pytest.mark.parametrize("functional", Functional)
@settings(max_examples=150, deadline=None)
@given(rows())
def test_the_exact_value_lies_in_the_range_that_a_grid_allows_for(functional, drawn):
    score, label, bins = drawn
    exact = VALUES[functional](ScoreCounts.of_rows(score, label))
    least, largest = range_of(functional, on_grid(score, label, bins))
    slack = FIXED_POINT.get(functional, 1e-8) * max(exact, 1)
    assert least - slack <= exact <= largest + slack


BETWEEN_EQUALS = {Functional.ECE, Functional.AVERAGE_PRECISION}
"""Where it matters what a grid does not tell even then: that the rows of a bin had one score, or on which side of an edge they lay."""


@pytest.mark.parametrize("functional", sorted(set(Functional) - BETWEEN_EQUALS))
def test_of_scores_that_a_grid_does_not_merge_the_range_is_a_point(functional):
    rng = np.random.default_rng(5)
    edges = scores_module.edges_of(50)[5:45:4] / scores_module.ONE  # one score in a bin, at its edge
    score = rng.choice(edges, 3000)
    label = (rng.random(3000) < score).astype(np.int64)
    only_one = np.isin(score, edges[::2])
    label[only_one] = (edges.searchsorted(score[only_one]) // 2) % 2  # and one label at that
    score, label = score[only_one], label[only_one]
    exact = VALUES[functional](ScoreCounts.of_rows(score, label))
    least, largest = range_of(functional, on_grid(score, label, 50))
    assert least == pytest.approx(exact, abs=1e-9)
    assert largest == pytest.approx(exact, abs=1e-9)


def held(cell: ScoreCell, functional: Functional, threshold: str, *, bins: int = 15) -> Assessment:
    return assess(
        Statistic("performance.x", "", "test", Scores((cell,), functional, bins)),
        Asked(
            "x",
            Comparator.AT_LEAST if functional is Functional.AUC else Comparator.AT_MOST,
            Decimal(threshold),
            alpha=0.05,
        ),
    )


def verdict(assessment: Assessment) -> Verdict:
    return judge([assessment])[0].verdict


@pytest.mark.parametrize("functional", [Functional.KS_CALIBRATION, Functional.ECE])
def test_a_ranking_squashed_into_one_bin_does_not_pass_as_calibrated(functional):
    rng = np.random.default_rng(1)
    rank, base_rate = rng.random(200_000), 7 / 15
    label = rng.random(200_000) < base_rate + 0.8 * (rank - 0.5)
    score = base_rate + 2e-5 * (rank - 0.5)
    exact = ScoreCounts.of_rows(score, label)
    assert min(ks_calibration(exact), ece(exact, bins=15)) > 0.09
    assert verdict(held(on_grid(score, label), functional, "0.02")) is not Verdict.PASS


def test_rankings_turned_around_within_two_bins_do_not_pass():
    rng = np.random.default_rng(1)
    high = np.where(rng.random(200_000) < 0.5, 0.8, 0.2)
    label = rng.random(200_000) < high
    score = high + 1e-6 * np.where(label, -1, 1) * rng.random(200_000)
    assert auc(ScoreCounts.of_rows(score, label)) < 0.65
    cell = on_grid(score, label)
    assert verdict(held(cell, Functional.AUC, "0.75")) is not Verdict.PASS
    assert verdict(held(cell, Functional.KS_CALIBRATION, "0.02")) is not Verdict.PASS


@pytest.mark.parametrize(
    ("functional", "threshold"),
    [
        (Functional.AUC, "0.825"),
        (Functional.BRIER, "0.1335"),
        (Functional.LOG_LOSS, "0.411"),
        (Functional.KS_CALIBRATION, "0.003"),
        (Functional.ECE, "0.005"),
        (Functional.OBSERVED_EXPECTED, "1.01"),
    ],
)
def test_an_honest_model_on_a_million_rows_still_passes(functional, threshold):
    rng = np.random.default_rng(2)
    score = rng.beta(0.6, 1.8, 1_000_000)
    label = rng.random(1_000_000) < score
    assessment = held(on_grid(score, label), functional, threshold)
    assert verdict(assessment) is Verdict.PASS
    exact = VALUES[functional](ScoreCounts.of_rows(score, label)) if functional is not Functional.ECE else 0.0
    piece = assessment.pieces[0]
    assert piece.lower <= exact <= piece.upper
    assert "scores on a grid, allowing for values up to" in piece.method


def adverse(seed: int, most: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Rows whose scores crowd or straddle bins, and whose labels go with the score, against it, or turn within each bin."""
    rng = np.random.default_rng(seed)
    n = int(np.exp(rng.uniform(np.log(200), np.log(most))))
    bins = int(rng.choice([100, 200, 500, 1000]))
    edges = scores_module.edges_of(bins) / scores_module.ONE
    kinds = [
        rng.random(n),
        rng.beta(0.1, 0.1, n),
        rng.random() * 0.99 + rng.random(n) * rng.choice([1e-6, 1e-3, 1e-2]),
        np.nextafter(rng.choice(edges, n), rng.choice([0.0, 1.0])),
        rng.beta(0.6, 1.8, n),
    ]
    chosen = rng.choice(len(kinds), size=rng.integers(1, 4), replace=False)
    score = np.stack([kinds[k] for k in chosen])[rng.integers(0, len(chosen), n), np.arange(n)]
    ranks, within = np.argsort(np.argsort(score)) / n, (score * bins) % 1
    chances = (score, ranks, 1 - ranks, np.full(n, 0.3), (ranks * 40) % 1, within, 1 - within)
    label = (rng.random(n) < chances[rng.integers(len(chances))]).astype(np.int64)
    label[:20] = np.arange(20) % 2
    return score, label, bins


@pytest.mark.parametrize(
    ("functional", "side"),
    [
        (Functional.AUC, -1),
        (Functional.BRIER, 1),
        (Functional.LOG_LOSS, 1),
        (Functional.KS_CALIBRATION, 1),
        (Functional.ECE, 1),
    ],
)
def test_no_limit_on_a_grid_is_bolder_than_that_of_the_scores_themselves(functional, side):
    """The argument for it leaves out the correction for skewness: so it is tried."""
    for seed in range(12):
        score, label, bins = adverse(seed, 2_000)
        exact, kept = (
            held(cell, functional, "0.5").pieces[0]
            for cell in (one_by_one(score, label), on_grid(score, label, bins))
        )
        bolder = exact.upper - kept.upper if side > 0 else kept.lower - exact.lower
        assert bolder <= 1e-6 * (exact.upper - exact.lower), seed


def test_a_grid_without_room_for_its_scores_is_refused():
    counts = ScoreCounts(np.array([0.2, 0.7]), np.array([1, 1]), np.array([1, 1]))
    for edges in ([0.2], [0.5, 0.2, 1.0], [0.3, 1.0], [0.0, 0.6]):
        with pytest.raises(ValueError, match=r"edges"):
            GridCounts.of(counts, np.array(edges))


@pytest.mark.parametrize("functional", Functional)
def test_a_small_group_on_a_grid_has_no_value_or_a_rule_for_few_rows(functional):
    for n in (1, 2, 60):
        label = np.arange(n) % 2
        held(on_grid(np.linspace(0.1, 0.9, n), label), functional, "0.5")


def test_the_bin_that_holds_one_alone_is_joined_to_the_bin_below():
    cell = on_grid(np.array([0.3, 1.0, 1.0, 1 - 1e-12]), np.array([0, 1, 0, 1]))
    assert cell.edges[-1] == 1.0
    kept = GridCounts.of(counts_of(cell), np.array(cell.edges))
    assert kept.rows.tolist() == [[1, 1], [0, 2]]
    assert 0.9999 < kept.low[-1] < 1 - 1e-12


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("scores", [(1e-6, 1.52e-5), (0.0, 2e-6)])
def test_the_log_loss_is_in_its_range_where_the_clip_makes_it_concave(scores, mirrored):
    score = np.append(np.repeat(scores, 100), 0.5)
    label = np.append(np.ones(200, dtype=np.int64), 0)
    if mirrored:
        score, label = 1 - score, 1 - label
    exact = log_loss(ScoreCounts.of_rows(score, label))
    least, largest = range_of(Functional.LOG_LOSS, on_grid(score, label))
    assert least - 1e-3 <= exact <= largest + 1e-3


def test_edges_of_the_calibration_error_that_are_edges_of_the_grid_hide_nothing():
    rng = np.random.default_rng(3)
    score = rng.random(2000)
    label = (rng.random(2000) < score**2).astype(np.int64)
    cell = on_grid(score, label, 2)  # [0, .5) and [.5, 1]
    found = grid.ece_on_grid(GridCounts.of(counts_of(cell), np.array(cell.edges)), 2)
    exact = ece(ScoreCounts.of_rows(score, label), bins=2)
    assert (found.least, found.largest) == pytest.approx((exact, exact), abs=1e-8)
