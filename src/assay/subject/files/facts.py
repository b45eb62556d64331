"""What a child says of data files: formats, columns, rows per group; and describing facts per column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.subject.digest import open_regular
from assay.subject.files import delimited, ipc, parquet
from assay.subject.files.layout import Column, Layout, check_layout

SUFFIXES = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".arrow": "ipc",
    ".feather": "ipc",
    ".ipc": "ipc",
}


def inspect(paths: Sequence[str]) -> list[dict[str, Any]]:
    """For each file: its format, columns and rows per group. Runs in a child.

    Raises:
        SubjectError: for the first file that is not what its name says.
    """
    found = []
    for path in paths:
        with open_regular(Path(path)) as file:
            kind = format_of(file, path)
            layout = check_layout(_layout(file, path, kind), path)
        found.append({"format": kind, **asdict(layout)})
    return found


def format_of(file: BinaryIO, path: str) -> str:
    """The format that the name promises, ``parquet``, ``csv`` or ``ipc``.

    Raises:
        SubjectError: ``data_empty`` or ``data_unknown_format``.
    """
    if not file.seek(0, 2):
        raise SubjectError(
            f"{path} is empty (0 bytes).", code="data_empty", remedy="Write the file again, with its rows."
        )
    kind = SUFFIXES.get(Path(path).suffix.lower())
    if kind is None:
        raise SubjectError(
            f"{path} has no name of a known format.",
            code="data_unknown_format",
            remedy=f"Use one of {', '.join(SUFFIXES)}.",
        )
    _refuse_another(file, path, kind)
    return kind


_BEGINNINGS = {b"PAR1": ("Parquet", "parquet", ".parquet"), b"ARROW1": ("Arrow", "ipc", ".arrow")}


def _refuse_another(file: BinaryIO, path: str, kind: str) -> None:
    """A file that begins like another format than its name promises is renamed, and not damaged."""
    file.seek(0)
    beginning = file.read(6)
    file.seek(0)
    for mark, (name, found, suffix) in _BEGINNINGS.items():
        if beginning.startswith(mark) and kind != found:
            raise SubjectError(
                f"{path} is a {name} file by its content, and its name ends in {Path(path).suffix}.",
                code="data_unknown_format",
                remedy=f"Let its name end in {suffix}.",
            )


def _layout(file: BinaryIO, path: str, kind: str) -> Layout:
    if kind == "csv":
        return delimited.layout(file, path)
    return parquet.layout(file, path) if kind == "parquet" else ipc.layout(file, path)


def read(
    file: BinaryIO,
    path: str,
    kind: str,
    *,
    groups: range,
    schema: Sequence[Column],
    columns: Sequence[str],
    batch_size: int,
) -> Iterator[pa.RecordBatch]:
    """The rows of some groups of an open file, in order."""
    if kind == "csv":
        return delimited.batches(file, path, schema, columns, batch_size)
    if kind == "parquet":
        return parquet.batches(file, path, groups, columns, batch_size)
    return ipc.batches(file, path, groups, columns, batch_size)
