"""Who reads the rows of a data file: a child that was handed the open file, and whose answers are checked."""

from __future__ import annotations

import atexit
import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.domain.vocabulary import Reason
from assay.sandbox.launch import Child
from assay.sandbox.roles import Role

DATA_READER = Role("The data reader", *(Reason.DATA_INVALID.value,) * 4, says=None)

MOST_OPEN = 3
"""Children that wait for the next partition of their file; a run has three data sets, mostly of one file each."""
_TIMEOUT = 600.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows that are asked for: the groups from ``first`` up to, without, ``last``; columns in order; rows a batch."""

    first: int
    last: int
    columns: tuple[str, ...]
    batch_size: int


_open: OrderedDict[tuple[object, ...], Child] = OrderedDict()


def read_in_child(
    descriptor: int,
    path: str,
    kind: str,
    schema: Sequence[tuple[str, str]],
    wanted: Wanted,
    *,
    fences: Sequence[str] = (),
) -> Iterator[pa.RecordBatch]:
    """The rows of an open file, in order; the child is kept for the next question about the same file.

    Raises:
        SubjectError: what the reader of the format found wrong. Crash: ``data_invalid`` when the child died, hung,
            ran into a fence, or sent rows that are none.
    """
    status = os.fstat(descriptor)
    key = (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        path,
        *fences,
        *map(tuple, schema),
    )
    child = _open.pop(key, None)
    if child is None or not child.alive:
        arguments = {
            "descriptor": descriptor,
            "path": path,
            "kind": kind,
            "schema": [list(c) for c in schema],
        }
        child = Child.start(
            "assay.subject.files.rows:open_rows",
            arguments,
            role=DATA_READER,
            timeout=_TIMEOUT,
            descriptors=(descriptor,),
            fences=fences,
        )
    try:
        child.call(
            "begin",
            {
                "first": wanted.first,
                "last": wanted.last,
                "columns": list(wanted.columns),
                "batch_size": wanted.batch_size,
            },
        )
        for batch in child.rows():
            _check_columns(batch, wanted, path)
            yield batch
    except BaseException:
        child.close()  # half an answer may be in its pipe
        raise
    _open[key] = child
    while len(_open) > MOST_OPEN:
        _open.popitem(last=False)[1].close()


def _check_columns(batch: pa.RecordBatch, wanted: Wanted, path: str) -> None:
    if batch.schema.names != list(wanted.columns):
        raise SubjectError(f"{path} was read with other columns than were asked for.", code="data_invalid")


def close_readers() -> None:
    """End the readers of this process that wait."""
    while _open:
        with suppress(KeyError):
            _open.popitem()[1].close()


atexit.register(close_readers)
