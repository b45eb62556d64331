"""A fitted scikit-learn classifier or regressor, however it was stored."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import joblib
import numpy as np
import pyarrow as pa

from assay.subject.models.answers import (
    A_PROBABILITY,
    BINARY,
    MULTICLASS,
    REGRESSION,
    Asked,
    one_number,
    places_of_classes,
)
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

Method = Callable[[Any], Scores]
"""Asks a model about rows that are as it takes them."""


def estimator(model: Any, inputs: tuple[str, ...], asked: Asked = A_PROBABILITY) -> Predictor:
    """Ask a fitted model in one thread: a classifier for probabilities, a regressor for numbers.

    A model that was fitted on named columns is asked with a frame of those columns in its own order; where neither
    pandas nor polars is installed and all inputs are numbers, with a matrix, unless it selects columns by name. A
    model that was fitted on an array is asked with an array, the inputs in the declared order.

    Raises:
        SubjectError: ``model_unsupported`` or ``model_inputs_differ``.
    """
    method = METHODS[asked.task](model, asked)
    _one_thread(model)
    names = getattr(model, "feature_names_in_", None)
    if names is not None:
        return _Named(model, in_order_of([str(n) for n in names], inputs), method)
    expected = getattr(model, "n_features_in_", None)
    if expected is not None:
        check_count(int(expected), inputs)
    return _Positional(method, inputs)


class _Named:
    def __init__(self, model: Any, names: Sequence[str], method: Method) -> None:
        self._model = model
        self._names = names
        self._method = method

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        rows: Any = frame(batch, self._names)
        if rows is None and (_selects_by_name(self._model) or not _all_numeric(batch, self._names)):
            rows = frame_or_fail(batch, self._names)
        if rows is None:
            rows = matrix(batch, self._names)
        return _asked(self._method, rows)


class _Positional:
    def __init__(self, method: Method, names: Sequence[str]) -> None:
        self._method = method
        self._names = names

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        numeric = _all_numeric(batch, self._names)
        rows = matrix(batch, self._names) if numeric else objects(batch, self._names)
        return _asked(self._method, rows)


def _asked(method: Method, rows: Any) -> Scores:
    with joblib.parallel_config(backend="sequential"), warnings.catch_warnings():
        # Names were compared at load; a matrix in their order is what scikit-learn would warn about.
        warnings.simplefilter("ignore", UserWarning)
        return method(rows)


def _probability_of_one(model: Any, _: Asked) -> Method:
    proba = _proba(model, BINARY)
    place = _place_of_one(model)
    return lambda rows: reals(np.asarray(proba(rows))[:, place])


def _probability_of_each(model: Any, asked: Asked) -> Method:
    proba = _proba(model, MULTICLASS)
    places = places_of_classes(np.asarray(getattr(model, "classes_", ())).tolist(), asked.classes)
    return lambda rows: reals(np.asarray(proba(rows))[:, places])


def _number(model: Any, _: Asked) -> Method:
    if hasattr(model, "classes_"):
        raise unsupported("it is a classifier", REGRESSION)
    if not callable(getattr(model, "predict", None)):
        raise unsupported("it has no method predict", REGRESSION)
    return lambda rows: one_number(model.predict(rows))


METHODS: dict[str, Callable[[Any, Asked], Method]] = {
    BINARY: _probability_of_one,
    REGRESSION: _number,
    MULTICLASS: _probability_of_each,
}


def _proba(model: Any, task: str) -> Callable[[Any], Any]:
    proba: Callable[[Any], Any] | None = getattr(model, "predict_proba", None)
    if proba is None or not callable(proba):
        raise unsupported("it has no method predict_proba", task)
    return proba


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
