"""What is known of a data file before its rows are read, and the errors that every format shares."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from assay.domain.errors import SubjectError

LONGEST_NAME = 255

Kind = Literal["text", "binary", "boolean", "integer", "number", "date", "nested", "null", "other"]
"""What the values of a column are, however they are laid out; decimals and floats of any width are numbers."""

_KINDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("text", ("string", "large_string", "string_view")),
    ("binary", ("binary", "large_binary", "binary_view", "fixed_size_binary")),
    ("boolean", ("bool",)),
    ("integer", ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")),
    ("number", ("halffloat", "float", "double", "decimal32", "decimal64", "decimal128", "decimal256")),
    ("date", ("date32", "date64", "timestamp", "time32", "time64", "duration", "month_day_nano_interval")),
    ("null", ("null",)),
    ("nested", ("list", "large_list", "fixed_size_list", "list_view", "large_list_view", "struct", "map")),
)
_KIND = {name: kind for kind, names in _KINDS for name in names}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name and its Arrow type as Arrow writes it, for example ``int64``.

    ``breaks`` says of a text column of a file without types which value made it text: its row and its kind, never itself.
    """

    name: str
    type: str
    breaks: str = field(default="", compare=False)

    @property
    def kind(self) -> Kind:
        """What its values are."""
        return kind_of(self.type)


def values_of(kind: str) -> str:
    """The Arrow type of the values, of a column that keeps each different one once (a dictionary)."""
    return re.sub(r"^dictionary<values=(.*), indices=[^,]*, ordered=\d>$", r"\1", kind)


def kind_of(kind: str) -> Kind:
    """What the values of an Arrow type are, from how Arrow writes it."""
    named = re.match(r"\w+", values_of(kind))
    return _KIND.get(named[0], "other") if named else "other"


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
        raise SubjectError(
            f"{path} has columns but no rows.",
            code="data_no_rows",
            remedy="Write the file again, with its rows, or name another.",
        )
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
