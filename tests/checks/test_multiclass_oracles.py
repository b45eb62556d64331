"""The figures of a model of several classes are those of scikit-learn, fairlearn and scipy, on real wines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame
from scipy.stats import binomtest
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.assessment import Asked, Assessment
from assay.domain.evidence import Statistic
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task
from assay.stats.assess import assess

CLASSES = ("barolo", "grignolino", "barbera")
KIND = ("pale", "deep")


@pytest.fixture(scope="module")
def wines() -> dict[str, np.ndarray]:
    """Two weak inputs, so that the model errs; and whether a wine's colour is deep, as if that were a group."""
    found = load_wine()
    values = found.data[:, [2, 4]]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(values[::2], found.target[::2])
    said = model.predict_proba(values)
    return {
        "label": found.target,
        "said": said,
        "decided": said.argmax(axis=1),
        "kind": (found.data[:, 9] > 4.5).astype(int),
    }


def assessed(
    metric: str,
    wines: dict[str, np.ndarray],
    threshold: str = "0.5",
    *,
    across: bool = False,
    comparator: Comparator = Comparator.AT_LEAST,
) -> Assessment:
    check = catalogue()[metric]
    assert isinstance(check.need, Tabulated)
    view = table_view(
        check.need.tabulate,
        {"label": wines["label"]},
        label=wines["label"],
        score=wines["said"],
        groups={"kind": (KIND, wines["kind"])},
        across=("kind",) if across else (),
        answers=Answers(Task.MULTICLASS, classes=CLASSES),
    )
    counts = check.count(view, across="kind" if across else None)
    asked = Asked("c", comparator, Decimal(threshold), 0.05)
    return assess(Statistic(metric, "kind" if across else "", "test", counts), asked)


def test_accuracy_is_that_of_scikit_learn_with_the_limits_of_scipy(wines: dict[str, np.ndarray]) -> None:
    (piece,) = assessed("performance.multiclass_accuracy", wines).pieces
    right = int((wines["label"] == wines["decided"]).sum())
    exact = binomtest(right, len(wines["label"])).proportion_ci(0.90, method="exact")
    assert piece.estimate == pytest.approx(accuracy_score(wines["label"], wines["decided"]))
    assert (piece.lower, piece.upper) == pytest.approx((exact.low, exact.high))


@pytest.mark.parametrize(
    ("metric", "oracle"),
    [("performance.class_recall", recall_score), ("performance.class_precision", precision_score)],
)
def test_each_class_has_the_figure_of_scikit_learn(metric: str, oracle, wines: dict[str, np.ndarray]) -> None:
    of_class = oracle(wines["label"], wines["decided"], average=None)
    found = {piece.label: piece.estimate for piece in assessed(metric, wines).pieces}
    assert found == pytest.approx(dict(zip(CLASSES, of_class, strict=True)))
    inside = wines["kind"] == 1
    deep = oracle(wines["label"][inside], wines["decided"][inside], average=None)
    by_group = {piece.label: piece.estimate for piece in assessed(metric, wines, across=True).pieces}
    assert {name: by_group[f"deep ({name})"] for name in CLASSES} == pytest.approx(
        dict(zip(CLASSES, deep, strict=True))
    )


def test_log_loss_is_that_of_scikit_learn(wines: dict[str, np.ndarray]) -> None:
    (piece,) = assessed("performance.multiclass_log_loss", wines, "1", comparator=Comparator.AT_MOST).pieces
    assert piece.estimate == pytest.approx(log_loss(wines["label"], wines["said"]), abs=14 / 10_000 / 2)


def test_each_area_is_that_of_scikit_learn(wines: dict[str, np.ndarray]) -> None:
    rounded = np.rint(wines["said"] * 10_000)
    found = {piece.label: piece.estimate for piece in assessed("performance.multiclass_auc", wines).pieces}
    assert found == pytest.approx(
        {name: roc_auc_score(wines["label"] == i, rounded[:, i]) for i, name in enumerate(CLASSES)}
    )
    assert found == pytest.approx(
        {name: roc_auc_score(wines["label"] == i, wines["said"][:, i]) for i, name in enumerate(CLASSES)},
        abs=1e-3,
    )


def test_the_gap_is_that_of_fairlearn(wines: dict[str, np.ndarray]) -> None:
    found = assessed(
        "fairness.class_recall_gap", wines, "0.9", across=True, comparator=Comparator.AT_MOST
    ).pieces
    for i, name in enumerate(CLASSES):
        frame = MetricFrame(
            metrics=lambda y, p, i=i: recall_score(y == i, p == i),
            y_true=wines["label"],
            y_pred=wines["decided"],
            sensitive_features=wines["kind"],
        )
        gaps = [piece.estimate for piece in found if piece.family == name]
        assert max(gaps) == pytest.approx(frame.difference())


def _macro_f1(label: np.ndarray, decided: np.ndarray) -> float:
    return float(f1_score(label, decided, average="macro"))


@pytest.mark.parametrize(
    ("metric", "oracle"),
    [("performance.macro_recall", balanced_accuracy_score), ("performance.macro_f1", _macro_f1)],
)
def test_macro_averages_are_those_of_scikit_learn(
    metric: str, oracle: Any, wines: dict[str, np.ndarray]
) -> None:
    (whole,) = assessed(metric, wines).pieces
    assert whole.estimate == pytest.approx(oracle(wines["label"], wines["decided"]))
    assert whole.lower < whole.estimate < whole.upper
    for piece in assessed(metric, wines, across=True).pieces:
        mine = wines["kind"] == KIND.index(piece.label)
        assert piece.estimate == pytest.approx(oracle(wines["label"][mine], wines["decided"][mine]))


@pytest.mark.parametrize(
    ("metric", "oracle"),
    [("performance.macro_recall", balanced_accuracy_score), ("performance.macro_f1", _macro_f1)],
)
def test_of_two_classes_too(metric: str, oracle: Any, wines: dict[str, np.ndarray]) -> None:
    label, score = (wines["label"] == 0).astype(int), wines["said"][:, 0]
    need = catalogue()[metric].need
    assert isinstance(need, Tabulated)
    counts = catalogue()[metric].count(table_view(need.tabulate, {"label": label}, label=label, score=score))
    asked = Asked("c", Comparator.AT_LEAST, Decimal("0.5"), 0.05)
    (piece,) = assess(Statistic(metric, "", "test", counts), asked).pieces
    assert piece.estimate == pytest.approx(oracle(label, (score >= 0.5).astype(int)))
