"""Point values from the counts equal scikit-learn and fairlearn."""

import fairlearn.metrics as fair
import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sk
from tables import Rows, random_rows

from assay.checks.catalogue import catalogue
from assay.domain.evidence import Compare, Functional, Rate, Rates, ScoreCell, Scores
from assay.stats.calibration import ks_calibration
from assay.stats.histogram import ScoreCounts

SEEDS = range(8)
CLOSE = 1e-9
each_seed = pytest.mark.parametrize("seed", SEEDS)


def rates(
    id_: str, rows: Rows, *, across: str | None = "group", favourable: int = 1, **arguments: str
) -> Rates:
    view = rows.view(favourable=favourable) if across else rows.uncut(favourable=favourable)
    counts = catalogue()[id_].count(view, across=across, arguments=arguments)
    assert isinstance(counts, Rates)
    return counts


def value(cell: Rate) -> float:
    return cell.events / cell.trials


def gap(counts: Rates) -> float:
    assert counts.compare is Compare.DIFFERENCE
    families = {cell.family for cell in counts.cells}
    values = [[value(cell) for cell in counts.cells if cell.family == family] for family in families]
    return max(max(family) - min(family) for family in values)


def ratio(counts: Rates) -> float:
    assert counts.compare is Compare.RATIO
    values = [value(cell) for cell in counts.cells]
    return min(values) / max(values)


RATES = {
    "performance.accuracy": sk.accuracy_score,
    "performance.recall": sk.recall_score,
    "performance.precision": sk.precision_score,
    "performance.false_positive_rate": fair.false_positive_rate,
}


@each_seed
@pytest.mark.parametrize("id_", RATES)
def test_rates_equal_scikit_learn(id_: str, seed: int):
    rows = random_rows(seed)
    (whole,) = rates(id_, rows, across=None).cells
    assert whole.label == ""
    assert value(whole) == pytest.approx(RATES[id_](rows.label, rows.decided), abs=CLOSE)


@each_seed
@pytest.mark.parametrize("id_", RATES)
def test_rates_of_each_group_equal_fairlearn(id_: str, seed: int):
    rows = random_rows(seed)
    oracle = fair.MetricFrame(
        metrics=RATES[id_], y_true=rows.label, y_pred=rows.decided, sensitive_features=rows.group
    ).by_group
    counts = rates(id_, rows)
    assert counts.compare is Compare.EACH
    assert {cell.label for cell in counts.cells} == set(oracle.index)
    for cell in counts.cells:
        assert value(cell) == pytest.approx(oracle[cell.label], abs=CLOSE)


@each_seed
@pytest.mark.parametrize(
    ("id_", "oracle"),
    [
        ("fairness.demographic_parity", fair.demographic_parity_difference),
        ("fairness.equal_opportunity", fair.equal_opportunity_difference),
        ("fairness.equalized_odds", fair.equalized_odds_difference),
    ],
)
def test_gaps_equal_fairlearn(id_: str, oracle, seed: int):
    rows = random_rows(seed)
    expected = oracle(rows.label, rows.decided, sensitive_features=rows.group)
    assert gap(rates(id_, rows)) == pytest.approx(expected, abs=CLOSE)


@each_seed
@pytest.mark.parametrize(
    ("id_", "oracle"),
    [
        ("fairness.demographic_parity", fair.demographic_parity_difference),
        ("fairness.equal_opportunity", fair.equal_opportunity_difference),
        ("fairness.equalized_odds", fair.equalized_odds_difference),
    ],
)
def test_with_favourable_0_gaps_are_those_of_the_turned_table(id_: str, oracle, seed: int):
    rows = random_rows(seed)
    expected = oracle(1 - rows.label, 1 - rows.decided, sensitive_features=rows.group)
    assert gap(rates(id_, rows, favourable=0)) == pytest.approx(expected, abs=CLOSE)


