"""Precision and lift at the top: the estimate by sorting, and limits that err seldom where the truth is known."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from assay.domain.evidence import ScoreCell
from assay.stats.pieces.ranked import reached_of
from assay.stats.top import Reached, lift_at_top, precision_at_top

ALPHA = 0.05
REPS = 400


@pytest.mark.parametrize("seed", range(5))
def test_the_estimate_is_that_of_the_sorted_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    score = rng.random(1000)
    label = rng.random(1000) < score
    order = np.argsort(-score)
    ordered = label[order][::-1].astype(np.int64)
    reached = Reached.of(1 - ordered, ordered)
    top = label[order][:100].mean()
    assert precision_at_top(reached, Fraction("0.1"), ALPHA).estimate == pytest.approx(top)
    assert lift_at_top(reached, Fraction("0.1"), ALPHA).estimate == pytest.approx(top / label.mean())


def population(ties: bool) -> tuple[np.ndarray, np.ndarray]:
    """Masses and rates of scores, lowest first."""
    k = 6 if ties else 400
    mass = np.arange(k, 0, -1.0) if ties else np.ones(k)
    return mass / mass.sum(), np.linspace(0.02, 0.6, k) ** 2


@pytest.mark.parametrize("share", ["0.05", "0.2"])
@pytest.mark.parametrize("n", [60, 500])
@pytest.mark.parametrize("ties", [True, False])
def test_limits_err_with_at_most_alpha(ties: bool, n: int, share: str) -> None:
    mass, rate = population(ties)
    above = np.cumsum(mass[::-1])[::-1]
    place = int(np.flatnonzero(above >= float(share) - 1e-12)[-1])
    precision = float((mass * rate)[place:].sum() / mass[place:].sum())
    truth = precision, precision / float(mass @ rate)
    rng = np.random.default_rng(5)
    wrong = np.zeros((2, 2))
    for _ in range(REPS):
        cells = rng.multinomial(n, np.concatenate([mass * (1 - rate), mass * rate]))
        reached = Reached.of(cells[: mass.size], cells[mass.size :])
        for i, rule in enumerate((precision_at_top, lift_at_top)):
            if reached.events[-1]:
                bound = rule(reached, Fraction(share), ALPHA)
                wrong[i] += bound.lower > truth[i] + 1e-12, bound.upper < truth[i] - 1e-12
    assert (wrong / REPS).max() <= ALPHA  # exact, and cautious: most are near .01


def test_a_quantile_that_no_row_may_reach_has_no_limit() -> None:
    few = Reached.of(np.array([5, 4]), np.array([0, 1]))
    bound = precision_at_top(few, Fraction("0.01"), ALPHA)
    assert (bound.lower, bound.upper) == (0.0, 1.0)


def test_scores_on_a_grid_are_taken_by_their_bins() -> None:
    exact = ScoreCell("", (0.1, 0.5, 0.9), (5, 3, 1), (1, 2, 4))
    grid = ScoreCell(
        "", (0.09, 0.11, 0.45, 0.55, 0.88, 0.92), (5, 0, 3, 0, 1, 0), (0, 1, 0, 2, 0, 4), (0.0, 0.3, 0.7, 1.0)
    )
    for a, b in zip(
        (reached_of(exact).rows, reached_of(exact).events),
        (reached_of(grid).rows, reached_of(grid).events),
        strict=True,
    ):
        assert a.tolist() == b.tolist()
