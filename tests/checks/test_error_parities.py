"""Gaps in error rates equal fairlearn's and scikit-learn's."""

from functools import partial

import fairlearn.metrics as fair
import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix
from tables import random_rows

from assay.checks.catalogue import catalogue
from assay.domain.evidence import Rates


def cells(id_: str, seed: int) -> dict[str, float]:
    counts = catalogue()[id_].count(random_rows(seed).view(), across="group")
    assert isinstance(counts, Rates)
    return {c.label: c.events / c.trials for c in counts.cells}


def frame(metric, seed: int) -> fair.MetricFrame:
    rows = random_rows(seed)
    return fair.MetricFrame(
        metrics=metric, y_true=rows.label, y_pred=rows.decided, sensitive_features=rows.group
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("id_", "metric"),
    [
        ("fairness.predictive_equality", fair.false_positive_rate),
        ("fairness.accuracy_parity", accuracy_score),
    ],
)
def test_rates_and_gaps_are_fairlearns(id_: str, metric, seed: int):
    found, theirs = cells(id_, seed), frame(metric, seed)
    assert found == pytest.approx(theirs.by_group.to_dict(), abs=1e-12)
    assert max(found.values()) - min(found.values()) == pytest.approx(theirs.difference(), abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_shares_of_false_negatives_follow_from_their_ratio_to_false_positives(seed: int):
    def odds(y_true, y_pred):
        _, false_positives, false_negatives, _ = confusion_matrix(y_true, y_pred).ravel()
        return false_negatives / false_positives

    ratios = frame(odds, seed).by_group.to_dict()
    expected = {label: ratio / (1 + ratio) for label, ratio in ratios.items()}
    assert cells("fairness.treatment_equality", seed) == pytest.approx(expected, abs=1e-12)


def test_no_error_has_no_share():
    rows = random_rows(0)
    perfect = partial(type(rows), rows.label, rows.label.copy(), rows.score, rows.group)()
    counts = catalogue()["fairness.treatment_equality"].count(perfect.view(), across="group")
    assert counts.reason.value == "zero_denominator"
    assert np.array_equal(perfect.label, perfect.decided)
