"""XGBoost's own formats, JSON and UBJ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

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

OBJECTIVES = frozenset({"binary:logistic", "reg:logistic"})


def load(path: str, inputs: tuple[str, ...]) -> Predictor:
    """Load a binary booster. After early stopping it predicts up to its best round, as XGBClassifier does.

    Raises:
        SubjectError: ``model_unreadable``, ``model_unsupported`` or ``model_inputs_differ``.
    """
    loaded = xgboost.Booster({"nthread": 1})
    try:
        # As bytes: by a path, XGBoost goes by the ending, and the copy that the child is handed has none.
        loaded.load_model(bytearray(Path(path).read_bytes()))
    except (xgboost.core.XGBoostError, ValueError) as wrong:
        raise not_a_model(path, "XGBoost JSON or UBJ", wrong) from wrong
    return booster(loaded, tuple(inputs))


def booster(model: Any, inputs: tuple[str, ...]) -> Predictor:
    """Ask a booster at hand. Raises as ``load``."""
    model.set_param({"nthread": 1})
    objective = json.loads(model.save_config())["learner"]["objective"]["name"]
    if objective not in OBJECTIVES:
        raise unsupported(f"its objective is {objective}, which gives no probability of label 1")
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
