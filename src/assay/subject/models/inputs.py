"""From a record batch to what libraries take: a matrix of floats, or a frame with named columns."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from assay.domain.errors import SubjectError

Scores = NDArray[np.float64]
_FRAMES = ("pandas", "polars")


def numbers(values: NDArray[Any]) -> pa.Array:
    """A column of these numbers; pyarrow.array() imports pandas where it is there, half of what a child's start takes."""
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


_NAN = numbers(np.array([np.nan]))[0]


class Predictor(Protocol):
    """A loaded model."""

    def __call__(self, batch: pa.RecordBatch) -> Scores:
        """What is asked for each row: float64[rows], or float64[rows, classes]."""


def is_numeric(kind: pa.DataType) -> bool:
    """Whether values of an Arrow type become floats without a decision about their meaning."""
    if pa.types.is_dictionary(kind):
        return is_numeric(kind.value_type)
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_null(kind)
    )


def matrix(batch: pa.RecordBatch, names: Sequence[str]) -> Scores:
    """float64[rows, names]: the named columns; missing values are NaN.

    Raises:
        SubjectError: ``model_input_not_numeric``, naming the column and its type.
    """
    values = np.empty((batch.num_rows, len(names)), dtype=np.float64)
    for place, name in enumerate(names):
        column = batch.column(name)
        if not is_numeric(column.type):
            raise not_numeric(name, column.type)
        if pa.types.is_dictionary(column.type):
            column = pc.cast(column, column.type.value_type)
        values[:, place] = _floats(column)
    return values


def _floats(column: pa.Array) -> Scores:
    """The numbers as they lie; to_numpy() and scalar() import pandas too."""
    if not len(column):
        return np.empty(0)
    floats = pc.fill_null(pc.cast(column, pa.float64(), safe=False), _NAN)
    return np.frombuffer(floats.buffers()[1], np.float64, len(floats), 8 * floats.offset)


def not_numeric(name: str, kind: pa.DataType) -> SubjectError:
    """The error for a column that a model of numbers is fed."""
    return SubjectError(
        f"The model takes numbers only, but its input {name!r} is of type {kind}.",
        code="model_input_not_numeric",
        remedy="Encode the column in the model itself (a pipeline), or leave it out of the inputs.",
    )


def reals(values: Any) -> Scores:
    """What a library returned as floats; an imaginary part is not dropped in silence.

    Raises:
        SubjectError: ``model_output_invalid``.
    """
    array = np.asarray(values)
    if array.dtype.kind == "c":
        raise _unusable("complex numbers")
    try:
        return array.astype(np.float64)
    except (ValueError, TypeError):
        raise _unusable("no numbers") from None


def _unusable(of: str) -> SubjectError:
    return SubjectError(
        f"The model's answer is not usable: it is made of {of}.",
        code="model_output_invalid",
        remedy="Mend the model; a certificate needs a number, or several, for every row.",
    )


def objects(batch: pa.RecordBatch, names: Sequence[str]) -> NDArray[Any]:
    """object[rows, names]: the values as Python has them; missing values are None in text and NaN in numbers."""
    values = np.empty((batch.num_rows, len(names)), dtype=object)
    for place, name in enumerate(names):
        column = batch.column(name)
        values[:, place] = matrix(batch, [name])[:, 0] if is_numeric(column.type) else column.to_pylist()
    return values


def frame(batch: pa.RecordBatch, names: Sequence[str]) -> Any | None:
    """The named columns as a pandas DataFrame, or polars where pandas is absent; None where both are."""
    chosen = _without_decimals(batch.select(list(names)))
    for package in _FRAMES:
        try:
            module = importlib.import_module(package)
        except ModuleNotFoundError:
            continue
        if package == "polars":
            return module.from_arrow(pa.Table.from_batches([chosen]))
        return chosen.to_pandas(use_threads=False)
    return None


def frame_or_fail(batch: pa.RecordBatch, names: Sequence[str]) -> Any:
    """As ``frame``.

    Raises:
        SubjectError: ``missing_extra`` where neither pandas nor polars is in the model's environment.
    """
    made = frame(batch, names)
    if made is None:
        raise SubjectError(
            "The model selects columns by name, which needs pandas or polars in its environment.",
            code="missing_extra",
            remedy="Install it there with: pip install pandas",
        )
    return made


def in_order_of(wanted: Sequence[str], inputs: Sequence[str]) -> tuple[str, ...]:
    """The model's own order of its columns, when they are exactly the declared inputs.

    Raises:
        SubjectError: ``model_inputs_differ``, naming what is missing on either side.
    """
    missing = [name for name in wanted if name not in inputs]
    unused = [name for name in inputs if name not in wanted]
    if missing or unused:
        parts = []
        if missing:
            near = difflib.get_close_matches(missing[0], inputs, n=1)
            hint = f" (nearest: {near[0]!r})" if near else ""
            parts.append(f"it also needs {_listed(missing)}{hint}")
        if unused:
            parts.append(f"it does not know {_listed(unused)}")
        raise SubjectError(
            f"The model was fitted on other columns than the declared inputs: {'; '.join(parts)}.",
            code="model_inputs_differ",
            remedy="Declare under subject.inputs exactly the columns that the model was fitted on.",
        )
    return tuple(wanted)


def check_count(expected: int, inputs: Sequence[str]) -> None:
    """Compare the number of columns, all that can be compared when a model knows no names.

    Raises:
        SubjectError: ``model_inputs_differ``.
    """
    if expected != len(inputs):
        raise SubjectError(
            f"The model was fitted on {expected} columns, {len(inputs)} inputs are declared.",
            code="model_inputs_differ",
            remedy="Declare under subject.inputs the columns in the order of the fit.",
        )


NEEDED = {
    "binary": "A binary classifier that returns the probability of label 1 is needed.",
    "regression": "A model that predicts one number for each row is needed.",
    "multiclass": "A classifier that returns a probability for each of the declared classes is needed.",
}


def unsupported(what: str, task: str = "binary") -> SubjectError:
    """The error for a model that loads but does not give what its task needs."""
    return SubjectError(
        f"The model cannot be certified as it is: {what}.",
        code="model_unsupported",
        remedy=NEEDED[task],
    )


def not_a_model(path: str, kind: str, wrong: BaseException) -> SubjectError:
    """The error for a file that does not load."""
    return SubjectError(
        f"{path} could not be loaded as {kind} ({type(wrong).__name__}): it is damaged, of another kind, or was "
        "written by another version.",
        code="model_unreadable",
        remedy="Check subject.format, and that subject.python is the environment the model was made in.",
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(map(repr, names[:5])) + more


def _without_decimals(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [
        pc.cast(column, pa.float64()) if pa.types.is_decimal(column.type) else column
        for column in batch.columns
    ]
    return pa.record_batch(columns, names=batch.schema.names)
