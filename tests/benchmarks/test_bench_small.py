"""The benchmarks run at tiny sizes: both sides agree, workers give the same evidence. No clock is asserted."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
pytest.importorskip("fairlearn")

from benchmarks.fairlearn_rates import by_fairlearn
from benchmarks.fairness import AGREES, Beside, Fairness, furthest
from benchmarks.page import page
from benchmarks.passes import Worked
from benchmarks.rates import by_assay, points
from benchmarks.tables import (
    ATTRIBUTES,
    GROUP_COLUMNS,
    RATES,
    specify_scan,
    write_features,
    write_groups,
    write_model,
)

from benchmarks import scanning


def test_point_values_equal_those_of_fairlearn(tmp_path: Path):
    write_groups(tmp_path / "test.parquet", 30_000)
    file = pq.ParquetFile(tmp_path / "test.parquet")
    rates, assessed = by_assay(file.iter_batches(7000, columns=list(GROUP_COLUMNS)))
    table = file.read()
    expected = by_fairlearn({name: table[name].to_numpy() for name in GROUP_COLUMNS})
    assert furthest(points(rates), expected) <= AGREES
    assert all(len(rates[name].cells) == 320 for name in RATES)
    assert all(assessed[name, "ratio"].pieces_total == 320 * 319 for name in RATES)
    for bounded in assessed.values():
        assert all(p.lower <= p.estimate <= p.upper for p in bounded.pieces)


def test_one_and_two_workers_give_the_same_evidence_and_the_page_says_so(tmp_path: Path):
    rows = 260_000  # two partitions
    write_groups(tmp_path / "test.parquet", rows)
    specify_scan(tmp_path, ATTRIBUTES, model=None)
    one, peaks = scanning._measured(tmp_path, workers=1)
    two, _ = scanning._measured(tmp_path, workers=2)
    evidence = one["evidence"], two["evidence"]
    assert evidence[0] == evidence[1]
    assert {"parent", "worker"} <= peaks.keys()
    assert set(scanning._bare(tmp_path, model=False)) == {"clock", "cpu"}
    text = page(
        Fairness(rows, 0.0, Beside(1, 2, 2), Beside(1, 2, 2), 3.0, 0.5, 0.3),
        scanning.Growing(rows, 1, 1, 2, 2, evidence, (peaks, peaks)),
        scanning.Predicting(rows, 1.0, 1.05, 0.1, 1.05, 1.05, 0.6, evidence, (peaks, peaks)),
        Worked({"test": 2.0, "train": 3.0}, {"test": 4.0, "train": 0.1}),
    )
    assert "| evidence of one and of two workers | identical | identical | yes |" in text
    assert (
        text.count("**no**") == 3
    )  # twice as fast is neither 100 nor 300 times, and four predictions are too many


def test_a_model_of_100_trees_is_made_and_measured(tmp_path: Path):
    pytest.importorskip("lightgbm")
    write_features(tmp_path / "test.parquet", 2_000)
    write_model(tmp_path / "model.txt", rows=2_000, trees=3)
    specify_scan(tmp_path, {"sex": 2}, model="model.txt")
    _, peaks = scanning._measured(tmp_path, workers=1)
    assert {"parent", "worker", "child"} <= peaks.keys()
