"""CSV, strictly: UTF-8, comma, one header line, every row as long as the header, an unquoted empty field is missing.

Types are inferred on the whole column, never on its beginning: ``int64`` if every value is a whole
number without leading zeros, else ``double`` if every value is a plain decimal of at most 15 digits before the
point, else ``bool`` if all are ``true``/``false`` (or True, TRUE), else ``string``. Nothing else is guessed: dates,
``NA``, ``nan`` and ``inf`` stay text. A file is one group, because only a reader from its beginning knows its rows.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from assay.domain.errors import SubjectError
from assay.subject.files.layout import Column, Layout, check_layout, reading

KIND = "CSV"
_BLOCK = 1 << 20
_OTHER_SEPARATORS = {";": "';'", "\t": "tabs", "|": "'|'"}
_SHAPES = {
    "int64": r"^-?(0|[1-9][0-9]{0,17})$",
    "double": r"^[-+]?((0|[1-9][0-9]{0,14})(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?$",
    "bool": r"^(true|false|True|False|TRUE|FALSE)$",
}


_MISSING = frozenset({"NaN", "nan", "NAN", "NA", "N/A", "n/a", "null", "NULL", "None", "?", "-"})
"""Words for a missing value that tell nobody apart, so that they are told."""
_KINDS_OF_TEXT = (
    (r"[-+]?[0-9]{16,}(\.[0-9]*)?", "a number of more than 15 digits"),
    (r"[-+]?0[0-9]+", "a number with leading zeros"),
    (r"[-+]?[0-9]+,[0-9]+", "a number with a decimal comma"),
    (r"[-+]?(inf|infinity)", "an infinite number"),
    (r" .*|.* ", "a text with blanks around it"),
)
BREAKS = re.compile(
    rf"row [0-9]+ below the header has ({'|'.join(map(re.escape, (*sorted(_MISSING), *(k for _, k in _KINDS_OF_TEXT), 'a text')))})"
)
"""What is said of the value that made a column text; whoever is told so by a child holds it against this."""


def layout(file: BinaryIO, path: str) -> Layout:
    """Columns with the types of whole columns, and the number of rows; reads the file once to check its encoding.

    Raises:
        SubjectError: ``data_encoding``, ``data_separator``, ``data_ragged``, ``data_column_type`` or
            ``data_unreadable``.
    """
    _check_encoding(file, path)
    _check_separator(file, path)
    names = _header(file, path)
    shapes = {name: list(_SHAPES) for name in names}
    breaks: dict[str, str] = {}
    rows = 0
    for batch in _text_batches(file, path, names):
        for name, left in shapes.items():
            values = batch.column(name)
            shapes[name] = [kind for kind in left if _all_match(values, _SHAPES[kind])]
            if left and not shapes[name]:
                breaks[name] = _what_breaks(values, left, rows)
        rows += batch.num_rows
    found = {name: next(iter(left), "string") for name, left in shapes.items()}
    return Layout(tuple(Column(name, found[name], breaks.get(name, "")) for name in names), (rows,))


def _what_breaks(values: pa.Array, shapes: Sequence[str], before: int) -> str:
    """Where the last of some shapes ends to fit the values of a batch, and the kind of the value that it does not fit."""
    unfit = (pc.invert(pc.match_substring_regex(values, _SHAPES[kind])) for kind in shapes)
    place = max(pc.index(pc.fill_null(these, fill_value=False), value=True).as_py() for these in unfit)
    value = values[place].as_py()
    kind = next(
        (told for shape, told in _KINDS_OF_TEXT if re.fullmatch(shape, value, re.IGNORECASE)), "a text"
    )
    return f"row {before + place + 1:d} below the header has {value if value in _MISSING else kind}"


def batches(
    file: BinaryIO, path: str, schema: Sequence[Column], columns: Sequence[str], batch_size: int
) -> Iterator[pa.RecordBatch]:
    """All rows of the file, the named columns in the types of ``schema``."""
    kinds = {column.name: column.type for column in schema}
    for text in _text_batches(file, path, list(columns)):
        arrays = [_cast(text, name, kinds[name], path) for name in columns]
        whole = pa.record_batch(arrays, names=list(columns))
        for start in range(0, whole.num_rows, batch_size):
            yield whole.slice(start, batch_size)


def _all_match(values: pa.Array, shape: str) -> bool:
    matching = pc.all(pc.match_substring_regex(values, shape), skip_nulls=True, min_count=0)
    return bool(matching.as_py())


def _cast(batch: pa.RecordBatch, name: str, kind: str, path: str) -> pa.Array:
    values = batch.column(name)
    if kind == "string":
        return values
    if not _all_match(values, _SHAPES[kind]):
        raise SubjectError(
            f"{path}: column {name!r} holds a text that is not of its type {kind}.",
            code="data_column_type",
        )
    return pc.cast(values, pa.type_for_alias(kind))


def _check_encoding(file: BinaryIO, path: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    place = 0
    file.seek(0)
    while True:
        chunk = file.read(_BLOCK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as wrong:
            place += wrong.start
            break
        if "\0" in text:
            break
        place += len(chunk)
        if not chunk:
            return
    raise SubjectError(
        f"{path} is not UTF-8 text (near byte {place:,}).",
        code="data_encoding",
        remedy="Save it as CSV with the encoding UTF-8.",
    )


def _check_separator(file: BinaryIO, path: str) -> None:
    """A first line without a comma that holds another separator is that of a table, and not of a single column."""
    file.seek(0)
    line = file.read(_BLOCK).decode("utf-8", "replace").partition("\n")[0]
    found = max(_OTHER_SEPARATORS, key=line.count)
    if "," not in line and found in line:
        raise SubjectError(
            f"{path} is separated by {_OTHER_SEPARATORS[found]}, ',' is expected.",
            code="data_separator",
            remedy="Save it with commas and decimal points, or as Parquet.",
        )


def _header(file: BinaryIO, path: str) -> list[str]:
    with _stream(file, path, {}) as stream:
        names = list(stream.schema.names)
    check_layout(Layout(tuple(Column(name, "string") for name in names), (1,)), path)
    return names


def _text_batches(file: BinaryIO, path: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    kinds = {name: pa.string() for name in columns}
    with _stream(file, path, {"column_types": kinds, "include_columns": list(columns)}) as stream:
        yield from stream


@contextmanager
def _stream(
    file: BinaryIO, path: str, convert: Mapping[str, Any]
) -> Iterator[pyarrow.csv.CSVStreamingReader]:
    ragged = _Ragged(path)
    try:
        with reading(path, KIND), _open(file, ragged, convert) as stream:
            yield stream
    except SubjectError:
        ragged.raise_if_found()
        raise


class _Ragged:
    """Remembers the first row that is longer or shorter than the header; Arrow's own message would quote it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._error: SubjectError | None = None

    def __call__(self, row: Any) -> str:
        self._error = SubjectError(
            f"{self._path}, row {row.number}: {row.expected_columns} fields are expected, found "
            f"{row.actual_columns}.",
            code="data_ragged",
            remedy="Put quotes around fields that hold commas.",
        )
        return "error"

    def raise_if_found(self) -> None:
        if self._error is not None:
            raise self._error from None


def _open(file: BinaryIO, ragged: _Ragged, convert: Mapping[str, Any]) -> pyarrow.csv.CSVStreamingReader:
    file.seek(0)
    return pyarrow.csv.open_csv(
        f"/dev/fd/{file.fileno()}",
        read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=ragged),
        convert_options=pyarrow.csv.ConvertOptions(
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False, **convert
        ),
    )
