"""Gains over an incumbent in classes and in numbers: the figures of scikit-learn, scipy and statsmodels, and what is no incumbent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_1samp
from sklearn.datasets import load_diabetes, load_wine
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.contingency_tables import mcnemar
from tests.domain.test_settled import NUMBER, said

from assay.checks.catalogue import catalogue
from assay.checks.counting.confusion import by_confusion
from assay.checks.performance import mae_gain_over_incumbent, multiclass_gain_over_incumbent
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.assessment import Asked, Piece
from assay.domain.evidence import Statistic, Undefined
from assay.domain.vocabulary import Comparator, Reason, Task
from assay.stats.assess import assess

CLASSES = ("barolo", "grignolino", "barbera")
WINES, PATIENTS = Answers(Task.MULTICLASS, classes=CLASSES), Answers(Task.REGRESSION, 0.0, 400.0)
GIVEN: dict[str, Decimal | int | str] = {"incumbent": "old"}
GROUPS = ("one", "two")
MULTICLASS, MAE = (f"performance.{name}_gain_over_incumbent" for name in ("multiclass", "mae"))


def counted(
    metric: str, old: Any, label: np.ndarray, said: np.ndarray, group: np.ndarray | None = None
) -> Any:
    """What the check counts of rows with the incumbent's answers, by group where one is given."""
    numbers = metric == MAE
    module = mae_gain_over_incumbent if numbers else multiclass_gain_over_incumbent
    view = table_view(
        module.tabulate,
        {"label": label, "old": old},
        label=np.zeros(len(label), dtype=int) if numbers else label,
        score=said,
        groups=None if group is None else {"group": (GROUPS, group)},
        across=() if group is None else ("group",),
        answers=PATIENTS if numbers else WINES,
        parameters=GIVEN,
    )
    return catalogue()[metric].count(view, across=None if group is None else "group", arguments=GIVEN)


def pieces(metric: str, counts: Any, threshold: str = "0") -> tuple[Piece, ...]:
    asked = Asked("gain", Comparator.AT_LEAST, Decimal(threshold), 0.05)
    return assess(Statistic(metric, "", "test", counts), asked).pieces


@pytest.fixture(scope="module")
def wines() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities of a model, classes of one that sees other inputs, and whether the colour is deep."""
    found = load_wine()

    def model(columns: list[int]) -> Any:
        made = make_pipeline(StandardScaler(), LogisticRegression())
        return made.fit(found.data[::2, columns], found.target[::2])

    old = model([1, 3]).predict(found.data[:, [1, 3]])
    deep = (found.data[:, 9] > 4.5).astype(int)
    return found.target, model([2, 4, 6]).predict_proba(found.data[:, [2, 4, 6]]), old, deep


@pytest.fixture(scope="module")
def patients() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Labels, predictions of a model, those of one that sees other inputs, and the sex."""
    found = load_diabetes(scaled=False)

    def predicted(columns: list[int]) -> np.ndarray:
        made = LinearRegression().fit(found.data[:200, columns], found.target[:200])
        return np.clip(made.predict(found.data[:, columns]), 0, 400)

    return found.target, predicted([2, 3, 8]), predicted([3, 6]), found.data[:, 1].astype(int) - 1


def test_the_gain_in_classes_is_the_difference_of_scikit_learns_accuracies(wines: Any) -> None:
    label, said, old, group = wines
    decided = said.argmax(axis=1)
    names = [CLASSES[code] for code in old]
    (piece,) = pieces(MULTICLASS, counted(MULTICLASS, names, label, said))
    gain = accuracy_score(label, decided) - accuracy_score(label, old)
    assert piece.estimate == pytest.approx(gain, abs=1e-12)
    for one in pieces(MULTICLASS, counted(MULTICLASS, names, label, said, group)):
        rows = group == GROUPS.index(one.label)
        theirs = [accuracy_score(label[rows], answers[rows]) for answers in (decided, old)]
        assert one.estimate == pytest.approx(theirs[0] - theirs[1], abs=1e-12)
        assert one.n == rows.sum()
    new_alone = int(((decided == label) & (old != label)).sum())
    old_alone = int(((decided != label) & (old == label)).sum())
    two_sided = mcnemar([[0, new_alone], [old_alone, 0]], exact=True).pvalue
    assert new_alone > old_alone
    assert piece.p_pass == pytest.approx(two_sided / 2, rel=0.35, abs=0.004)


