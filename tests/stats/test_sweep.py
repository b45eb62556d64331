"""Rates at each threshold are scikit-learn's, and their bands hold at all thresholds at once."""

from decimal import Decimal

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_score

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.evidence import Sweep
from assay.domain.needs import Tabulated
from assay.stats.histogram import Undefined
from assay.stats.pieces.swept import swept_of
from assay.stats.sweep import Swept, bands, regret_bound

CHECK = catalogue()["performance.threshold_regret"]
COSTS = {"cost_fp": Decimal(1), "cost_fn": Decimal(5)}


def sample(n: int = 600, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.beta(1, 2, n)
    return score, (rng.random(n) < score).astype(int)


@pytest.mark.parametrize("at", [0.29, 0.5, 0.1234])
def test_rates_and_costs_at_each_threshold_are_those_of_scikit_learn(at: float) -> None:
    score, label = sample()
    score[:3] = at, np.nextafter(at, 0), np.nextafter(at, 1)
    assert isinstance(CHECK.need, Tabulated)
    view = table_view(CHECK.need.tabulate, {"label": label}, label=label, score=score, decide_at=at)
    counts = CHECK.count(view, arguments=COSTS)
    assert isinstance(counts, Sweep)
    swept = swept_of(counts.cells[0], counts)
    found = bands(swept, 0.025)
    for i in {swept.at, *range(0, len(swept.thresholds), 40)}:
        threshold = swept.thresholds[i]
        decided = score >= threshold if i == swept.at else np.floor(score * 2**40) / 2**40 >= threshold
        tn, fp, fn, tp = confusion_matrix(label, decided).ravel()
        assert found["recall"].value[i] == pytest.approx(tp / (tp + fn))
        assert found["false-positive rate"].value[i] == pytest.approx(fp / (fp + tn))
        assert found["selected"].value[i] == pytest.approx(decided.mean())
        assert found["cost"].value[i] == pytest.approx((fp + 5 * fn) / len(label))
        assert found["precision"].value[i] == pytest.approx(
            precision_score(label, decided, zero_division=1.0)
        )
    saved = found["cost"].value[swept.at] - found["cost"].value.min()
    assert regret_bound(swept, 0.05).estimate == pytest.approx(saved)


@pytest.mark.parametrize("squeezed", [1.0, 5e-4, 1e-9])
def test_a_threshold_that_saves_much_is_seen_however_close_scores_lie(squeezed: float) -> None:
    """Everybody is decided as 1 from 0.5 on; the best threshold lies within the first of a thousand steps above."""
    score, label = sample(4000)
    score = 0.5 + squeezed * score / 2
    costs = {"cost_fp": Decimal(1), "cost_fn": Decimal(1)}
    view = table_view(CHECK.need.tabulate, {"label": label}, label=label, score=score)  # type: ignore[union-attr]
    counts = CHECK.count(view, arguments=costs)
    assert isinstance(counts, Sweep)
    swept = swept_of(counts.cells[0], counts)
    order = np.sort(np.unique(score))
    least = min(np.mean((score >= t) != label) for t in order[::20])
    assert regret_bound(swept, 0.05).estimate >= np.mean(label == 0) - least - 1e-9
    assert regret_bound(swept, 0.05).estimate > 0.3
    assert len(swept.thresholds) <= 1003


def test_bands_hold_at_all_thresholds_at_once_and_the_regret_lies_in_its_limits() -> None:
    grid = np.linspace(0, 1, 51)
    chance, mass = grid**2, np.full(51, 1 / 51)
    rng, missed, reps = np.random.default_rng(2), np.zeros(6), 400
    truth = _swept(mass * (1 - chance), mass * chance, 1.0)
    true, regret = bands(truth, 0.025), regret_bound(truth, 0.05).estimate
    for _ in range(reps):
        rows = rng.multinomial(250, np.concatenate((mass * (1 - chance), mass * chance)))
        swept = _swept(rows[:51], rows[51:], 250)
        found = bands(swept, 0.025)
        for k, (name, band) in enumerate(found.items()):
            off = (band.lower > true[name].value + 1e-9) | (band.upper < true[name].value - 1e-9)
            missed[k] += off[true["selected"].value > 0].any()
        bound = regret_bound(swept, 0.2)
        missed[5] += not bound.lower <= regret <= bound.upper
    assert (missed[:5] / reps <= 0.05).all()
    assert missed[0] > 0  # a band that were never left would be too wide
    assert missed[5] / reps <= 0.2


def _swept(negatives: np.ndarray, positives: np.ndarray, n: float) -> Swept:
    reach = [np.cumsum(rows[::-1])[::-1].astype(float) for rows in (negatives, positives)]
    scale = 10**9 if n == 1.0 else 1  # the population: as good as infinitely many rows
    return Swept(
        np.linspace(0, 1, 51),
        reach[0] * scale,
        reach[1] * scale,
        round(float(negatives.sum()) * scale),
        round(float(positives.sum()) * scale),
        25,
        1.0,
        5.0,
    )


def test_without_rows_of_both_labels_there_are_no_curves() -> None:
    with pytest.raises(Undefined):
        bands(_swept(np.ones(51), np.zeros(51), 51), 0.025)
