"""A column of texts as its different values: each function is asked once of each, and answers as if it were asked of every row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.domain.dictionary import Column
from assay.subject.arrays import as_numpy, as_texts, is_text
from assay.tally.profiles import ProfileSum
from assay.tally.texts import ArrayColumns, Texts, as_objects

TEXTS = st.lists(st.none() | st.sampled_from(["", " ", "a", "a\0", "A", "0", "1", "2024-01-31"]), max_size=30)


@given(texts=TEXTS, encoded=st.booleans())
def test_the_texts_of_a_file_are_those_that_arrow_reads(texts: list[str | None], encoded: bool):
    column = pa.array(texts, pa.string())
    column = column.dictionary_encode() if encoded else column
    found = as_texts(column)
    assert is_text(column.type)
    assert found.values.tolist() == as_numpy(column).tolist() == texts
    assert len({*found.different.tolist()}) == len(found.different)
    assert found.rows.sum() == len(texts)


@given(texts=TEXTS, kept=st.integers(0, 30))
def test_a_function_is_handed_each_different_text_once(texts: list[str | None], kept: int):
    handed: list[str | None] = []

    def lengths(values: np.ndarray) -> np.ndarray:
        handed.extend(values.tolist())
        return np.array([len(text or "") for text in values.tolist()], dtype=np.int64)

    column = Texts.of(as_objects(texts))
    assert column.each(lengths, slice(kept)).tolist() == [len(text or "") for text in texts[:kept]]
    assert sorted(map(repr, handed)) == sorted(map(repr, {*texts}))


def test_all_numbers_are_handed_to_a_function_as_they_stand():
    columns = ArrayColumns({"x": np.array([2, 1, 2])})
    assert columns.texts("x") is None
    assert columns.each("x", lambda values: values * 10).tolist() == [20, 10, 20]


@given(texts=TEXTS, kind=st.sampled_from(["text", "date", "boolean", "number", "category"]))
def test_what_a_column_holds_is_the_same_of_rows_and_of_different_texts(texts: list[str | None], kind: str):
    codes = {"a": "one", "A": "another"} if kind == "category" else None
    column = Column(name="c", type=kind, description="c", codes=codes)
    by_row, at_once = ProfileSum(column), ProfileSum(column)
    for text in texts:
        by_row.count(as_objects([text]))
    at_once.count_texts(as_texts(pa.array(texts, pa.string())))
    assert at_once.tally() == by_row.tally()


@pytest.mark.parametrize(
    "kind",
    [
        pa.int8(),
        pa.float32(),
        pa.bool_(),
        pa.null(),
        pa.decimal128(5, 2),
        pa.dictionary(pa.int8(), pa.int64()),
    ],
)
def test_numbers_are_no_texts(kind: pa.DataType):
    assert not is_text(kind)


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.date32(), pa.timestamp("s"), pa.dictionary(pa.int8(), pa.string())]
)
def test_texts_and_times_are(kind: pa.DataType):
    assert is_text(kind)
