"""Values that are not of the type that the dictionary documents are counted: days of the calendar, and booleans."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assay.domain.dictionary import Column, ColumnType
from assay.subject.arrays import as_numpy
from assay.tally.profiles import ProfileSum


def ill_typed(kind: ColumnType, values: Any) -> int:
    """Of a column of this type in two batches, how many values are not of it; two are missing, and texts without a character."""
    total = ProfileSum(Column(name="c", type=kind, description="c"))
    column = pa.array(values)
    total.count(as_numpy(column.slice(0, 1)))
    total.count(as_numpy(column.slice(1)))
    total.count(as_numpy(pa.array([None, None], column.type)))
    tally = total.tally()
    assert (tally.rows, tally.missing) == (len(values) + 2, 2 + values.count(""))
    return tally.ill_typed


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (
            [
                "2024-12-31",
                "2024-02-29",
                "2024-01-01T10:00",
                "2024-01-01 10:00:00.5Z",
                "2024-01-01T10:00:00+02:00",
            ],
            0,
        ),
        (["not a date at all", "05.03.2023", "2023-02-29", "20240101", "2024-W01-1", "2024-01-01x", ""], 7),
        (["2024-12-31", "2024-12-31", "31/12/2024", "31/12/2024"], 2),
        ([date(2024, 1, 1), date(1969, 12, 31)], 0),
        ([datetime(2024, 1, 1, 10, tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC)], 0),
        ([time(10), time(11)], 2),
        ([20240101, 20240102, 20240103], 3),
    ],
)
def test_a_date_is_a_day_of_the_calendar(values: list[Any], wrong: int) -> None:
    assert ill_typed("date", values) == wrong


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ([True, False], 0),
        ([0, 1, 1], 0),
        ([0.0, 1.0, 0.5, 2.0], 2),
        (["true", "False", "1", "0"], 0),
        (["yes", "no", "former", "true"], 3),
        ([0, 1, 2, -1], 2),
    ],
)
def test_a_boolean_is_true_or_false_or_one_or_nought(values: list[Any], wrong: int) -> None:
    assert ill_typed("boolean", values) == wrong


def test_a_text_without_a_character_is_missing_unless_it_is_a_code() -> None:
    for codes, missing in ((None, 3), ({"a": "a"}, 3), ({"a": "a", "": "none"}, 2)):
        total = ProfileSum(
            Column(name="c", type="text" if codes is None else "category", description="c", codes=codes)
        )
        total.count(np.array(["a", "", " \t", None], dtype=object))
        assert total.tally().missing == missing


def test_an_infinite_number_is_no_value_and_of_no_type() -> None:
    total = ProfileSum(Column(name="c", type="number", description="c"))
    total.count(np.array([1.0, np.inf, -np.inf, np.nan]))
    tally = total.tally()
    assert (tally.rows, tally.missing, tally.ill_typed) == (4, 3, 2)
