"""Arrow IPC files: record batches are the groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.subject.files.layout import Layout, columns_of, picked, reading

KIND = "an Arrow IPC file"
_MAGIC = b"ARROW1"


def layout(file: BinaryIO, path: str) -> Layout:
    """Columns and rows per record batch.

    Raises:
        SubjectError: ``data_not_arrow``, ``data_truncated`` or ``data_unreadable``.
    """
    file.seek(0)
    if file.read(6) != _MAGIC:
        raise SubjectError(
            f"{path} is not an Arrow IPC file: it does not begin like one.", code="data_not_arrow"
        )
    file.seek(-6, 2)
    if file.read(6) != _MAGIC:
        raise SubjectError(
            f"{path} is cut off: an Arrow IPC file ends with a footer, this one does not.",
            code="data_truncated",
            remedy="Copy or write the file again.",
        )
    with reading(path, KIND), pa.memory_map(f"/dev/fd/{file.fileno()}") as source:
        reader = pa.ipc.open_file(source, options=pa.ipc.IpcReadOptions(use_threads=False))
        groups = tuple(reader.get_batch(i).num_rows for i in range(reader.num_record_batches))
        return Layout(columns_of(reader.schema), groups)


def batches(
    file: BinaryIO, path: str, groups: range, columns: Sequence[str], batch_size: int
) -> Iterator[pa.RecordBatch]:
    """The rows of some record batches, cut to the batch size. Offsets are checked: a wrong one reads wild memory."""
    with reading(path, KIND), pa.memory_map(f"/dev/fd/{file.fileno()}") as source:
        schema = pa.ipc.open_file(source).schema
        wanted = [schema.get_field_index(name) for name in columns]
        options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=sorted(wanted))
        reader = pa.ipc.open_file(source, options=options)
        for group in groups:
            whole = reader.get_batch(group)
            whole.validate(full=True)
            for start in range(0, whole.num_rows, batch_size):
                yield picked(whole.slice(start, batch_size), columns)
