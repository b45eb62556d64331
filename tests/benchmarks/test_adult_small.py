"""The benchmark on Adult with a part of its rows: one prediction a row, and fairlearn reports the same point values."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
from tests import real_data

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
pytest.importorskip("fairlearn")

from benchmarks.adult import SHARED, Spent, page, points
from benchmarks.adult_data import ASKED, prepare
from benchmarks.adult_peers import by_fairlearn
from benchmarks.passes import worked

from assay.checks.catalogue import metrics
from assay.domain.vocabulary import Verdict


def test_all_stages_are_judged_with_one_prediction_of_each_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, test = real_data.adult()
    monkeypatch.setattr(real_data, "adult", lambda: (train.head(4000), test.head(3000)))
    prepare(tmp_path)
    record, once = worked(tmp_path / "once.yaml")
    assert not [j.sentence for j in record.judged if j.verdict is Verdict.ERROR]
    assert once.scans["test"] == 3  # they are looked at, sketched to be known again, and judged
    assert 1 <= once.predictions["test"] <= 1.05  # a second child answers some again
    assert once.predictions["train"] == 1000 / 4000  # by which the plan sees how the scores lie
    theirs = by_fairlearn(pd.read_csv(tmp_path / "scored.csv"))
    for name in SHARED:
        assert points(record)[name] == pytest.approx(theirs[name], abs=1e-12)
    text = page(
        record, once, once, {"assay": Spent(2.0, 1.0), "fairlearn": Spent(3.0, 1.0)}, {"fairlearn": theirs}
    )
    assert (
        "| seconds of the whole process, by the clock (by the processors) | 2.0 (1.0) | 3.0 (1.0) |" in text
    )


def test_every_stage_and_nearly_every_metric_is_asked() -> None:
    asked = {metric for metric, *_ in ASKED}
    assert asked <= set(metrics())
    assert {metric.stage for metric in metrics().values()} == {metrics()[name].stage for name in asked}
