"""Between Arrow columns and arrays: numbers as numbers with NaN for missing, everything else as objects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.errors import SubjectError


def as_numpy(column: pa.Array, name: str = "") -> NDArray[Any]:
    """A column as an array: integers without nulls keep their type, numbers with nulls become float64 with NaN.

    Booleans are 0 and 1, dictionaries are decoded, dates and everything else become text or None.

    Raises:
        SubjectError: ``data_invalid``, naming the column, when its values are neither numbers nor texts, as lists are.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif pa.types.is_decimal(kind) or pa.types.is_null(kind):
        column = column.cast(pa.float64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        try:
            texts: NDArray[Any] = np.array(_as_text(column).to_pylist(), dtype=object)
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            raise SubjectError(
                f"The column {name!r} is of type {kind}, which is neither a number nor a text in each row.",
                code="data_invalid",
                remedy="Write one number, text, date or boolean for each row.",
            ) from None
        return texts
    if column.null_count:
        column = column.cast(pa.float64(), safe=False).fill_null(math.nan)
    # Read from the buffer: Arrow's to_numpy() imports pandas where it is there, most of a second in each worker.
    dtype = np.dtype(column.type.to_pandas_dtype())
    if len(column) == 0:
        return np.empty(0, dtype)
    return np.frombuffer(column.buffers()[1], dtype, len(column), column.offset * dtype.itemsize)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return column
    return column.cast(pa.string())


def with_columns(batch: pa.RecordBatch, changed: Mapping[str, NDArray[Any]]) -> pa.RecordBatch:
    """The batch with columns replaced; a column keeps its type where its new values allow, NaN becomes missing."""
    arrays = [
        _like(field, changed[field.name]) if field.name in changed else batch.column(i)
        for i, field in enumerate(batch.schema)
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(batch.schema.names))


def _like(field: pa.Field, values: NDArray[Any]) -> pa.Array:
    if values.dtype.kind not in "iufb":
        return pa.array(values.tolist(), type=field.type if not pa.types.is_dictionary(field.type) else None)
    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    if pa.types.is_integer(field.type):
        whole = np.where(missing, 0, values)
        if np.all(whole == np.floor(whole)):
            return pa.array(whole.astype(np.int64), mask=missing).cast(field.type, safe=False)
        return pa.array(values.astype(np.float64), mask=missing)
    made = pa.array(values, mask=missing)
    return made.cast(field.type, safe=False) if pa.types.is_floating(field.type) else made
