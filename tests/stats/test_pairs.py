"""All ordered pairs of many groups, looked through in blocks: the same as every pair on its own."""

from decimal import Decimal

import numpy as np
import pytest

from assay.domain.evidence import Compare, Rate, Rates
from assay.domain.vocabulary import Comparator
from assay.stats.contrasts import difference_limits, ratio_limits
from assay.stats.pieces.pieces import MOST_PRINTED, Pieces, Target
from assay.stats.pieces.rates import rates_pieces

ALPHA = 0.05
GAP, RATIO = (Compare.DIFFERENCE, Comparator.AT_MOST), (Compare.RATIO, Comparator.AT_LEAST)


def many(seed: int, groups: int, spread: float) -> tuple[Rate, ...]:
    rng = np.random.default_rng(seed)
    trials = rng.integers(800, 4000, groups)
    events = rng.binomial(trials, np.clip(rng.normal(0.5, spread, groups), 0.05, 0.95))
    return tuple(Rate(f"g{i}", int(x), int(n)) for i, (x, n) in enumerate(zip(events, trials, strict=True)))


def judged(cells: tuple[Rate, ...], asked: tuple[Compare, Comparator], threshold: str) -> Pieces:
    compare, comparator = asked
    return rates_pieces(Rates(cells, compare), Target(comparator, Decimal(threshold), ALPHA))


@pytest.mark.parametrize("seed", range(3))
def test_the_strictest_gap_and_ratio_are_those_of_the_worst_of_all_pairs(seed: int) -> None:
    cells = many(seed, groups=170, spread=0.02)
    x, n = np.array([c.events for c in cells])[:, None], np.array([c.trials for c in cells])[:, None]
    other = ~np.eye(len(cells), dtype=bool)
    gaps = difference_limits(x, n, x.T, n.T, alpha=ALPHA)
    ratios = ratio_limits(x, n, x.T, n.T, alpha=ALPHA)
    assert judged(cells, GAP, "0.1").strictest == pytest.approx(gaps.upper[other].max(), abs=1e-12)
    assert judged(cells, RATIO, "0.8").strictest == pytest.approx(ratios.lower[other].min(), abs=1e-12)
    widest, least = gaps.estimate[other].max(), ratios.estimate[other].min()
    assert max(p.estimate or 0.0 for p in judged(cells, GAP, "0.1").printed) == pytest.approx(
        widest, abs=1e-12
    )
    assert min(p.estimate or 1.0 for p in judged(cells, RATIO, "0.8").printed) == pytest.approx(
        least, abs=1e-12
    )


@pytest.mark.parametrize(
    ("asked", "threshold"), [(GAP, "0.30"), (GAP, "0.12"), (RATIO, "0.50"), (RATIO, "0.80")]
)
def test_one_pair_that_does_not_pass_among_all_stops_the_criterion_wherever_it_stands(
    asked: tuple[Compare, Comparator], threshold: str
) -> None:
    good = many(9, groups=150, spread=0.0)
    loose, gap = judged(good, asked, threshold), asked[0] is Compare.DIFFERENCE
    assert loose.total == 150 * 149
    assert len(loose.printed) == MOST_PRINTED
    bad = Rate("bad", 300, 1000)
    for place in (0, 75, 149):
        found = judged((*good[:place], bad, *good[place + 1 :]), asked, threshold)
        assert "bad" in found.printed[0].label
        fails = float(threshold) < 0.5 - 0.3 if gap else float(threshold) > 0.3 / 0.5
        assert found.point_passes is not fails
        assert not (found.all_pass and fails)


def test_estimates_that_meet_the_threshold_exactly_satisfy_it_in_any_block() -> None:
    cells = (*(Rate(f"g{i}", 50, 100) for i in range(140)), Rate("low", 40, 100), Rate("none", 0, 10))
    assert judged(cells[:-1], RATIO, "0.8").point_passes is True
    assert judged(cells[:-1], GAP, "0.1").point_passes is True
    assert judged(cells[:-1], GAP, "0.0999999").point_passes is False
    assert judged(cells, RATIO, "0.8").point_passes is False
