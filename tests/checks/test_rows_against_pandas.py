"""Duplicates, conflicting labels and shared rows equal what pandas counts row by row."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assay.subject.arrays import as_words
from assay.tally.hashes import row_sum
from assay.tally.rows import RowTally


def tally(frame: pd.DataFrame) -> RowTally:
    words = {name: as_words(pa.array(frame[name])) for name in ("x", "y")}
    labels = frame["label"].to_numpy().astype(np.uint8)
    return RowTally.empty().counting(row_sum(words.items(), len(frame)), labels, words)


def rows(seed: int, n: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"x": rng.integers(0, 12, n), "y": rng.integers(0, 12, n) / 2, "label": rng.integers(0, 2, n)}
    )


@pytest.mark.parametrize("seed", range(10))
def test_repeats_are_those_that_pandas_finds(seed: int):
    frame, other = rows(seed, 200), rows(seed + 100, 90)
    view = tally(frame).view("test", {"train": tally(other)})
    assert view.duplicates == int(frame.duplicated().sum())
    labels = frame.groupby(["x", "y"])["label"].transform("nunique")
    assert view.conflicting == int((labels > 1).sum())
    known = set(map(tuple, other[["x", "y"]].to_numpy()))
    assert dict(view.shared) == {"train": sum(tuple(row) in known for row in frame[["x", "y"]].to_numpy())}
