"""A table in memory becomes a file of canonical bytes, so that workers can read it and a digest can bind it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assay.domain.digests import bare
from assay.domain.errors import SubjectError, writing
from assay.subject.digest import stamped_digest

BATCH = 65_536


def write_table(table: Any, folder: Path) -> Path:
    """Write anything with ``__arrow_c_stream__`` (pandas, polars, pyarrow) as ``<digest>.arrow`` and return its path.

    Equal columns give equal bytes whichever library holds them: batches of 65,536 rows, no metadata, dictionaries
    decoded, one kind of string, nothing but zeros under missing values. An index that pandas adds is left out.

    Raises:
        SubjectError: ``data_unsupported`` or ``data_no_rows``.
    """
    if not hasattr(table, "__arrow_c_stream__"):
        raise SubjectError(
            f"A path or a table is expected, found an object of type {type(table).__name__}.",
            code="data_unsupported",
            remedy="Pass a pandas or polars DataFrame, a pyarrow Table, or the path of a file.",
        )
    try:
        read = pa.table(table)
    except (pa.ArrowException, ValueError, TypeError) as wrong:
        raise SubjectError(
            f"The {type(table).__name__} has a column that Arrow cannot hold ({type(wrong).__name__}).",
            code="data_unsupported",
            remedy="Give each column one type.",
        ) from None
    names = [name for name in read.schema.names if not name.startswith("__index_level_")]
    if not names or not read.num_rows:
        raise SubjectError("The table has no rows or no columns.", code="data_no_rows")
    columns = [_canonical(read.column(name)) for name in names]
    plain = pa.table(columns, names=names)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, written = tempfile.mkstemp(prefix=".table-", suffix=".tmp", dir=folder)
        os.close(descriptor)
        with pa.ipc.new_file(written, plain.schema) as file:
            for start in range(0, plain.num_rows, BATCH):
                file.write_batch(_batch(plain.slice(start, BATCH)))
    digest, _ = stamped_digest(Path(written))
    return Path(written).replace(folder / f"{bare(digest)}.arrow")


def _canonical(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return pc.cast(column, pa.binary())
    return column


def _batch(rows: pa.Table) -> pa.RecordBatch:
    everything = pa.array(range(rows.num_rows), pa.int32())
    # take() builds fresh arrays: no offsets, and zeros where a value is missing.
    fresh = [pc.take(column, everything).combine_chunks() for column in rows.columns]
    whole = [array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array for array in fresh]
    return pa.record_batch(whole, names=rows.schema.names)
