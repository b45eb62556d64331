"""A rule of grade B says how wrong it was when simulated, and is not used where that is not known."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from assay.domain.assessment import Asked
from assay.domain.evidence import Functional, ScoreCell, Scores, Statistic
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Grade, Reason, Verdict
from assay.stats.assess import assess
from assay.stats.histogram import ScoreCounts
from assay.stats.means import log_loss, log_loss_bound, log_loss_p
from assay.stats.pieces.scores import WITHOUT_EXACT_RULE
from assay.stats.simulated_sizes import LEVELS, SIMULATED_SIZES, simulated_size


@pytest.mark.parametrize("rule", SIMULATED_SIZES)
def test_sizes_are_ordered_and_at_most_6_percent(rule: str):
    sizes = SIMULATED_SIZES[rule]
    assert [n for n, _ in sizes] == sorted({n for n, _ in sizes})
    assert [s for _, s in sizes] == sorted((s for _, s in sizes), reverse=True)
    assert all(0.04 < s <= 0.06 for _, s in sizes)  # below .04 the simulation would not have found the worst
    assert simulated_size(rule, sizes[0][0] - 1, 0.05) is None
    assert simulated_size(rule, 10**9, 0.05) == sizes[-1][1]


@pytest.mark.parametrize("rule", SIMULATED_SIZES)
def test_a_share_is_that_of_the_level_that_was_spent_or_of_the_next_larger_one(rule: str):
    n = SIMULATED_SIZES[rule][0][0]
    shares = [simulated_size(rule, n, level) for level in LEVELS]
    assert shares == sorted(shares)
    assert all(share <= 1.2 * level + 0.001 for share, level in zip(shares, LEVELS, strict=True))
    assert (
        simulated_size(rule, n, 0.8 * 0.05)
        == simulated_size(rule, n, 1 - 0.95)
        == SIMULATED_SIZES[rule][0][1]
    )
    assert simulated_size(rule, n, 1e-6) == shares[0]
    assert simulated_size(rule, n, 0.06) == simulated_size(rule, n, 0.1)
    assert simulated_size(rule, n, 0.6) is None


def asked(functional: Functional, negatives: int, positives: int):
    cell = ScoreCell("", (0.1, 0.9), (negatives - 1, 1), (1, positives - 1))
    return assess(
        Statistic("performance.x", "", "test", Scores((cell,), functional, bins=10)),
        Asked(
            "x",
            Comparator.AT_LEAST if functional in AREAS else Comparator.AT_MOST,
            Decimal("0.6") if functional in AREAS else Decimal(5),
            alpha=0.05,
        ),
    )


AREAS = {Functional.AUC, Functional.GINI, Functional.AVERAGE_PRECISION}


@pytest.mark.parametrize("functional", sorted(set(Functional) - {Functional.LOG_LOSS}))
def test_a_simulated_rule_carries_its_size(functional: Functional):
    enough = asked(functional, 500, 60).pieces[0]
    assert enough.grade is Grade.B
    assert enough.simulated_size is not None
    assert enough.simulated_size <= 0.06


@pytest.mark.parametrize("functional", Functional)
def test_on_few_rows_a_rule_is_exact_or_gives_no_verdict(functional: Functional):
    few = asked(functional, 500, 49) if functional in AREAS else asked(functional, 60, 39)
    if functional in WITHOUT_EXACT_RULE:
        verdict = judge([few])[0]
        assert (verdict.verdict, verdict.reason) == (Verdict.NOT_EVALUABLE, Reason.TOO_FEW_ROWS_FOR_METHOD)
    else:
        assert few.pieces[0].grade is Grade.A


def test_the_log_loss_is_exact_where_rare_rows_cost_most():
    """Scores of 1e-9 that are wrong once in a thousand rows: the skew-corrected limit passed .07 of such samples."""
    scores = (1e-9, 0.7, 0.99)
    share = np.array([[0.056509, 0.071087, 0.00193], [0.000953, 0.589834, 0.279687]])
    share /= share.sum()
    many = np.rint(share * 10**12).astype(np.int64)
    true = log_loss(ScoreCounts(np.array(scores), many[0], many[1]))
    drawn = np.random.default_rng(4242).multinomial(1897, share.ravel(), size=1000).reshape(-1, 2, 3)
    p = [log_loss_p(ScoreCounts(np.array(scores), neg, pos), true)[1] for neg, pos in drawn]
    assert np.mean(np.array(p) <= 0.05) <= 0.05


@pytest.mark.parametrize("n", [40, 400])
def test_the_p_value_of_the_log_loss_agrees_with_its_limits(n: int):
    cell = ScoreCounts(
        np.array([0.1, 0.6, 0.9]), np.array([n, n // 2, n // 8]), np.array([n // 8, n // 2, n])
    )
    bound = log_loss_bound(cell, 0.05)
    assert log_loss_p(cell, bound.lower)[0] == pytest.approx(0.05, rel=1e-6)
    assert log_loss_p(cell, bound.upper)[1] == pytest.approx(0.05, rel=1e-6)
