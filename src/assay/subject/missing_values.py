"""A model that breaks on rows with missing values: what the rows had is told, for it is the commonest cause."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from assay.domain.errors import Crash
from assay.domain.vocabulary import Reason

NAMED = 5
"""So many columns are named."""


def with_missing_values(batch: pa.RecordBatch) -> tuple[str, ...]:
    """The columns that have a missing value, or one that is not a number, in these rows."""
    return tuple(name for name in batch.schema.names if _missing(batch.column(name)))


def _missing(column: pa.Array) -> bool:
    if column.null_count:
        return True
    return pa.types.is_floating(column.type) and bool(pc.any(pc.is_nan(column)).as_py())


@contextlib.contextmanager
def naming_missing_values(batch: pa.RecordBatch) -> Iterator[None]:
    """Add to what is said of a model that broke which of its inputs had missing values. The names alone: no value of a row."""
    try:
        yield
    except Crash as crash:
        lacking = with_missing_values(batch) if crash.code == Reason.MODEL_CRASHED.value else ()
        if not lacking:
            raise
        names = ", ".join(map(repr, lacking[:NAMED])) + (" and others" if len(lacking) > NAMED else "")
        raise Crash(
            f"{crash.message} The rows that it was asked for have missing values in {names}.",
            code=crash.code,
            remedy=f"If it cannot take them, let it fill them in itself (a pipeline with an imputer). {crash.remedy}".strip(),
        ) from crash
