"""A Python function from a record batch to scores. It has no stable digest: for rehearsals only."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.subject.models.inputs import Predictor

_REMEDY = "Name it as package.module:function or folder/file.py:function."


def load(
    path: str,
    inputs: tuple[str, ...],
    task: str = "binary",  # noqa: ARG001 - what it returns is checked by who asks
    classes: Sequence[str] = (),  # noqa: ARG001
) -> Predictor:
    """The function that ``package.module:function`` or ``folder/file.py:function`` names.

    Raises:
        SubjectError: ``model_not_found`` when there is no such function.
    """
    place, _, name = path.rpartition(":")
    if place.endswith(".py") and not Path(place).is_file():
        raise SubjectError(f"There is no file {place}.", code="model_not_found", remedy=_REMEDY)
    try:
        module = _module_of(place) if place.endswith(".py") else importlib.import_module(place)
    except ModuleNotFoundError as wrong:
        raise SubjectError(
            f"There is no module {wrong.name!r}.", code="model_not_found", remedy=_REMEDY
        ) from wrong
    function = getattr(module, name, None)
    if not callable(function):
        raise SubjectError(
            f"{place} has no function {name!r}.",
            code="model_not_found",
            remedy=_REMEDY,
        )
    return live(function, inputs)


def live(function: Callable[[pa.RecordBatch], Any], inputs: tuple[str, ...]) -> Predictor:
    """A function at hand, asked with the inputs in the declared order; what it returns is checked by who asks."""

    def predict(batch: pa.RecordBatch) -> Any:
        return function(batch.select(list(inputs)))

    return predict


def _module_of(place: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(place).stem, place)
    if spec is None or spec.loader is None:
        raise SubjectError(f"{place} is not a Python file.", code="model_not_found")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
