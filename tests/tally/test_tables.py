"""Tables that checks bring: keys that add, bins in the order of numbers, bytes that come back."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.tally.coding import (
    BINS,
    FINE,
    NEAR,
    bins_of,
    bins_told_apart,
    fine_bins_of,
    number_of,
    number_of_fine,
)
from assay.tally.groups import Layout
from assay.tally.hashes import number_words
from assay.tally.partial import Partial
from assay.tally.partial_bytes import from_bytes, to_bytes
from assay.tally.table import TableCounts, apart, sums, together

keys = st.lists(st.integers(0, 50) | st.integers(0, 2**61), max_size=40)
floats = st.floats(allow_nan=False)


@given(a=keys, b=keys)
def test_tables_add_as_their_rows_do(a: list[int], b: list[int]):
    parts = [TableCounts.of(np.array(part, dtype=np.int64)) for part in (a, b)]
    whole = TableCounts.of(np.array(a + b, dtype=np.int64))
    total = parts[0] + parts[1]
    rows = sorted(Counter(a + b).items())
    for found in (whole, total):
        assert list(zip(found.keys.tolist(), found.counts.tolist(), strict=True)) == rows
    assert total.total == len(a) + len(b)


def test_rows_with_a_negative_key_are_in_no_table():
    counts = TableCounts.of(np.array([-1, 3, -7, 3]))
    assert (counts.keys.tolist(), counts.counts.tolist()) == ([3], [2])


@given(codes=st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 2), st.integers(-1, 9)), max_size=20))
def test_codes_that_were_put_together_come_apart(codes: list[tuple[int, int, int]]):
    columns = np.array(codes, dtype=np.int64).reshape(-1, 3).T
    keys = together((columns[0], 5), (columns[1], 3), (columns[2], 10))
    inside = (columns >= 0).all(axis=0)
    assert (keys[~inside] == -1).all()
    found = apart(keys[inside], 5, 3, 10)
    for code, before in zip(found, columns, strict=True):
        assert code.tolist() == before[inside].tolist()


def test_more_combinations_than_a_key_can_say_are_refused():
    code = np.zeros(1, dtype=np.int64)
    with pytest.raises(ValueError, match="more combinations"):
        together((code, 1 << 40), (code, 1 << 40))


@given(one=floats, two=floats)
def test_bins_are_in_the_order_of_the_numbers(one: float, two: float):
    low, high = sorted([one, two])
    first, second = bins_of(np.array([low, high])).tolist()
    assert 0 <= first <= second < BINS


@given(value=floats)
def test_the_number_of_a_bin_lies_within_a_thousandth(value: float):
    found = float(number_of(bins_of(np.array([value])))[0])
    if math.isfinite(value) and abs(value) > 1e-300:
        assert abs(found) <= abs(value)
        assert math.isclose(found, value, rel_tol=1.001e-3)


def test_small_whole_numbers_have_a_bin_each_and_what_is_missing_has_none():
    whole = np.arange(-2048, 2049, dtype=np.float64)
    assert number_of(bins_of(whole)).tolist() == whole.tolist()
    assert bins_of(np.array([np.nan, -0.0, 0.0])).tolist() == [-1, BINS // 2, BINS // 2]


def fine(values: list[float] | np.ndarray) -> np.ndarray:
    return fine_bins_of(np.array(values), number_words(np.array(values)))


@given(one=st.integers(-(2**27), 2**27), other=st.integers(-(2**27), 2**27))
def test_large_whole_numbers_have_a_fine_bin_each_in_their_order(one: int, other: int):
    bins = fine([one, other])
    assert number_of_fine(bins).tolist() == [one, other]
    assert not (bins % NEAR).any()
    assert 0 <= bins.min() <= bins.max() < FINE
    assert np.sign(bins[0] - bins[1]) == np.sign(one - other)


@given(value=floats, times=st.sampled_from([1.0001, 1.000001, 1.0000001]))
def test_other_numbers_are_in_the_order_of_their_fine_bins_and_known_to_a_hundred_millionth(
    value: float, times: float
):
    assert fine([value])[0] // NEAR >> 16 == bins_of(np.array([value]))[0]
    if 1e-300 < abs(value) < 1e300:
        found = float(number_of_fine(fine([value]))[0])
        assert abs(found) <= abs(value)
        assert math.isclose(found, value, rel_tol=1.5e-8)
        one, other = fine([value, value * times])
        assert (one < other) == (value > 0)
    assert fine([np.nan]).tolist() == [-1]
    assert fine([-0.0])[0] == fine([0.0])[0]


def test_numbers_in_one_fine_bin_are_told_apart_by_kind():
    large = 10**12 + np.arange(1000)
    bins = fine(large)
    assert len(np.unique(bins // NEAR)) == 1
    assert len(np.unique(bins)) > 0.95 * NEAR
    assert len(np.unique(fine(2**53 + np.arange(1, 3)))) == 2  # no float tells these apart
    assert len(np.unique(bins_told_apart(large, number_words(large)))) == len(np.unique(bins))


def test_few_of_two_numbers_in_one_fine_bin_are_taken_for_one():
    days = 45321 + np.random.default_rng(1).random(20_000)
    paid, lost = fine(days), fine(days + 1e-9)
    beside = paid // NEAR == lost // NEAR
    assert beside.mean() > 0.99
    assert (paid == lost)[beside].mean() < 0.008  # 1 in 255


def test_the_bytes_of_tables_come_back_and_keys_out_of_order_are_refused():
    made = Partial(
        rows=3,
        bad_labels=0,
        missing_labels=0,
        layout=Layout(()),
        population=np.array([[1, 2]]),
        unlabelled=np.array([0]),
        tables=(
            ("f[]", {"a": TableCounts.made({4: 2, 9: 1}), "b": TableCounts.empty()}),
            ("g[]", {"c": TableCounts.made({0: 3})}),
        ),
    )
    again = from_bytes(to_bytes(made))
    assert to_bytes(again) == to_bytes(made)
    twice = again + made
    assert twice.tables[0][1]["a"].counts.tolist() == [4, 2]
    wrong = TableCounts(np.array([9, 4]), np.array([1, 1]))
    bad = Partial(3, 0, 0, Layout(()), np.array([[1, 2]]), np.array([0]), tables=(("f[]", {"a": wrong}),))
    with pytest.raises(ValueError, match="not in order"):
        from_bytes(to_bytes(bad))


@given(keys=st.lists(st.integers(0, 500), max_size=200), factor=st.floats(0.01, 20), cut=st.integers(1, 100))
def test_the_same_rows_cut_finer_stay_as_many_where_a_plan_imagines_more_or_fewer(
    keys: list[int], factor: float, cut: int
):
    fine = np.array(keys, dtype=np.int64)
    scaled = TableCounts.of(fine).scaled(factor)
    assert scaled.total == TableCounts.of(fine // cut).scaled(factor).total == round(len(keys) * factor)
    assert all(abs(n - keys.count(k) * factor) <= 1 for k, n in zip(scaled.keys, scaled.counts, strict=True))


def test_a_table_that_only_some_rows_have_is_kept():
    total = sums([{"a": TableCounts.made({1: 1})}, {"b": TableCounts.made({2: 2})}])
    assert {name: counts.total for name, counts in total.items()} == {"a": 1, "b": 2}
