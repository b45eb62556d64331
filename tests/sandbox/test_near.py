"""Children that are near answer as real ones do: nothing that a test is told depends on which it had."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from tests.near import is_near, near_children

from assay.domain.errors import SubjectError
from assay.sandbox.roles import Limits
from assay.sandbox.spawn import WITHOUT_FENCES
from assay.subject.datasets import inspect_in_child, iter_batches
from assay.subject.model import Model, ModelReference

NAMES = ("age", "income")
ROWS = np.random.default_rng(0).normal(size=(200, 2))
LABEL = (ROWS[:, 0] > 0).astype(int)
BATCH = pa.record_batch({name: ROWS[:, i] for i, name in enumerate(NAMES)})


def skops_file(path: Path) -> None:
    skops.io.dump(LogisticRegression().fit(ROWS, LABEL), path)


def lightgbm_file(path: Path) -> None:
    lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(ROWS, LABEL), 3
    ).save_model(path)


MODELS: dict[str, Callable[[Path], None]] = {"skops": skops_file, "lightgbm": lightgbm_file}


@pytest.mark.parametrize("kind", MODELS)
def test_a_model_answers_and_tells_the_same(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model"
    MODELS[kind](path)

    def told() -> tuple[object, ...]:
        with Model(ModelReference.of(path, kind, NAMES)) as model:
            return model.predict(BATCH).tobytes(), model.packages, model._child.fences, model._child.missing

    real = told()
    with near_children():
        assert told() == real


@pytest.mark.parametrize("kind", MODELS)
def test_a_model_that_cannot_be_read_is_refused_alike(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "model"
    path.write_bytes(b"tree\nnothing\n")

    def refused() -> tuple[str, str, str]:
        with pytest.raises(SubjectError) as told:
            Model(ModelReference.of(path, kind, NAMES))
        return told.value.message, told.value.code, told.value.remedy

    real = refused()
    with near_children():
        assert refused() == real


def test_rows_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_batches([BATCH]), path, row_group_size=50)

    def read() -> tuple[object, ...]:
        data = inspect_in_child(path)
        return data, [batch.to_pydict() for part in data.partitions for batch in iter_batches(part, NAMES)]

    real = read()
    with near_children():
        assert read() == real


def test_who_runs_anybodys_code_or_is_limited_is_never_near(monkeypatch: pytest.MonkeyPatch) -> None:
    skops_target = "assay.subject.models.skops:load"
    assert is_near(skops_target, {})
    assert not is_near("assay.subject.models.joblib:load", {"modules": True})
    assert not is_near("assay.plugins.guest:open_guest", {})
    assert not is_near(skops_target, {"modules": True})
    assert not is_near(skops_target, {"python": "/another/python"})
    assert not is_near(skops_target, {"limits": Limits(memory=1 << 20)})
    monkeypatch.setenv(WITHOUT_FENCES, "network")
    assert not is_near(skops_target, {})
