"""Rows of the reference data that tables know: a simple random sample, whatever the partitions, which bytes keep."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from assay.tally.known import MOST, KnownRows

N = 7001


def values() -> dict[str, np.ndarray]:
    draw = np.random.default_rng(1)
    words = np.array(["a", "b", None], dtype=object)[draw.integers(0, 3, N)]
    return {
        "place": np.arange(N),
        "word": words,
        "number": np.where(draw.random(N) < 0.1, np.nan, draw.random(N)),
    }


def drawn(cuts: list[int], seed: str = "s") -> KnownRows:
    total = KnownRows.empty()
    for start, end in zip([0, *cuts], [*cuts, N], strict=True):
        part = {name: column[start:end] for name, column in values().items()}
        total += KnownRows.drawn(seed, np.arange(start, end), part)
    return total


def test_any_partition_draws_the_same_rows_and_bytes_give_them_back() -> None:
    whole, parts = drawn([]), drawn([1, 1000, 1001, 6500])
    assert whole.n == MOST
    assert whole.to_bytes() == parts.to_bytes() != drawn([], "another seed").to_bytes()
    back = KnownRows.from_bytes(whole.to_bytes())
    assert back.to_bytes() == whole.to_bytes()
    assert back.columns["word"].tolist() == whole.columns["word"].tolist()
    with pytest.raises(ValueError, match="cut off"):
        KnownRows.from_bytes(whole.to_bytes()[:-8])


def test_a_row_keeps_its_values_and_places_are_drawn_evenly() -> None:
    known, all_rows = drawn([3000]), values()
    places = known.columns["place"].astype(int)
    assert known.columns["word"].tolist() == all_rows["word"][places].tolist()
    assert np.array_equal(known.columns["number"], all_rows["number"][places], equal_nan=True)
    assert len(set(places.tolist())) == MOST
    assert kstest((places + 0.5) / N, "uniform").pvalue > 0.01


def test_of_few_rows_all_are_known() -> None:
    few = KnownRows.drawn("s", np.arange(5), {"x": np.arange(5)})
    assert sorted(few.columns["x"].tolist()) == [0, 1, 2, 3, 4]
    assert (KnownRows.empty() + few).to_bytes() == (few + KnownRows.empty()).to_bytes() == few.to_bytes()
