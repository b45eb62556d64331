"""The figures of a regression are those of scikit-learn, fairlearn and scipy, on real patients."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame
from scipy.stats import binomtest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, r2_score, root_mean_squared_error

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.assessment import Asked, Assessment
from assay.domain.evidence import Statistic
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task
from assay.stats.assess import assess

RANGE = Answers(Task.REGRESSION, 0.0, 400.0)
SEX = ("one", "two")


@pytest.fixture(scope="module")
def patients() -> dict[str, np.ndarray]:
    found = load_diabetes(scaled=False)
    said = LinearRegression().fit(found.data[:200], found.target[:200]).predict(found.data)
    said = np.clip(said, 0, 400)
    return {
        "label": found.target,
        "said": said,
        "sex": found.data[:, 1].astype(int) - 1,
        "low": said - 80,
        "high": said + 80,
    }


def assessed(
    metric: str,
    patients: dict[str, np.ndarray],
    threshold: str,
    *,
    across: bool = False,
    comparator: Comparator = Comparator.AT_MOST,
    **arguments: Any,
) -> Assessment:
    check = catalogue()[metric]
    assert isinstance(check.need, Tabulated)
    view = table_view(
        check.need.tabulate,
        {name: patients[name] for name in ("label", "low", "high")},
        label=np.zeros(len(patients["label"]), dtype=int),
        score=patients["said"],
        groups={"sex": (SEX, patients["sex"])},
        across=("sex",) if across else (),
        answers=RANGE,
        parameters=check.bind(arguments),
    )
    counts = check.count(view, across="sex" if across else None, arguments=arguments)
    statistic = Statistic(metric, "sex" if across else "", "test", counts)
    return assess(statistic, Asked("c", comparator, Decimal(threshold), 0.05))


def by_group(function: Any, patients: dict[str, np.ndarray]) -> dict[str, float]:
    sex = np.array(SEX)[patients["sex"]]
    frame = MetricFrame(
        metrics=function, y_true=patients["label"], y_pred=patients["said"], sensitive_features=sex
    )
    return {str(name): float(value) for name, value in frame.by_group.items()}


@pytest.mark.parametrize(
    ("metric", "oracle", "arguments", "widths"),
    [
        ("performance.mae", mean_absolute_error, {}, 1),
        ("performance.rmse", root_mean_squared_error, {}, 1),
        (
            "performance.pinball",
            lambda y, p: mean_pinball_loss(y, p, alpha=0.8),
            {"quantile": Decimal("0.8")},
            1,
        ),
    ],
)
def test_an_error_is_that_of_scikit_learn_but_for_half_a_step_of_the_grid(
    metric: str, oracle: Any, arguments: dict[str, Any], widths: int, patients: dict[str, np.ndarray]
) -> None:
    step = 400 / 10_000
    (piece,) = assessed(metric, patients, "100", **arguments).pieces
    assert piece.estimate == pytest.approx(oracle(patients["label"], patients["said"]), abs=step / 2)
    assert piece.lower < piece.estimate < piece.upper
    for group in assessed(metric, patients, "100", across=True, **arguments).pieces:
        assert group.estimate == pytest.approx(by_group(oracle, patients)[group.label], abs=step / 2)
        assert group.n == int((patients["sex"] == SEX.index(group.label)).sum())


def test_the_gap_is_that_of_fairlearn_but_for_a_step_of_the_grid(patients: dict[str, np.ndarray]) -> None:
    of_group = by_group(mean_absolute_error, patients)
    gap = max(of_group.values()) - min(of_group.values())
    found = assessed("fairness.mae_gap", patients, "50", across=True)
    assert max(piece.estimate for piece in found.pieces) == pytest.approx(gap, abs=400 / 1000)
    assert len(found.pieces) == 2


def test_coverage_has_the_exact_limits_of_scipy(patients: dict[str, np.ndarray]) -> None:
    covered = (patients["label"] >= patients["low"]) & (patients["label"] <= patients["high"])
    (piece,) = assessed(
        "performance.interval_coverage",
        patients,
        "0.8",
        comparator=Comparator.AT_LEAST,
        lower="low",
        upper="high",
    ).pieces
    exact = binomtest(int(covered.sum()), len(covered)).proportion_ci(0.90, method="exact")
    assert (piece.estimate, piece.lower, piece.upper) == pytest.approx(
        (covered.mean(), exact.low, exact.high)
    )


def test_the_coverage_gap_is_that_of_fairlearn(patients: dict[str, np.ndarray]) -> None:
    covered = (patients["label"] >= patients["low"]) & (patients["label"] <= patients["high"])
    frame = MetricFrame(
        metrics=lambda _, inside: float(np.mean(inside)),
        y_true=patients["label"],
        y_pred=covered,
        sensitive_features=patients["sex"],
    )
    found = assessed("fairness.coverage_gap", patients, "0.3", across=True, lower="low", upper="high")
    assert max(piece.estimate for piece in found.pieces) == pytest.approx(frame.difference())


def test_a_row_without_an_interval_is_not_covered(patients: dict[str, np.ndarray]) -> None:
    holes = patients | {
        "low": np.where(np.arange(len(patients["low"])) < 10, np.nan, -1e9),
        "high": np.full(442, 1e9),
    }
    (piece,) = assessed(
        "performance.interval_coverage",
        holes,
        "0.8",
        comparator=Comparator.AT_LEAST,
        lower="low",
        upper="high",
    ).pieces
    assert piece.estimate == pytest.approx(432 / 442)


def test_the_explained_variance_is_that_of_scikit_learn(patients: dict[str, np.ndarray]) -> None:
    (whole,) = assessed("performance.r2", patients, "0.3", comparator=Comparator.AT_LEAST).pieces
    assert whole.estimate == pytest.approx(r2_score(patients["label"], patients["said"]), abs=1e-3)
    assert whole.lower < whole.estimate < whole.upper
    found = assessed("performance.r2", patients, "0.3", comparator=Comparator.AT_LEAST, across=True)
    expected = by_group(r2_score, patients)
    assert {p.label: p.estimate for p in found.pieces} == pytest.approx(expected, abs=1e-3)
