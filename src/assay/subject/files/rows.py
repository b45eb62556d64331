"""The rows of one open file, batch by batch, for who asks. Runs in a child that may read this file and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from assay.domain.errors import SubjectError
from assay.subject.files import facts
from assay.subject.files.layout import Column


class Rows:
    """A file that is asked for rows of some of its groups, and then for one batch after another."""

    def __init__(self, descriptor: int, path: str, kind: str, schema: tuple[Column, ...]) -> None:
        self._file = open(descriptor, "rb", buffering=0)  # noqa: SIM115 - it ends with its process
        self._path = path
        self._kind = kind
        self._schema = schema
        self._batches: Iterator[pa.RecordBatch] = iter(())

    def begin(self, first: int, last: int, columns: Sequence[str], batch_size: int) -> bool:
        """Start with the groups from ``first`` up to, without, ``last``."""
        self._batches = facts.read(
            self._file,
            self._path,
            self._kind,
            groups=range(first, last),
            schema=self._schema,
            columns=columns,
            batch_size=batch_size,
        )
        return True

    def __call__(self) -> pa.RecordBatch | None:
        """The next batch; None when there is none."""
        return next(self._batches, None)


def open_rows(descriptor: int, path: str, kind: str, schema: list[list[str]]) -> Rows:
    """The file behind a descriptor that was inherited. ``path`` is told in errors and never opened.

    Raises:
        SubjectError: ``not_a_file`` when there is nothing behind it.
    """
    try:
        return Rows(descriptor, path, kind, tuple(Column(name, type_) for name, type_ in schema))
    except OSError:
        raise SubjectError(f"{path} was not handed over.", code="not_a_file") from None
