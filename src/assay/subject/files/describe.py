"""What a dictionary can be guessed from: per column its codes, range and missing values. Runs in a child."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assay.subject.digest import open_regular
from assay.subject.files import facts
from assay.subject.files.layout import Column

MOST_CODES = 30
LONGEST_CODE = 100
MOST_COMPARED = 100_000
"""So many values of a column of texts are compared with each other; more would not fit in bounded memory."""
_BATCH = 65_536
_NUMBER = r"^[A-Za-z]{1,8}[-_./]?[0-9]{4,}$|^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
_DATE = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


def describe(paths: Sequence[str]) -> list[dict[str, Any]]:
    """For each column of files with the same columns: name, type, rows, missing, codes, minimum, maximum, unique, dates, numbered.

    ``codes`` are the distinct values, sorted, when they are whole numbers, texts or booleans and at most 30;
    ``minimum`` and ``maximum`` stand for numbers, dates and times (those in ISO 8601). Both are None otherwise.
    ``unique`` is about texts and whole numbers: no value occurs twice. ``dates`` and ``numbered`` are about texts: all are written
    like 2024-12-31, or like P-000123.
    """
    inspected = facts.inspect(paths)
    schema = tuple(Column(c["name"], c["type"]) for c in inspected[0]["columns"])
    columns = {column.name: _Seen(column) for column in schema}
    for path, said in zip(paths, inspected, strict=True):
        with open_regular(Path(path)) as file:
            for batch in facts.read(
                file,
                path,
                said["format"],
                groups=range(len(said["groups"])),
                schema=schema,
                columns=list(columns),
                batch_size=_BATCH,
            ):
                for name, seen in columns.items():
                    seen.take(batch.column(name))
    return [seen.facts() for seen in columns.values()]


class _Seen:
    """What was seen of one column."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._rows = 0
        self._missing = 0
        self._codes: set[Any] | None = set()
        self._low: Any = None
        self._high: Any = None
        self._compared_rows = 0
        self._compared: set[int] = set()
        self._texts = 0
        self._unique = self._dates = self._numbered = True

    def take(self, values: pa.Array) -> None:
        if pa.types.is_dictionary(values.type):
            values = pc.cast(values, values.type.value_type)
        if pa.types.is_floating(values.type):
            values = pc.if_else(pc.is_nan(values), pa.nulls(1, values.type)[0], values)
        self._rows += len(values)
        self._missing += values.null_count
        present = values.drop_null()
        if len(present):
            self._widen(present)
            self._add_codes(present)
            if _has_codes(present.type):
                self._compare(present)
            if _is_text(present.type):
                self._match(present)

    def _widen(self, present: pa.Array) -> None:
        if not _is_ordered(present.type):
            return
        found = pc.min_max(present).as_py()
        self._low = found["min"] if self._low is None else min(self._low, found["min"])
        self._high = found["max"] if self._high is None else max(self._high, found["max"])

    def _add_codes(self, present: pa.Array) -> None:
        if self._codes is None:
            return
        distinct = pc.unique(present) if _has_codes(present.type) else None
        if distinct is None or len(distinct) > MOST_CODES:
            self._codes = None
            return
        codes = self._codes | set(distinct.to_pylist())
        short = all(not isinstance(code, str) or len(code) <= LONGEST_CODE for code in codes)
        self._codes = codes if short and len(codes) <= MOST_CODES else None

    def _match(self, texts: pa.Array) -> None:
        self._texts += len(texts)
        self._dates = self._dates and _all_like(texts, _DATE)
        self._numbered = self._numbered and _all_like(texts, _NUMBER)

    def _compare(self, values: pa.Array) -> None:
        more = values.slice(0, max(MOST_COMPARED - self._compared_rows, 0))
        self._compared_rows += len(more)
        if self._unique and len(more):
            self._unique = len(pc.unique(more)) == len(more) and self._all_new(more.to_pylist())

    def _all_new(self, values: list[Any]) -> bool:
        """Whether none was seen before; hashes are kept, since a text may be long."""
        before = len(self._compared)
        self._compared.update(map(hash, values))
        return len(self._compared) == before + len(values)

    def facts(self) -> dict[str, Any]:
        return {
            "name": self._column.name,
            "type": self._column.type,
            "rows": self._rows,
            "missing": self._missing,
            "codes": sorted(self._codes) if self._codes else None,
            "minimum": _plain(self._low),
            "maximum": _plain(self._high),
            "unique": self._unique and self._compared_rows > 1,
            "dates": self._dates and self._texts > 0,
            "numbered": self._numbered and self._texts > 0,
        }


def _all_like(texts: pa.Array, form: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(texts, form)).as_py())


def _has_codes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind) or _is_text(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_ordered(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_temporal(kind)
    )


def _plain(value: Any) -> Any:
    """A value that JSON knows: numbers as they are if finite, everything else as text."""
    if isinstance(value, float):
        return value if abs(value) != float("inf") else None
    return value if value is None or isinstance(value, int) else str(value)
