"""Models of scikit-learn, trained here by the design of a check of a recipe, of any task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.catalogue import catalogue
from assay.domain.answers import Answers
from assay.domain.assessment import Asked, Judged
from assay.domain.evidence import Counts, Statistic
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Task
from assay.stats.assess import assess
from assay.tally.refits import Fitted, RefitView, TrainingRows

NUMBERS = Answers(Task.REGRESSION, -50.0, 50.0)
CLASSES = Answers(Task.MULTICLASS, classes=("a", "b", "c"))
Model = Callable[[int], Any]


def rows(task: Task, n: int, seed: int, *, width: int = 3) -> tuple[NDArray[Any], NDArray[Any]]:
    """Inputs of which two say something, and a number or a class."""
    draw = np.random.default_rng(seed)
    inputs = draw.normal(size=(n, width))
    if task is Task.REGRESSION:
        return inputs, np.clip(3 * inputs[:, 0] + 2 * inputs[:, 1] + draw.normal(size=n), -50, 50)
    odds = np.stack([np.zeros(n), 1.5 * inputs[:, 0], 1.5 * inputs[:, 1]], axis=1) + draw.gumbel(size=(n, 3))
    return inputs, odds.argmax(axis=1).astype(np.int64)


def answers_of(task: Task) -> Answers:
    return NUMBERS if task is Task.REGRESSION else CLASSES


def said(model: Any, inputs: NDArray[Any], task: Task) -> NDArray[np.float64]:
    """What the model answers, as the adapters have it."""
    if task is Task.REGRESSION:
        return np.clip(model.predict(inputs), -50, 50)
    return np.asarray(model.predict_proba(inputs))


def trained(
    metric: str,
    task: Task,
    make: Model,
    inputs: NDArray[Any],
    labels: NDArray[Any],
    *,
    seed: int = 7,
    codes: Mapping[str, NDArray[np.int64]] | None = None,
    answers: Answers | None = None,
    **settings: Any,
) -> tuple[RefitView, dict[str, Any]]:
    """The view that a check is handed, and its settings; codes are of the inputs, in their order."""
    check = catalogue()[metric]
    bound = check.bind(settings)
    names = list(codes or {})
    known = TrainingRows(labels, np.arange(len(labels)), codes or {}, answers or answers_of(task))
    fits = []
    for fit in check.need.design(known, seed, bound):
        seen = _alike(inputs, names, fit.held, fit.like, inputs)
        model = make(fit.seed).fit(seen[fit.trained], labels[fit.trained])
        told = tuple(
            said(model, _alike(seen[a.rows], names, a.column, a.like, seen), task) for a in fit.asked
        )
        fits.append(Fitted(fit.trained, fit.asked, told))
    cut = float("nan")
    return RefitView(known, tuple(fits), cut, seed), bound


def _alike(
    found: NDArray[Any], names: list[str], column: str, like: int, all_rows: NDArray[Any]
) -> NDArray[Any]:
    if not column:
        return found
    changed = found.copy()
    changed[:, names.index(column)] = all_rows[like, names.index(column)]
    return changed


def counted(metric: str, *args: Any, **more: Any) -> Counts:
    """What the check counts of them; arguments as :func:`trained`."""
    view, bound = trained(metric, *args, **more)
    return catalogue()[metric].count(view, arguments=bound)


def judged(metric: str, counts: Counts, comparator: Comparator, threshold: str) -> Judged:
    asked = Asked("c", comparator, Decimal(threshold), 0.05)
    return judge([assess(Statistic(metric, "", "train", counts), asked)])[0]
