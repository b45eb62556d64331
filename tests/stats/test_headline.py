"""What is said of a criterion first: the worst estimate and the worst bound over all pairs, whichever looks least sure."""

from decimal import Decimal

import fairlearn.metrics as fair
import numpy as np
import pytest

from assay.domain.assessment import Asked, Assessment
from assay.domain.evidence import Compare, Rate, Rates, Statistic
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats.assess import assess
from assay.stats.contrasts import difference_limits, ratio_limits

ALPHA = 0.05
GAP, RATIO = (Compare.DIFFERENCE, Comparator.AT_MOST), (Compare.RATIO, Comparator.AT_LEAST)
THRESHOLDS = {
    GAP: ("0.001", "0.02", "0.10", "0.30", "0.95"),
    RATIO: ("0.999", "0.95", "0.80", "0.40", "0.05"),
}


def table(seed: int) -> tuple[Rate, ...]:
    """Groups of very different sizes: the smallest are the least sure, and seldom the furthest apart."""
    rng = np.random.default_rng(seed)
    trials = rng.choice([25, 60, 400, 3000, 20_000], size=rng.integers(2, 7))
    events = rng.binomial(trials, np.clip(rng.normal(0.6, 0.1, trials.size), 0.1, 0.95))
    return tuple(
        Rate(f"g{i}", int(max(x, 1)), int(n)) for i, (x, n) in enumerate(zip(events, trials, strict=True))
    )


def held(cells: tuple[Rate, ...], asked: tuple[Compare, Comparator], threshold: str) -> Assessment:
    statistic = Statistic("fairness.some", "group", "test", Rates(cells, asked[0]))
    return assess(statistic, Asked("c", asked[1], Decimal(threshold), ALPHA))


def by_fairlearn(cells: tuple[Rate, ...], compare: Compare) -> float:
    group = np.repeat([c.label for c in cells], [c.trials for c in cells])
    decided = np.concatenate([np.arange(c.trials) < c.events for c in cells]).astype(int)
    rule = fair.demographic_parity_ratio if compare is Compare.RATIO else fair.demographic_parity_difference
    return float(rule(decided, decided, sensitive_features=group))


def worst_limit(cells: tuple[Rate, ...], compare: Compare) -> float:
    x, n = np.array([c.events for c in cells]), np.array([c.trials for c in cells])
    pairs = (x[:, None], n[:, None], x[None, :], n[None, :])
    other = ~np.eye(len(cells), dtype=bool)
    if compare is Compare.RATIO:
        return float(ratio_limits(*pairs, alpha=ALPHA).lower[other].min())
    return float(difference_limits(*pairs, alpha=ALPHA).upper[other].max())


@pytest.mark.parametrize("asked", [GAP, RATIO], ids=["gap", "ratio"])
@pytest.mark.parametrize("seed", range(8))
def test_the_estimate_is_that_of_fairlearn_and_the_bound_the_strictest_threshold_however_easy_the_one_asked(
    seed: int, asked: tuple[Compare, Comparator]
) -> None:
    cells = table(seed)
    by_others, limit = by_fairlearn(cells, asked[0]), worst_limit(cells, asked[0])
    for threshold in THRESHOLDS[asked][seed % 2 :: 2]:  # each with half of the tables
        a = held(cells, asked, threshold)
        assert a.estimate is not None
        assert a.bound is not None
        assert a.estimate.value == pytest.approx(by_others, abs=1e-9)
        assert a.bound.value == a.strictest == pytest.approx(limit, abs=1e-9)
        by_label = {p.label: p for p in a.pieces}
        assert by_label[a.estimate.label].estimate == a.estimate.value
        least = by_label[a.confidence_of]
        assert a.confidence_reached == 1 - least.p_pass == 1 - max(p.p_pass for p in a.pieces)
        assert a.bound.label == a.pieces[0].label
        bounds = [p.lower if asked is RATIO else -(p.upper or 0.0) for p in a.pieces]
        assert bounds == sorted(bounds)


def test_the_worst_estimate_and_the_worst_bound_may_be_of_different_pairs() -> None:
    cells = (Rate("big", 9_000, 10_000), Rate("other", 8_200, 10_000), Rate("few", 34, 40))
    a = held(cells, RATIO, "0.50")
    assert a.estimate is not None
    assert a.bound is not None
    assert (a.estimate.label, a.bound.label) == ("other against big", "few against big")


def test_what_is_said_first_stays_among_the_pieces_that_are_kept() -> None:
    """Of thousands of pairs a hundred are kept; the tiny group has all of the worst bounds and not the widest gap."""
    tiny = tuple(Rate(f"tiny{i}", 5, 10) for i in range(60))
    a = held((*tiny, Rate("low", 20_000, 50_000), Rate("high", 30_500, 50_000)), GAP, "0.15")
    assert a.estimate is not None
    assert a.estimate.label == "high against low"
    assert len(a.pieces) == 100
    assert a.pieces[-1].label == "high against low"
    assert judge([a])[0].verdict is Verdict.FAIL


def test_an_open_comparison_names_the_group_that_has_too_few_rows() -> None:
    cells = (Rate("under 60", 5_400, 6_000, "label 0"), Rate("60 and over", 140, 165, "label 0"))
    judged = judge([held(cells, RATIO, "0.90")])[0]
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.sentence.endswith("; 60 and over has only 165 rows (label 0), which do not settle it.")
