"""ONNX by onnxruntime, on one thread of the processor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pyarrow as pa
from onnxruntime.capi import onnxruntime_pybind11_state as state

from assay.domain.errors import SubjectError
from assay.subject.models.answers import BINARY, MULTICLASS, REGRESSION, Asked, as_text, one_number
from assay.subject.models.inputs import (
    Predictor,
    Scores,
    check_count,
    in_order_of,
    matrix,
    not_a_model,
    objects,
    reals,
    unsupported,
)
from assay.subject.models.protobuf import keeps_weights_elsewhere

_NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}
_TEXTS = "tensor(string)"
_FLOATS = ("tensor(float)", "tensor(double)")
_UNREADABLE = (
    RuntimeError,
    ValueError,
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NotImplemented,
    state.RuntimeException,
)
_ZIPMAP = "seq(map("


def load(path: str, inputs: tuple[str, ...], task: str = BINARY, classes: Sequence[str] = ()) -> Predictor:
    """Load a model with one matrix as its input, or one column per input by name.

    The score is taken from the only output that can be a probability: a map from classes (ZipMap), two columns of
    floats (the second is label 1), or one. A regression takes the only output of floats; of several classes the map has their
    names, and a matrix has them in the declared order.

    Raises:
        SubjectError: ``model_unreadable``, ``model_weights_elsewhere``, ``model_unsupported`` or
            ``model_inputs_differ``.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        if keeps_weights_elsewhere(Path(path).read_bytes()):
            raise _weights_elsewhere(path)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except _UNREADABLE as wrong:
        raise not_a_model(path, "ONNX", wrong) from wrong
    wanted = session.get_inputs()
    for one in wanted:
        if one.type not in (*_NUMBERS, _TEXTS):
            raise unsupported(f"it takes inputs of type {one.type}")
    if len(wanted) == 1:
        width = wanted[0].shape[-1] if len(wanted[0].shape) == 2 else 1
        if isinstance(width, int):
            check_count(width, inputs)
    else:
        in_order_of([i.name for i in wanted], inputs)
    asked = Asked.of(task, classes)
    return _Session(session, tuple(inputs), _output(session.get_outputs(), asked), asked)


def _weights_elsewhere(path: str) -> SubjectError:
    return SubjectError(
        f"{path} keeps weights in another file, which its digest does not bind.",
        code="model_weights_elsewhere",
        remedy="Save it as one file: onnx.save(onnx.load(PATH), NEW_PATH, save_as_external_data=False).",
    )


def _output(outputs: Sequence[Any], asked: Asked) -> str:
    """The output that holds what is asked for."""
    maps = [o.name for o in outputs if o.type.startswith(_ZIPMAP)]
    floats = [o.name for o in outputs if o.type in _FLOATS]
    named = [name for name in floats if "prob" in name.lower()]
    for candidates in (floats,) if asked.task == REGRESSION else (maps, named, floats):
        if len(candidates) == 1:
            return str(candidates[0])
    what = "number that it predicts" if asked.task == REGRESSION else "probability"
    raise unsupported(f"which of its outputs is the {what} cannot be told", asked.task)


class _Session:
    def __init__(self, session: Any, names: tuple[str, ...], output: str, asked: Asked) -> None:
        self._session = session
        self._names = names
        self._output = output
        self._read = READ[asked.task]
        self._asked = asked

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        (answer,) = self._session.run([self._output], self._feed(batch))
        return self._read(answer, self._asked)

    def _feed(self, batch: pa.RecordBatch) -> dict[str, Any]:
        wanted = self._session.get_inputs()
        if len(wanted) == 1:
            return {wanted[0].name: _typed(batch, self._names, wanted[0].type)}
        return {i.name: _typed(batch, [i.name], i.type) for i in wanted}


def _of_one(answer: Any, _: Asked) -> Scores:
    if isinstance(answer, list):
        return np.array([row.get(1, row.get("1", np.nan)) for row in answer], dtype=np.float64)
    scores = np.asarray(answer)
    if scores.ndim == 2 and scores.shape[1] in {1, 2}:
        scores = scores[:, -1]
    return reals(scores)


def _of_each(answer: Any, asked: Asked) -> Scores:
    if not isinstance(answer, list):
        return reals(answer)
    texts = [{as_text(name): value for name, value in row.items()} for row in answer]
    return np.array([[row.get(name, np.nan) for name in asked.classes] for row in texts], dtype=np.float64)


READ = {BINARY: _of_one, REGRESSION: lambda answer, _: one_number(answer), MULTICLASS: _of_each}
"""What is asked for, from what the output holds."""


def _typed(batch: pa.RecordBatch, names: Sequence[str], kind: str) -> Any:
    if kind == _TEXTS:
        texts = objects(batch, names)
        if any(text is None for text in texts.flat):
            raise _missing(kind)
        return texts
    numbers = matrix(batch, names)
    if not kind.startswith(_FLOATS) and np.isnan(numbers).any():
        raise _missing(kind)
    return numbers.astype(_NUMBERS[kind])


def _missing(kind: str) -> SubjectError:
    return unsupported(f"it takes {kind}, which cannot say that a value is missing, and values are missing")
