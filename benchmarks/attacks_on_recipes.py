"""How often a planted memory is found, and how often nothing is found where there is none: ``python -m benchmarks.attacks_on_recipes``,
with ``multiclass`` or ``regression`` behind it for models of three classes or of numbers.

Rows of ten measurements, of which two make the outcome likelier, or larger. Each model is trained here by the check's own design, without a
sandbox, and its counts go the way of a criterion at 95 % confidence.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from assay.checks.catalogue import catalogue
from assay.domain.answers import BINARY, Answers
from assay.domain.assessment import Asked
from assay.domain.evidence import Statistic
from assay.domain.judge import judge
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.stats.assess import assess
from assay.tally.refits import Fitted, RefitView, TrainingRows

SEEDS, ROWS = 20, 2_400
ANSWERS = {
    Task.BINARY: BINARY,
    Task.MULTICLASS: Answers(Task.MULTICLASS, classes=("a", "b", "c")),
    Task.REGRESSION: Answers(Task.REGRESSION, -20.0, 20.0),
}
CLASSIFIERS: dict[str, Callable[[int], Any]] = {
    "one nearest neighbour": lambda _: KNeighborsClassifier(1),
    "decision tree without limits": lambda seed: DecisionTreeClassifier(random_state=seed),
    "logistic regression": lambda _: LogisticRegression(),
    "the same score for everybody": lambda _: DummyClassifier(strategy="constant", constant=0),
}
REGRESSORS: dict[str, Callable[[int], Any]] = {
    "one nearest neighbour": lambda _: KNeighborsRegressor(1),
    "decision tree without limits": lambda seed: DecisionTreeRegressor(random_state=seed),
    "linear regression": lambda _: LinearRegression(),
    "the same number for everybody": lambda _: DummyRegressor(strategy="constant", constant=0.0),
}
ASKED: tuple[tuple[str, str, dict[str, Decimal | str]], ...] = (
    ("privacy.membership_inference", "0.08", {"attack": "lira", "false_positive_rate": Decimal("0.05")}),
    ("privacy.membership_inference", "0.08", {"attack": "rmia", "false_positive_rate": Decimal("0.05")}),
    ("privacy.membership_auc", "0.55", {"attack": "lira"}),
    ("privacy.membership_auc", "0.55", {"attack": "rmia"}),
)


def people(seed: int, task: Task) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Measurements and outcomes."""
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(ROWS, 10))
    if task is Task.REGRESSION:
        return rows, np.clip(rows[:, 0] + rows[:, 1] + draw.normal(size=ROWS), -20, 20)
    if task is Task.MULTICLASS:
        odds = np.stack([np.zeros(ROWS), rows[:, 0], rows[:, 1]], axis=1)
        return rows, (odds + draw.gumbel(size=(ROWS, 3))).argmax(axis=1)
    chance = 1 / (1 + np.exp(-(rows[:, 0] + rows[:, 1])))
    return rows, (draw.random(ROWS) < chance).astype(np.int64)


def answered(model: Any, rows: np.ndarray[Any, Any], task: Task) -> np.ndarray[Any, Any]:
    """What a model of scikit-learn answers, as the adapters have it."""
    if task is Task.REGRESSION:
        return np.asarray(np.clip(model.predict(rows), -20, 20))
    sure = np.asarray(model.predict_proba(rows))
    return sure if task is Task.MULTICLASS else sure[:, 1]


def verdict(
    metric: str,
    threshold: str,
    settings: dict[str, Decimal | str],
    model: Callable[[int], Any],
    seed: int,
    task: Task,
) -> tuple[Verdict, float]:
    """What a criterion comes to on models of one kind, and its value."""
    check = catalogue()[metric]
    rows, labels = people(seed, task)
    bound = check.bind({"shadow_pairs": 8, **settings})
    known = TrainingRows(labels, np.arange(ROWS), answers=ANSWERS[task])
    assert isinstance(check.need, Refits)
    fits = []
    for fit in check.need.design(known, seed, bound):
        made = model(fit.seed).fit(rows[fit.trained], labels[fit.trained])
        scores = tuple(answered(made, rows[asking.rows], task) for asking in fit.asked)
        fits.append(Fitted(fit.trained, fit.asked, scores))
    counts = check.count(RefitView(known, tuple(fits), 0.5, seed), arguments=bound)
    asked = Asked("c", Comparator.AT_MOST, Decimal(threshold), 0.05)
    (found,) = judge([assess(Statistic(metric, "", "train", counts), asked)])
    return found.verdict, found.assessment.estimate.value if found.assessment.estimate else float("nan")


def main() -> None:
    """Print a row for each model and criterion."""
    task = Task(sys.argv[1]) if sys.argv[1:] else Task.BINARY
    models = REGRESSORS if task is Task.REGRESSION else CLASSIFIERS
    print("| model | criterion | mean value | fail | inconclusive | pass |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, model in models.items():
        for metric, threshold, settings in ASKED:
            found = [verdict(metric, threshold, settings, model, seed, task) for seed in range(SEEDS)]
            said = Counter(one for one, _ in found)
            value = float(np.mean([value for _, value in found]))
            counts = " | ".join(str(said[v]) for v in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS))
            print(
                f"| {name} | `{metric}` ≤ {threshold}, {settings['attack']} | {value:.3f} | {counts} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
