"""A recipe: the function that trains a model from rows, and the model that it made, which stays here and is asked for scores."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.subject.models.answers import BINARY, REGRESSION, Asked, one_number
from assay.subject.models.inputs import Predictor, Scores, matrix, numbers, reals

NAME = "recipe"
"""The name of the module that the source becomes, whatever its file is called."""


def opened(
    path: str, file: str, function: str, inputs: list[str], task: str = BINARY, classes: Sequence[str] = ()
) -> Recipe:
    """Run a source file and take its function.

    Args:
        path: where its bytes are. file: what it is called, for tracebacks. inputs: what a model of it is fed, in this order.
        task, classes: what a model of it is asked for.

    Raises:
        SubjectError: ``recipe_has_no_function`` where the name is no function when the file has run.
    """
    module = ModuleType(NAME)
    module.__file__ = file
    sys.modules[NAME] = module
    exec(compile(Path(path).read_bytes(), file, "exec"), module.__dict__)  # noqa: S102 - it is what was asked for, in its sandbox
    train = getattr(module, function, None)
    if not callable(train):
        raise SubjectError(
            f"The recipe {file} has no function {function!r} when it has run.",
            code="recipe_has_no_function",
            remedy="Define the function that trains the model at the top level of the file.",
        )
    return Recipe(train, tuple(inputs), Asked.of(task, classes))


class Recipe:
    """One function, one table, one model."""

    def __init__(self, train: Callable[[pa.Table, int], Any], inputs: tuple[str, ...], asked: Asked) -> None:
        self._train = train
        self._inputs = inputs
        self._asked = asked
        self._batches: list[pa.RecordBatch] = []
        self._predict: Predictor | None = None

    def change(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Take some training rows; the answer is how many there are by now."""
        self._batches.append(batch)
        rows = np.array([sum(b.num_rows for b in self._batches)])
        return pa.record_batch([numbers(rows)], names=["rows"])

    def train(self, seed: int) -> None:
        """Train the model; the rows are let go of.

        Raises:
            SubjectError: ``model_unsupported`` and as the adapters.
        """
        table = pa.Table.from_batches(self._batches).combine_chunks()
        self._batches = []
        self._predict = predictor(self._train(table, seed), self._inputs, self._asked)

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        """float64[rows], or a row of several: what the model answers."""
        if self._predict is None:
            raise RuntimeError("asked before it was trained")
        return self._predict(batch.select(list(self._inputs)))


def predictor(model: Any, inputs: tuple[str, ...], asked: Asked) -> Predictor:
    """How a trained model is asked, by what it is.

    A classifier with ``predict_proba``, of a regression one with ``predict`` and the parameters of scikit-learn, and a booster of LightGBM or
    XGBoost are asked as if they came from a file; another one with ``predict`` takes a matrix of numbers; a function takes the rows.
    """
    library = type(model).__module__.partition(".")[0]
    if _is_estimator(model, asked):
        from assay.subject.models.estimator import estimator

        return estimator(model, inputs, asked)
    if library == "lightgbm":
        from assay.subject.models import lightgbm

        return lightgbm.booster(model, inputs, asked)
    if library == "xgboost":
        from assay.subject.models import xgboost

        return xgboost.booster(model, inputs, asked)
    answer = one_number if asked.task == REGRESSION else reals
    if callable(getattr(model, "predict", None)):
        return lambda batch: answer(np.asarray(model.predict(matrix(batch, inputs))))
    if callable(model):
        return lambda batch: answer(np.asarray(model(batch)))
    raise SubjectError(
        "What the recipe returned is no model.", code="model_unsupported", remedy="Return the model."
    )


def _is_estimator(model: Any, asked: Asked) -> bool:
    """A regressor that is none of scikit-learn's kind may well be an object with ``predict`` alone."""
    also = asked.task == REGRESSION and callable(getattr(model, "get_params", None))
    return callable(getattr(model, "predict_proba", None)) or also
