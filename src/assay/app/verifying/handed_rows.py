"""Rows that somebody hands to a certified model: read as Arrow, and compared with its inputs before the model is asked."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.types as kinds

from assay.domain.errors import SubjectError

ROWS_AT_ONCE = 65_536
"""The model is asked for so many rows at a time, so that a long table is no batch that is too large to be sent."""


def batches_of(rows: object, inputs: Sequence[str]) -> list[pa.RecordBatch]:
    """The inputs, in their order, of anything with ``__arrow_c_stream__``; other columns are left out.

    Raises:
        SubjectError: ``not_a_table``; ``model_inputs_differ`` when an input is not there, or there twice;
            ``model_input_unreadable`` for a type of which no data file that is judged has values.
    """
    if not hasattr(rows, "__arrow_c_stream__"):
        raise SubjectError(
            f"decide takes a table (pandas, polars, pyarrow); found {type(rows).__name__}.",
            code="not_a_table",
            remedy=f"Give one with the columns {', '.join(inputs)}, as pandas.DataFrame({{{inputs[0]!r}: [...], ...}}) is.",
        )
    try:
        table = pa.table(rows)
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as wrong:
        # The message of Arrow quotes the value that it could not convert: a person's, in a log.
        raise SubjectError(
            f"The rows cannot be read as a table of Arrow ({type(wrong).__name__}).",
            code="not_a_table",
            remedy="Give every column values of one type.",
        ) from None
    _compare(table.schema, inputs)
    chosen = table.select(list(inputs))
    batches: list[pa.RecordBatch] = chosen.cast(_as_in_a_file(chosen.schema)).to_batches(
        max_chunksize=ROWS_AT_ONCE
    )
    return batches


def _compare(found: pa.Schema, inputs: Sequence[str]) -> None:
    for name in inputs:
        places = found.get_all_field_indices(name)
        if len(places) != 1:
            near = difflib.get_close_matches(
                name, [other for other in found.names if other not in inputs], n=1
            )
            raise SubjectError(
                f"The rows lack the input {name!r}; the model needs {', '.join(inputs)}."
                if not places
                else f"The rows have the input {name!r} {len(places)} times.",
                code="model_inputs_differ",
                remedy=f"Is it {near[0]!r}? Rename that column."
                if near
                else "Name each input once, as the certificate does.",
            )
        kind = found.field(places[0]).type
        if kinds.is_nested(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind):
            raise SubjectError(
                f"The input {name!r} is of type {kind}; the model takes numbers, text, truth values and dates.",
                code="model_input_unreadable",
                remedy="Give one value for each row.",
            )


def _as_in_a_file(schema: pa.Schema) -> pa.Schema:
    """Text as a data file has it: pandas and polars keep it in other layouts, which a model was never judged on."""
    text = {pa.large_string(), pa.string_view()}
    return pa.schema([(field.name, pa.string() if field.type in text else field.type) for field in schema])
