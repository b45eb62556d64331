"""How often a planted memory is found, and how often nothing is found where there is none: ``python -m benchmarks.attacks_on_recipes``.

Rows of ten measurements, of which two make the outcome likelier. Each model is trained here by the check's own design, without a
sandbox, and its counts go the way of a criterion at 95 % confidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from assay.checks.catalogue import catalogue
from assay.domain.assessment import Asked
from assay.domain.evidence import Statistic
from assay.domain.judge import judge
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats.assess import assess
from assay.tally.refits import Fitted, RefitView, TrainingRows

SEEDS, ROWS = 20, 2_400
MODELS: dict[str, Callable[[int], Any]] = {
    "one nearest neighbour": lambda _: KNeighborsClassifier(1),
    "decision tree without limits": lambda seed: DecisionTreeClassifier(random_state=seed),
    "logistic regression": lambda _: LogisticRegression(),
    "the same score for everybody": lambda _: DummyClassifier(strategy="constant", constant=0),
}
ASKED: tuple[tuple[str, str, dict[str, Decimal | str]], ...] = (
    ("privacy.membership_inference", "0.08", {"attack": "lira", "false_positive_rate": Decimal("0.05")}),
    ("privacy.membership_inference", "0.08", {"attack": "rmia", "false_positive_rate": Decimal("0.05")}),
    ("privacy.membership_auc", "0.55", {"attack": "lira"}),
    ("privacy.membership_auc", "0.55", {"attack": "rmia"}),
)


def people(seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Measurements and outcomes."""
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(ROWS, 10))
    chance = 1 / (1 + np.exp(-(rows[:, 0] + rows[:, 1])))
    return rows, (draw.random(ROWS) < chance).astype(np.int64)


def verdict(
    metric: str, threshold: str, settings: dict[str, Decimal | str], model: Callable[[int], Any], seed: int
) -> tuple[Verdict, float]:
    """What a criterion comes to on models of one kind, and its value."""
    check = catalogue()[metric]
    rows, labels = people(seed)
    bound = check.bind({"shadow_pairs": 8, **settings})
    known = TrainingRows(labels, np.arange(ROWS))
    assert isinstance(check.need, Refits)
    fits = []
    for fit in check.need.design(known, seed, bound):
        made = model(fit.seed).fit(rows[fit.trained], labels[fit.trained])
        scores = tuple(made.predict_proba(rows[asking.rows])[:, 1] for asking in fit.asked)
        fits.append(Fitted(fit.trained, fit.asked, scores))
    counts = check.count(RefitView(known, tuple(fits), 0.5, seed), arguments=bound)
    asked = Asked("c", Comparator.AT_MOST, Decimal(threshold), 0.05)
    (found,) = judge([assess(Statistic(metric, "", "train", counts), asked)])
    return found.verdict, found.assessment.estimate.value if found.assessment.estimate else float("nan")


def main() -> None:
    """Print a row for each model and criterion."""
    print("| model | criterion | mean value | fail | inconclusive | pass |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, model in MODELS.items():
        for metric, threshold, settings in ASKED:
            found = [verdict(metric, threshold, settings, model, seed) for seed in range(SEEDS)]
            said = Counter(one for one, _ in found)
            value = float(np.mean([value for _, value in found]))
            counts = " | ".join(str(said[v]) for v in (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS))
            print(
                f"| {name} | `{metric}` ≤ {threshold}, {settings['attack']} | {value:.3f} | {counts} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