@each_seed
@pytest.mark.parametrize("favourable", [0, 1])
def test_the_impact_ratio_equals_fairlearn(favourable: int, seed: int):
    rows = random_rows(seed)
    decided = rows.decided if favourable else 1 - rows.decided
    expected = fair.demographic_parity_ratio(rows.label, decided, sensitive_features=rows.group)
    assert ratio(rates("fairness.impact_ratio", rows, favourable=favourable)) == pytest.approx(
        expected, abs=CLOSE
    )


@each_seed
@pytest.mark.parametrize(("decision", "positive"), [("positive", 1), ("negative", 0)])
def test_predictive_parity_equals_the_gap_of_precision(decision: str, positive: int, seed: int):
    rows = random_rows(seed)
    turned = (lambda column: column) if positive else (lambda column: 1 - column)
    oracle = fair.MetricFrame(
        metrics=sk.precision_score,
        y_true=turned(rows.label),
        y_pred=turned(rows.decided),
        sensitive_features=rows.group,
    )
    found = gap(rates("fairness.predictive_parity", rows, decision=decision))
    assert found == pytest.approx(oracle.difference(), abs=CLOSE)


def unfolded(cell: ScoreCell) -> tuple[np.ndarray, np.ndarray]:
    labels = np.repeat([0, 1], [sum(cell.negatives), sum(cell.positives)])
    scores = np.concatenate([np.repeat(cell.scores, cell.negatives), np.repeat(cell.scores, cell.positives)])
    return labels, scores


SCORED = {id_: c for id_, c in catalogue().items() if getattr(c.need, "scores", False)}


@each_seed
@pytest.mark.parametrize("id_", SCORED)
def test_a_score_histogram_loses_no_row(id_: str, seed: int):
    rows = random_rows(seed)
    counts = SCORED[id_].count(rows.view(), across="group")
    assert isinstance(counts, Scores)
    for cell in counts.cells:
        mine = rows.group == cell.label
        expected = sorted(zip(rows.label[mine], rows.score[mine], strict=True))
        assert sorted(zip(*unfolded(cell), strict=True)) == expected


@pytest.mark.parametrize(
    ("id_", "functional"),
    [
        ("performance.auc", Functional.AUC),
        ("performance.gini", Functional.GINI),
        ("performance.average_precision", Functional.AVERAGE_PRECISION),
        ("performance.brier", Functional.BRIER),
        ("performance.log_loss", Functional.LOG_LOSS),
        ("performance.ks_calibration", Functional.KS_CALIBRATION),
        ("performance.ece", Functional.ECE),
        ("performance.observed_expected", Functional.OBSERVED_EXPECTED),
        ("fairness.calibration_by_group", Functional.KS_CALIBRATION),
    ],
)
def test_each_score_check_asks_for_its_functional(id_: str, functional: Functional):
    counts = catalogue()[id_].count(random_rows(0).view(), across="group")
    assert counts.functional is functional


def test_the_bins_of_the_calibration_error_are_those_asked_for():
    check = catalogue()["performance.ece"]
    assert check.count(random_rows(0).uncut()).bins == 15
    assert check.count(random_rows(0).uncut(), arguments={"bins": 20}).bins == 20


@each_seed
def test_the_calibration_error_of_each_group_is_the_largest_running_mean_of_its_rows(seed: int):
    rows = random_rows(seed)
    counts = catalogue()["fairness.calibration_by_group"].count(rows.view(), across="group")
    assert isinstance(counts, Scores)
    table = pd.DataFrame({"group": rows.group, "score": rows.score, "gap": rows.label - rows.score})
    for name, mine in table.groupby("group"):
        running = mine.groupby("score")["gap"].sum().sort_index().cumsum() / len(mine)
        (cell,) = (cell for cell in counts.cells if cell.label == name)
        labels, scores = unfolded(cell)
        found = ks_calibration(ScoreCounts.of_rows(scores, labels))
        assert found == pytest.approx(running.abs().max(), abs=CLOSE)
