"""A model that breaks on rows with texts, missing values or infinite numbers: what the rows had is told, for these are the commonest causes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from assay.domain.errors import Crash
from assay.domain.vocabulary import Reason
from assay.subject.files.layout import kind_of

NAMED = 5
"""So many columns are named."""


def with_missing_values(batch: pa.RecordBatch) -> tuple[str, ...]:
    """The columns that have a missing value, or one that is not a number, in these rows."""
    return tuple(name for name in batch.schema.names if _missing(batch.column(name)))


def _missing(column: pa.Array) -> bool:
    if column.null_count:
        return True
    return pa.types.is_floating(column.type) and bool(pc.any(pc.is_nan(column)).as_py())


def with_infinite_numbers(batch: pa.RecordBatch) -> tuple[str, ...]:
    """The columns that have an infinite number in these rows."""
    return tuple(
        column.name
        for column in batch.schema
        if pa.types.is_floating(column.type)
        and pc.any(pc.is_inf(batch.column(column.name).cast(pa.float64()))).as_py()
    )


def with_texts(batch: pa.RecordBatch) -> tuple[str, ...]:
    """The columns of these rows that hold texts, dates or anything else but numbers, true and false."""
    plain = ("integer", "number", "boolean", "null")
    return tuple(column.name for column in batch.schema if kind_of(str(column.type)) not in plain)


CAUSES: tuple[tuple[Callable[[pa.RecordBatch], tuple[str, ...]], str, str], ...] = (
    (
        with_infinite_numbers,
        "infinite numbers",
        "If it cannot take infinite numbers, write the number that is meant, or nothing where it is not known. ",
    ),
    (
        with_texts,
        "no numbers",
        "If it takes numbers alone, name the inputs that it was fitted on, or save it with what encodes them. ",
    ),
    (
        with_missing_values,
        "missing values",
        "If it cannot take missing values, let it fill them in itself (a pipeline with an imputer). ",
    ),
)
"""The columns that have it, what they have, and what to do: the rarest first, of which one row is enough."""


@contextlib.contextmanager
def naming_likely_causes(batch: pa.RecordBatch) -> Iterator[None]:
    """Add to what is said of a model that broke which of its inputs had infinite numbers, hold none at all, or had missing values. The names alone: no value of a row."""
    try:
        yield
    except Crash as crash:
        broke = crash.code == Reason.MODEL_CRASHED.value
        found = [(columns, said, remedy) for of, said, remedy in CAUSES if broke and (columns := of(batch))]
        if not found:
            raise
        causes = [f"{said} in {_named(columns)}" for columns, said, _ in found]
        remedy = "".join(remedy for _, _, remedy in found) + crash.remedy
        raise Crash(
            f"{crash.message} The rows that it was asked for have {' and '.join(causes)}.",
            code=crash.code,
            remedy=remedy.strip(),
        ) from crash


def _named(columns: tuple[str, ...]) -> str:
    return ", ".join(map(repr, columns[:NAMED])) + (" and others" if len(columns) > NAMED else "")
