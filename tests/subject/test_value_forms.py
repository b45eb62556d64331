"""One value in several types has one word, and different values have different ones."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from assay.subject.forms import in_one_form

NUMBERS = [0.0, 1.0, 20_000.0, 0.1, -3.25, None]
SAME = {
    "double": pa.array(NUMBERS),
    "float": pa.array(NUMBERS, pa.float32()),
    "text": pa.array(["0", "1.0", " 2e4", "0.1", "-3.250", ""]),
    "large text": pa.array(["-0", "+1", "20000", "1e-1", "-3.25", None], pa.large_string()),
    "dictionary": pa.array(["0", "1", "20000", "0.10", "-3.25", None]).dictionary_encode(),
    "decimal": pa.array([None if v is None else Decimal(str(v)) for v in NUMBERS], pa.decimal128(20, 5)),
}


@pytest.mark.parametrize("kind", SAME)
def test_a_number_is_the_same_in_every_type(kind: str) -> None:
    words = in_one_form(SAME[kind]).tolist()
    assert words == in_one_form(SAME["double"]).tolist()
    assert len(set(words)) == 6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pa.array([1, 0, None], pa.int16()), pa.array(["true", "FALSE", None])),
        (pa.array([True, False, None]), pa.array([1.0, 0.0, float("nan")])),
        (pa.array([2**53 + 1, -(2**62) - 1, 7]), pa.array([str(2**53 + 1), str(-(2**62) - 1), "007"])),
        (pa.array(["Café", "b ", "straße"]), pa.array(["CAFE\u0301", "B", "STRASSE"])),
        (pa.array([], pa.string()), pa.array([], pa.float64())),
    ],
)
def test_nor_does_it_matter_how_it_is_written(one: pa.Array, other: pa.Array) -> None:
    assert in_one_form(one).tolist() == in_one_form(other).tolist()


def test_other_values_have_other_words() -> None:
    values = [
        "a",
        "b",
        "1",
        "1.5",
        "nan1",
        "inf",
        "-inf",
        "9" * 400,
        "2020-01-01",
        str(2**53),
        str(2**53 + 1),
    ]
    assert len(set(in_one_form(pa.array(values)).tolist())) == len(values)
