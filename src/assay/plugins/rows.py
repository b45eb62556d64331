"""Rows on their way to a perturbation in a child and back: Arrow columns by place, and the rest as JSON in the schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assay.domain.plain import from_plain, to_plain
from assay.plugins.entry import Arguments
from assay.subject.arrays import as_arrow, as_numpy
from assay.tally.perturbation import ChangeContext, Columns

ASKED = b"assay"


def asked(check: str, columns: Columns, context: ChangeContext) -> pa.RecordBatch:
    """The question: the numbers of the rows, then a column for each input; the context beside them."""
    told = {
        "check": check,
        "names": list(columns),
        "seed": str(context.seed),
        "spreads": {name: repr(float(spread)) for name, spread in context.spreads.items()},
        "parameters": to_plain(dict(context.parameters), Arguments),
        "kinds": dict(context.kinds),
    }
    return _batch([as_arrow(context.rows), *map(_arrow, columns.values())], told)


def asked_from(batch: pa.RecordBatch) -> tuple[Columns, ChangeContext]:
    """The same as the perturbation is handed it: arrays that it may write to."""
    told = json.loads(batch.schema.metadata[ASKED])
    columns = {name: as_numpy(batch.column(i + 1)).copy() for i, name in enumerate(told["names"])}
    return columns, ChangeContext(
        rows=as_numpy(batch.column(0)).copy(),
        seed=int(told["seed"]),
        spreads={name: float(spread) for name, spread in told["spreads"].items()},
        parameters=from_plain(told["parameters"], Arguments),
        kinds=told["kinds"],
    )


def answered(changed: Mapping[str, NDArray[Any]], rows: NDArray[np.uint64]) -> pa.RecordBatch:
    """The answer: the numbers of the rows as they were asked, and the columns that the perturbation returned."""
    columns = [_arrow(np.asarray(values)) for values in changed.values()]
    return _batch([as_arrow(rows), *columns], {"names": list(changed)})


def answered_from(batch: pa.RecordBatch, sent: Columns, context: ChangeContext) -> Columns:
    """The columns of an answer that nobody vouches for.

    Raises:
        ValueError: with what was expected and found, when it is not as many values of the same kind of known columns.
    """
    names = _names(batch)
    if len(names) != len(set(names)) or len(names) + 1 != batch.num_columns:
        raise ValueError(f"{batch.num_columns} columns for {len(names)} names")
    if batch.num_rows != len(context.rows):
        raise ValueError(f"{batch.num_rows:,} rows, and {len(context.rows):,} were expected")
    if batch.column(0).type != pa.uint64() or not np.array_equal(as_numpy(batch.column(0)), context.rows):
        raise ValueError("other rows than it was sent, or in another order")
    unknown = [name for name in names if name not in sent]
    if unknown:
        raise ValueError("a column that it was not sent")
    return {name: _checked(name, batch.column(i + 1), sent[name]) for i, name in enumerate(names)}


def _checked(name: str, column: pa.Array, sent: NDArray[Any]) -> NDArray[Any]:
    kind = column.type
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    text = pa.types.is_string(kind) or pa.types.is_null(kind)
    expected = "numbers" if sent.dtype.kind in "iufb" else "texts"
    if not (number if expected == "numbers" else text):
        raise ValueError(f"values of type {kind} in the column {name!r}, and {expected} were expected")
    found = as_numpy(column)
    return (
        found if number else np.array([None if _missing(value) else value for value in found], dtype=object)
    )


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def _names(batch: pa.RecordBatch) -> list[str]:
    try:
        names = json.loads((batch.schema.metadata or {})[ASKED])["names"]
    except (KeyError, ValueError, TypeError, RecursionError):
        raise ValueError("no names of its columns") from None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("no names of its columns")
    return names


def _arrow(values: NDArray[Any]) -> pa.Array:
    return as_arrow(values) if values.dtype.kind in "iufb" else pa.array(values.tolist(), pa.string())


def _batch(columns: list[pa.Array], told: Mapping[str, Any]) -> pa.RecordBatch:
    fields = [pa.field(str(i), column.type) for i, column in enumerate(columns)]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields, {ASKED: json.dumps(told)}))
