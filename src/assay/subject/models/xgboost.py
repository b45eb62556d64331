"""XGBoost's own formats, JSON and UBJ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from assay.subject.models.answers import A_PROBABILITY, BINARY, MULTICLASS, REGRESSION, Asked
from assay.subject.models.inputs import (
    Predictor,
    Scores,
    check_count,
    in_order_of,
    matrix,
    not_a_model,
    unsupported,
)
from assay.subject.models.lean import OPTIONAL, without

with without(*OPTIONAL):
    import xgboost

OBJECTIVES = {
    BINARY: frozenset({"binary:logistic", "reg:logistic"}),
    REGRESSION: frozenset(
        {
            "reg:squarederror",
            "reg:squaredlogerror",
            "reg:pseudohubererror",
            "reg:absoluteerror",
            "reg:quantileerror",
            "reg:gamma",
            "reg:tweedie",
            "reg:logistic",
            "count:poisson",
        }
    ),
    MULTICLASS: frozenset({"multi:softprob"}),
}
GIVEN = {
    BINARY: "probability of label 1",
    REGRESSION: "number to predict",
    MULTICLASS: "probability for each class",
}


def load(path: str, inputs: tuple[str, ...], task: str = BINARY, classes: Sequence[str] = ()) -> Predictor:
    """Load a booster whose objective is of the task (of classes, the first label is the first declared one). After early stopping it predicts up to its best round, as XGBClassifier does.

    Raises:
        SubjectError: ``model_unreadable``, ``model_unsupported`` or ``model_inputs_differ``.
    """
    loaded = xgboost.Booster({"nthread": 1})
    try:
        # As bytes: by a path, XGBoost goes by the ending, and the copy that the child is handed has none.
        loaded.load_model(bytearray(Path(path).read_bytes()))
    except (xgboost.core.XGBoostError, ValueError) as wrong:
        raise not_a_model(path, "XGBoost JSON or UBJ", wrong) from wrong
    return booster(loaded, tuple(inputs), Asked.of(task, classes))


def booster(model: Any, inputs: tuple[str, ...], asked: Asked = A_PROBABILITY) -> Predictor:
    """Ask a booster at hand. Raises as ``load``."""
    model.set_param({"nthread": 1})
    learner, task = json.loads(model.save_config())["learner"], asked.task
    objective = learner["objective"]["name"]
    if objective not in OBJECTIVES[task]:
        raise unsupported(f"its objective is {objective}, which gives no {GIVEN[task]}", task)
    if task == MULTICLASS and int(learner["learner_model_param"]["num_class"]) != asked.outputs:
        raise unsupported(
            f"it has another number of classes than the {asked.outputs} that are declared", task
        )
    if "c" in (model.feature_types or ()):
        raise unsupported("it splits on XGBoost's own categories, which this adapter does not carry over")
    names = model.feature_names
    if names is None:
        check_count(model.num_features(), inputs)
    return _Booster(model, inputs if names is None else in_order_of(names, inputs))


class _Booster:
    def __init__(self, booster: Any, names: tuple[str, ...]) -> None:
        self._booster = booster
        self._names = names
        best = booster.attr("best_iteration")
        self._rounds = (0, 0) if best is None else (0, int(best) + 1)

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        rows = matrix(batch, self._names)
        scores = self._booster.inplace_predict(rows, iteration_range=self._rounds, validate_features=False)
        return np.asarray(scores).astype(np.float64)