def test_the_gain_over_the_baseline_is_that_over_scikit_learns_dummies(wines: Any) -> None:
    label, said, _, group = wines
    check = catalogue()["performance.multiclass_gain_over_baseline"]
    view = table_view(
        by_confusion,
        {"label": label},
        label=label,
        score=said,
        groups={"group": (GROUPS, group)},
        across=("group",),
        answers=WINES,
    )
    found = {(cell.label, cell.family): cell for cell in check.count(view, across="group").cells}
    assert len(found) == 6
    for place, name in enumerate(GROUPS):
        rows = group == place
        mine = accuracy_score(label[rows], said[rows].argmax(axis=1))
        for code, kind in enumerate(CLASSES):
            dummy = DummyClassifier(strategy="constant", constant=code).fit(np.zeros((3, 1)), [0, 1, 2])
            theirs = dummy.score(np.zeros((rows.sum(), 1)), label[rows])
            cell = found[name, f"giving {kind}"]
            assert (cell.worse - cell.better) / cell.n == pytest.approx(mine - theirs, abs=1e-12)


def test_the_gain_in_numbers_is_the_difference_of_scikit_learns_errors(patients: Any) -> None:
    label, said, old, group = patients
    step = 400 / 5_000
    (piece,) = pieces(MAE, counted(MAE, old, label, said))
    gains = np.abs(old - label) - np.abs(said - label)
    gain = mean_absolute_error(label, old) - mean_absolute_error(label, said)
    assert piece.estimate == pytest.approx(gain, abs=step)
    assert piece.estimate <= gain
    least = ttest_1samp(gains, 0).confidence_interval(0.90).low
    assert least - 2 < piece.lower <= least  # Gaffke's limit is the more cautious here
    for one in pieces(MAE, counted(MAE, old, label, said, group)):
        rows = group == GROUPS.index(one.label)
        assert one.estimate == pytest.approx(gains[rows].mean(), abs=step)
        assert one.n == rows.sum()


STRAW: dict[str, Callable[[np.ndarray, np.random.Generator], Any]] = {
    "the same for everybody": lambda label, _: np.full(len(label), label[0]),
    "by lot": lambda label, draw: draw.permutation(label),
    "the other way round": lambda label, _: label.max() + label.min() - label,
}
BIASED: dict[str, Callable[[np.ndarray, np.random.Generator], Any]] = {
    "the median": lambda label, _: np.full(len(label), np.median(label)),
    "far too low": lambda label, _: label / 50,
    "nobody's": lambda label, _: np.zeros(len(label)),
}


@pytest.mark.parametrize("straw", STRAW)
def test_classes_that_know_nothing_are_no_incumbent(straw: str, wines: Any) -> None:
    label, said, old, _ = wines
    draw = np.random.default_rng(3)
    classes = STRAW[straw](label, draw) if straw != "the other way round" else (label + 1) % 3
    found = counted(MULTICLASS, [CLASSES[code] for code in classes], label, said)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED
    assert "is not shown to give any class more often" in found.detail
    assert not isinstance(counted(MULTICLASS, [CLASSES[c] for c in old], label, said), Undefined)


@pytest.mark.parametrize("straw", [*STRAW, *BIASED])
def test_numbers_that_know_nothing_are_no_incumbent(straw: str, patients: Any) -> None:
    label, said, old, _ = patients
    numbers = (STRAW | BIASED)[straw](label, np.random.default_rng(3))
    found = counted(MAE, numbers, label, said)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED
    assert "is not shown to be nearer to the labels than their median" in found.detail
    assert not isinstance(counted(MAE, old, label, said), Undefined)


def test_an_answer_that_is_lacking_or_none_is_not_compared(wines: Any, patients: Any) -> None:
    label, said, old, _ = wines
    names: list[Any] = [CLASSES[code] for code in old]
    names[:2] = [None, "merlot"]
    found = counted(MULTICLASS, names, label, said)
    assert isinstance(found, Undefined)
    assert found.detail.startswith("2 rows have none of the declared classes in 'old'")
    label, said, old, _ = patients
    for wrong, words in (
        (np.nan, "no number in 'old' that is a prediction"),
        (401.0, "below 0 or above 400"),
    ):
        numbers = old.copy()
        numbers[7] = wrong
        found = counted(MAE, numbers, label, said)
        assert isinstance(found, Undefined)
        assert words in found.detail


def test_a_loss_that_no_model_can_exceed_is_no_criterion() -> None:
    wrong = {"vacuous_criterion", "threshold_out_of_range"}
    for threshold, expected in ((-400, {"vacuous_criterion"}), (-300, set()), (10, set())):
        asked = {"at_least": Decimal(threshold), "at_most": None}
        assert said(NUMBER, MAE, GIVEN, **asked) & wrong == expected
    assert said(NUMBER, MAE, GIVEN, at_least=Decimal(401), at_most=None) & wrong
