"""A fitted scikit-learn classifier, however it was stored."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import joblib
import numpy as np
import pyarrow as pa

from assay.subject.models.inputs import (
    Predictor,
    Scores,
    check_count,
    frame,
    frame_or_fail,
    in_order_of,
    is_numeric,
    matrix,
    objects,
    reals,
    unsupported,
)


def estimator(model: Any, inputs: tuple[str, ...]) -> Predictor:
    """Ask a fitted classifier in one thread.

    A model that was fitted on named columns is asked with a frame of those columns in its own order; where neither
    pandas nor polars is installed and all inputs are numbers, with a matrix, unless it selects columns by name. A
    model that was fitted on an array is asked with an array, the inputs in the declared order.

    Raises:
        SubjectError: ``model_unsupported`` or ``model_inputs_differ``.
    """
    if not callable(getattr(model, "predict_proba", None)):
        raise unsupported("it has no method predict_proba")
    place = _place_of_one(model)
    _one_thread(model)
    names = getattr(model, "feature_names_in_", None)
    if names is not None:
        return _Named(model, in_order_of([str(n) for n in names], inputs), place)
    expected = getattr(model, "n_features_in_", None)
    if expected is not None:
        check_count(int(expected), inputs)
    return _Positional(model, inputs, place)


class _Named:
    def __init__(self, model: Any, names: Sequence[str], place: int) -> None:
        self._model = model
        self._names = names
        self._place = place

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        rows: Any = frame(batch, self._names)
        if rows is None and (_selects_by_name(self._model) or not _all_numeric(batch, self._names)):
            rows = frame_or_fail(batch, self._names)
        if rows is None:
            rows = matrix(batch, self._names)
        return _asked(self._model, rows, self._place)


class _Positional:
    def __init__(self, model: Any, names: Sequence[str], place: int) -> None:
        self._model = model
        self._names = names
        self._place = place

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        numeric = _all_numeric(batch, self._names)
        rows = matrix(batch, self._names) if numeric else objects(batch, self._names)
        return _asked(self._model, rows, self._place)


def _asked(model: Any, rows: Any, place: int) -> Scores:
    with joblib.parallel_config(backend="sequential"), warnings.catch_warnings():
        # Names were compared at load; a matrix in their order is what scikit-learn would warn about.
        warnings.simplefilter("ignore", UserWarning)
        probabilities = model.predict_proba(rows)
    return reals(np.asarray(probabilities)[:, place])


def _all_numeric(batch: pa.RecordBatch, names: Sequence[str]) -> bool:
    return all(is_numeric(batch.schema.field(name).type) for name in names)


def _place_of_one(model: Any) -> int:
    classes = [str(c) for c in np.asarray(getattr(model, "classes_", ())).tolist()]
    ones = [place for place, text in enumerate(classes) if text in {"1", "1.0", "True"}]
    if len(classes) != 2 or len(ones) != 1:
        raise unsupported(f"it has {len(classes)} classes, where 0 and 1 are needed")
    return ones[0]


def _one_thread(model: Any) -> None:
    """A sum over threads depends on their order; the workers are the parallelism."""
    if not callable(getattr(model, "get_params", None)):
        return
    jobs = [name for name in model.get_params(deep=True) if name.rpartition("__")[2] == "n_jobs"]
    if jobs:
        model.set_params(**dict.fromkeys(jobs, 1))


def _selects_by_name(model: Any, depth: int = 0) -> bool:
    if hasattr(model, "transformers_"):
        return True
    steps = [step for _, step in getattr(model, "steps", ())] + [getattr(model, "estimator", None)]
    return depth < 8 and any(_selects_by_name(step, depth + 1) for step in steps if step is not None)
