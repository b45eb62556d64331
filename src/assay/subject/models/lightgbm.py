"""LightGBM's text format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa

from assay.subject.models.estimator import not_a_model
from assay.subject.models.inputs import (
    Predictor,
    Scores,
    check_count,
    frame_or_fail,
    in_order_of,
    is_numeric,
    matrix,
    unsupported,
)


def load(path: str, inputs: tuple[str, ...]) -> Predictor:
    """Load a binary booster; columns by name, in the order of the fit, when the model knows names.

    Raises:
        SubjectError: ``model_unreadable``, ``model_unsupported`` or ``model_inputs_differ``.
    """
    try:
        booster = lightgbm.Booster(model_file=path)
    except lightgbm.basic.LightGBMError as wrong:
        raise not_a_model(path, "LightGBM text", wrong) from wrong
    if booster.num_model_per_iteration() != 1:
        raise unsupported(f"it has {booster.num_model_per_iteration()} classes, where one score is needed")
    return _Booster(booster, _order(booster.feature_name(), tuple(inputs)))


def _order(names: Sequence[str], inputs: tuple[str, ...]) -> tuple[str, ...]:
    if list(names) == [f"Column_{place}" for place in range(len(names))] and names[0] not in inputs:
        check_count(len(names), inputs)  # fitted on an array
        return inputs
    # LightGBM writes blanks in names as underscores.
    written = {name.replace(" ", "_"): name for name in inputs}
    return tuple(written[name] for name in in_order_of(names, tuple(written)))


class _Booster:
    def __init__(self, booster: Any, names: tuple[str, ...]) -> None:
        self._booster = booster
        self._names = names

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        rows = self._categories(batch) if self._booster.pandas_categorical else matrix(batch, self._names)
        return np.asarray(self._booster.predict(rows, num_threads=1), dtype=np.float64)

    def _categories(self, batch: pa.RecordBatch) -> Any:
        """A model fitted on categories of pandas keeps their values and wants them back as categories."""
        rows = frame_or_fail(batch, self._names)
        for name in self._names:
            if not is_numeric(batch.schema.field(name).type):
                rows[name] = rows[name].astype("category")
        return rows
