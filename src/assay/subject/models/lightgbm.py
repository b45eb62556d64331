"""LightGBM's text format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.subject.models.answers import A_PROBABILITY, BINARY, REGRESSION, Asked
from assay.subject.models.inputs import (
    Predictor,
    Scores,
    check_count,
    in_order_of,
    is_numeric,
    matrix,
    not_a_model,
    unsupported,
)
from assay.subject.models.lean import OPTIONAL, without

with without(*OPTIONAL):
    import lightgbm


def load(path: str, inputs: tuple[str, ...], task: str = BINARY, classes: Sequence[str] = ()) -> Predictor:
    """Load a booster of as many outputs as the task has (of classes, the first label is the first declared one); columns by name, in the order of the fit, when the model knows names.

    Raises:
        SubjectError: ``model_unreadable``, ``model_unsupported`` or ``model_inputs_differ``.
    """
    try:
        loaded = lightgbm.Booster(model_file=path)
    except lightgbm.basic.LightGBMError as wrong:
        raise not_a_model(path, "LightGBM text", wrong) from wrong
    return booster(loaded, tuple(inputs), Asked.of(task, classes))


def booster(model: Any, inputs: tuple[str, ...], asked: Asked = A_PROBABILITY) -> Predictor:
    """Ask a booster at hand. Raises as ``load``."""
    found = model.num_model_per_iteration()
    if found != asked.outputs:
        needed = "one score is" if asked.outputs == 1 else f"{asked.outputs} are"
        raise unsupported(f"it has {found} classes, where {needed} needed", asked.task)
    _require_objective(model, asked.task)
    return _Booster(model, _order(model.feature_name(), inputs))


def _order(names: Sequence[str], inputs: tuple[str, ...]) -> tuple[str, ...]:
    if list(names) == [f"Column_{place}" for place in range(len(names))] and names[0] not in inputs:
        check_count(len(names), inputs)  # fitted on an array
        return inputs
    # LightGBM writes blanks in names as underscores.
    written = {name.replace(" ", "_"): name for name in inputs}
    return tuple(written[name] for name in in_order_of(names, tuple(written)))


def _require_objective(booster: Any, task: str) -> None:
    """Refuse a classifier that would be taken for a regression; the other way round, no score lies between 0 and 1."""
    told = [
        line
        for line in booster.model_to_string(num_iteration=1).splitlines()
        if line.startswith("objective=")
    ]
    objective = told[0].removeprefix("objective=").split()[0] if told else ""
    if task == REGRESSION and objective in {"binary", "cross_entropy", "cross_entropy_lambda"}:
        raise unsupported(f"its objective is {objective}, which gives a probability", task)


class _Booster:
    def __init__(self, booster: Any, names: tuple[str, ...]) -> None:
        self._booster = booster
        self._names = names
        self._categories = _categories(booster.pandas_categorical)

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        rows = self._coded(batch) if self._categories else matrix(batch, self._names)
        return np.asarray(self._booster.predict(rows, num_threads=1), dtype=np.float64)

    def _coded(self, batch: pa.RecordBatch) -> Scores:
        """float64[rows, names]: text as the place of its category in the fit, NaN where it has none there.

        So does LightGBM with a frame of pandas, which is not needed here.
        """
        texts = [name for name in self._names if not is_numeric(batch.schema.field(name).type)]
        if len(texts) != len(self._categories):
            raise SubjectError(
                f"The model was fitted on {len(self._categories)} columns of categories; {len(texts)} of its inputs are text.",
                code="model_inputs_differ",
                remedy="Write the columns as text that the model was fitted on as categories, and only these.",
            )
        values = np.empty((batch.num_rows, len(self._names)), dtype=np.float64)
        known = dict(zip(texts, self._categories, strict=True))
        for place, name in enumerate(self._names):
            if name in known:
                values[:, place] = [
                    known[name].get(value, np.nan) for value in batch.column(name).to_pylist()
                ]
            else:
                values[:, place] = matrix(batch, (name,))[:, 0]
        return values


def _categories(told: Any) -> tuple[dict[str, int], ...]:
    """For each column of categories, the place of every text in the fit; of none when the model has none."""
    if not told:
        return ()
    if not all(isinstance(column, list) and all(isinstance(one, str) for one in column) for column in told):
        raise unsupported(
            "it splits on categories of pandas that are no text, which this adapter does not carry over"
        )
    return tuple({text: place for place, text in enumerate(column)} for column in told)
