"""What is known of a data file before its rows are read, and the errors that every format shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from assay.domain.errors import SubjectError

LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name and its Arrow type as Arrow writes it, for example ``int64``."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file and the rows of each of its groups: row groups, record batches, or the whole."""

    columns: tuple[Column, ...]
    groups: tuple[int, ...]


def columns_of(schema: pa.Schema) -> tuple[Column, ...]:
    """The columns of an Arrow schema."""
    return tuple(Column(field.name, str(field.type)) for field in schema)


def check_layout(layout: Layout, path: str) -> Layout:
    """The layout itself, if its columns can be told apart and named, and there is a row.

    Raises:
        SubjectError: ``data_column_name``, ``data_duplicate_columns`` or ``data_no_rows``.
    """
    names = [column.name for column in layout.columns]
    for place, name in enumerate(names, start=1):
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise SubjectError(
                f"{path}: the name of column {place} is empty, longer than {LONGEST_NAME} characters, or holds "
                "characters that cannot be printed.",
                code="data_column_name",
                remedy="Rename the column. If it is the row index of pandas, write the file again with index=False.",
            )
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise SubjectError(
            f"{path}: more than one column is named {', '.join(map(repr, twice))}.",
            code="data_duplicate_columns",
            remedy="Give every column a name of its own.",
        )
    if not sum(layout.groups):
        raise SubjectError(f"{path} has columns but no rows.", code="data_no_rows")
    return layout


@contextmanager
def reading(path: str, kind: str) -> Iterator[None]:
    """Turn a reader's exception into an error without its text, which may quote a row.

    Raises:
        SubjectError: ``data_unreadable``.
    """
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, OverflowError) as wrong:
        raise SubjectError(
            f"{path} could not be read as {kind} ({type(wrong).__name__}): it is damaged or of another kind.",
            code="data_unreadable",
            remedy="Write the file again.",
        ) from None


def picked(batch: pa.RecordBatch, columns: Sequence[str]) -> pa.RecordBatch:
    """The named columns in the order asked for, as what they are stored in, without the file's metadata."""
    chosen = batch.select(list(columns))
    if any(isinstance(field.type, pa.BaseExtensionType) for field in chosen.schema):
        stored = [c.storage if isinstance(c, pa.ExtensionArray) else c for c in chosen.columns]
        return pa.RecordBatch.from_arrays(stored, names=chosen.schema.names)
    return chosen.replace_schema_metadata(None)
