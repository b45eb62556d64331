"""A reading that is broken off while the model still answers: nobody takes that answer for another, and no child is left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assay.domain.errors import SubjectError
from assay.domain.needs import Part
from assay.domain.specification import Attribute
from assay.engine import task as tasks
from assay.engine.frame import Frame
from assay.engine.task import ScanTask, close_models, run_scan
from assay.plan.passes import Pass
from assay.subject.datasets import DataFile, Partition
from assay.subject.digest import Stamp
from assay.subject.model import ModelReference
from assay.tally.partial_bytes import from_bytes

lightgbm = pytest.importorskip("lightgbm")


@pytest.fixture
def task(tmp_path: Path) -> Iterator[ScanTask]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 1))
    label = (x[:, 0] > 0).astype(int)
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    lightgbm.train(settings, lightgbm.Dataset(x, label, feature_name=["x"]), 5).save_model(tmp_path / "m.txt")
    frame = Frame(
        inputs=("x",),
        label="y",
        attributes=(("sex", Attribute(column="sex", groups={"f": 0, "m": 1})),),
        decide_at=0.51,
        seed="drawn",
    )
    file = DataFile(str(tmp_path), "parquet", "sha256:1", Stamp(0, 0, 0, 0, 0), ())
    yield ScanTask(
        "code",
        frame,
        Pass("test", frozenset({Part.OUTCOMES})),
        Partition(0, file, 0, 1, 0, 400),
        ModelReference.of(tmp_path / "m.txt", "lightgbm", ("x",)),
    )
    close_models()


def batches(numbers: list[float]) -> Iterator[pa.RecordBatch]:
    for number in numbers:
        if number < 0:
            raise SubjectError("The file was changed.", code="file_changed")
        x = np.full(200, number) + np.arange(200) / 1000
        even = np.arange(200) % 2
        yield pa.record_batch({"x": x, "y": even, "sex": even})


def test_a_reading_that_ends_early_leaves_no_answer_and_no_child(
    task: ScanTask, monkeypatch: pytest.MonkeyPatch
):
    def read(numbers: list[float]) -> Any:
        monkeypatch.setattr(tasks, "iter_batches", lambda *_, **__: batches(numbers))
        return from_bytes(run_scan(task, None)).outcomes  # type: ignore[arg-type]  # it reads no result

    expected = read([3.0, 3.0])
    before = children()
    for _ in range(3):
        with pytest.raises(SubjectError, match="was changed"):
            read([0.001, -1.0])
        assert (read([3.0, 3.0]).decisions == expected.decisions).all()
        assert len(children()) == len(before)


def children() -> list[int]:
    """The children of this process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == os.getpid():
                found.append(int(entry.name))
    return found
