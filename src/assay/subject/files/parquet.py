"""Parquet: the footer tells columns and rows; row groups are streamed in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from assay.domain.errors import SubjectError
from assay.subject.files.layout import Layout, columns_of, picked, reading

KIND = "Parquet"
_MAGIC = b"PAR1"


def layout(file: BinaryIO, path: str) -> Layout:
    """Columns and rows per row group, from the footer.

    Raises:
        SubjectError: ``data_not_parquet``, ``data_truncated`` or ``data_unreadable``.
    """
    _check_ends(file, path)
    with reading(path, KIND), _opened(file) as parquet:
        footer = parquet.metadata
        groups = tuple(footer.row_group(i).num_rows for i in range(footer.num_row_groups))
        return Layout(columns_of(parquet.schema_arrow), groups)


def batches(
    file: BinaryIO, path: str, groups: range, columns: Sequence[str], batch_size: int
) -> Iterator[pa.RecordBatch]:
    """The rows of some row groups; memory is bounded by the batch, not by the row group."""
    with reading(path, KIND), _opened(file) as parquet:
        for batch in parquet.iter_batches(
            batch_size, row_groups=list(groups), columns=list(columns), use_threads=False
        ):
            yield picked(batch, columns)


def _opened(file: BinaryIO) -> pq.ParquetFile:
    return pq.ParquetFile(f"/dev/fd/{file.fileno()}", pre_buffer=False, buffer_size=1 << 20)


def _check_ends(file: BinaryIO, path: str) -> None:
    file.seek(0)
    if file.read(4) != _MAGIC:
        raise SubjectError(
            f"{path} is not a Parquet file: it does not begin like one.",
            code="data_not_parquet",
            remedy="Let its name end in what it is (.csv, .arrow), or write it as Parquet.",
        )
    file.seek(0, 2)
    if file.tell() >= 12:
        file.seek(-4, 2)
        if file.read(4) == _MAGIC:
            return
    raise SubjectError(
        f"{path} is cut off: a Parquet file ends with a footer, this one does not.",
        code="data_truncated",
        remedy="Copy or write the file again.",
    )
