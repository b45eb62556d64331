"""Models that predict numbers or one of several classes give, by their adapters, what the library itself gives, bit for bit."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import onnx
import onnxruntime
import pyarrow as pa
import pytest
import xgboost
from onnx import TensorProto, helper

from assay.domain.answers import Answers
from assay.domain.errors import SubjectError
from assay.domain.vocabulary import Task
from assay.subject.model import Model, ModelReference

NAMES = ("age", "income", "score")
CLASSES = ("high", "low", "mid")
NUMBER, CLASS = Answers(Task.REGRESSION, -100.0, 100.0), Answers(Task.MULTICLASS, classes=CLASSES)
TASKS = {Task.REGRESSION: NUMBER, Task.MULTICLASS: CLASS}
each_task = pytest.mark.parametrize("task", list(TASKS))


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(300, 3))


def batch_of(rows: np.ndarray) -> pa.RecordBatch:
    return pa.record_batch({name: pa.array(rows[:, i]) for i, name in reversed(list(enumerate(NAMES)))})


def label_of(rows: np.ndarray, task: Task) -> np.ndarray:
    noise = np.random.default_rng(2).normal(size=len(rows))
    number = 3 * rows[:, 0] - rows[:, 1] + noise
    return number if task is Task.REGRESSION else np.digitize(number, (-1.5, 1.5))


def asked(path: Path, kind: str, rows: np.ndarray, task: Task) -> np.ndarray:
    """By the adapter in this process."""
    adapter: Any = importlib.import_module(f"assay.subject.models.{kind}")
    found: np.ndarray = adapter.load(
        str(path), NAMES, task.value, CLASSES if task is Task.MULTICLASS else ()
    )(batch_of(rows))
    return found


def boosted(rows: np.ndarray, task: Task, kind: str, place: Path) -> np.ndarray:
    """A small model of the library, saved; and what it says itself."""
    label = label_of(rows, task)
    if kind == "lightgbm":
        several = task is Task.MULTICLASS
        fitted = lightgbm.train(
            {
                "objective": "multiclass" if several else "regression",
                **({"num_class": 3} if several else {}),
                "verbosity": -1,
                "num_threads": 1,
            },
            lightgbm.Dataset(rows, label, feature_name=list(NAMES)),
            num_boost_round=5,
        )
        fitted.save_model(place)
        return np.asarray(fitted.predict(rows, num_threads=1), dtype=np.float64)
    made = xgboost.XGBClassifier if task is Task.MULTICLASS else xgboost.XGBRegressor
    model = made(n_estimators=5, max_depth=3, n_jobs=1).fit(rows, label)
    model.save_model(place)
    return np.asarray(
        model.predict_proba(rows) if task is Task.MULTICLASS else model.predict(rows), dtype=np.float64
    )


@each_task
@pytest.mark.parametrize(
    ("kind", "name"), [("lightgbm", "m.txt"), ("xgboost", "m.json"), ("xgboost", "m.ubj")]
)
def test_boosted_trees(tmp_path: Path, rows: np.ndarray, kind: str, name: str, task: Task) -> None:
    expected = boosted(rows, task, kind, tmp_path / name)
    found = asked(tmp_path / name, kind, rows, task)
    assert found.shape == ((300, 3) if task is Task.MULTICLASS else (300,))
    assert found.tobytes() == expected.tobytes()


@each_task
@pytest.mark.parametrize(("kind", "name"), [("lightgbm", "m.txt"), ("xgboost", "m.json")])
def test_a_model_of_the_other_task_is_refused(
    tmp_path: Path, rows: np.ndarray, kind: str, name: str, task: Task
) -> None:
    other = Task.REGRESSION if task is Task.MULTICLASS else Task.MULTICLASS
    boosted(rows, other, kind, tmp_path / name)
    with pytest.raises(SubjectError) as told:
        asked(tmp_path / name, kind, rows, task)
    assert told.value.code == "model_unsupported"


def onnx_model(task: Task, *, zipmap: bool = False) -> onnx.ModelProto:
    """By hand: a sum of the inputs, or the softmax of three sums."""
    several = task is Task.MULTICLASS
    given: list[Any]
    if several:
        weights = [1.5, -0.5, 0.0, -1.5, 0.5, 0.1, 0.0, 0.2, -0.1]
        first = helper.make_node(
            "LinearClassifier", ["rows"], ["label", "raw"], domain="ai.onnx.ml", coefficients=weights,
            intercepts=[0.0, 0.1, 0.3], classlabels_strings=["mid", "low", "high"], post_transform="SOFTMAX",
        )  # fmt: skip
        last = helper.make_node(
            "ZipMap", ["raw"], ["output"], domain="ai.onnx.ml", classlabels_strings=["mid", "low", "high"]
        )
        number = helper.make_tensor_type_proto(TensorProto.FLOAT, [])
        mapped = helper.make_sequence_type_proto(helper.make_map_type_proto(TensorProto.STRING, number))
        label = helper.make_tensor_value_info("label", TensorProto.STRING, [None])
        plain = helper.make_tensor_value_info("output", TensorProto.FLOAT, [None, 3])
        given = [label, helper.make_value_info("output", mapped) if zipmap else plain]
        nodes = [first, last if zipmap else helper.make_node("Identity", ["raw"], ["output"])]
    else:
        nodes = [
            helper.make_node(
                "LinearRegressor",
                ["rows"],
                ["variable"],
                domain="ai.onnx.ml",
                coefficients=[3.0, -1.0, 0.25],
                intercepts=[0.5],
            )
        ]
        given = [helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, 1])]
    one = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, 3])]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(helper.make_graph(nodes, "g", one, given), opset_imports=opsets, ir_version=8)


def session(place: Path, rows: np.ndarray, output: str) -> Any:
    found = onnxruntime.InferenceSession(place, providers=["CPUExecutionProvider"])
    return found.run([output], {"rows": rows.astype(np.float32)})[0]


def test_onnx_of_a_number(tmp_path: Path, rows: np.ndarray) -> None:
    place = tmp_path / "m.onnx"
    onnx.save(onnx_model(Task.REGRESSION), place)
    found = asked(place, "onnx", rows, Task.REGRESSION)
    assert found.tobytes() == session(place, rows, "variable")[:, 0].astype(np.float64).tobytes()
    assert found == pytest.approx(rows @ [3.0, -1.0, 0.25] + 0.5, abs=1e-5)


@pytest.mark.parametrize("zipmap", [False, True])
def test_onnx_of_several_classes(tmp_path: Path, rows: np.ndarray, zipmap: bool) -> None:
    """A map has the names of the classes and is read by them; a matrix is taken to have them in the declared order."""
    place = tmp_path / "m.onnx"
    onnx.save(onnx_model(Task.MULTICLASS, zipmap=zipmap), place)
    found = asked(place, "onnx", rows, Task.MULTICLASS)
    told = session(place, rows, "output")
    expected = np.array([[row[name] for name in CLASSES] for row in told]) if zipmap else told
    assert found.tobytes() == np.asarray(expected, dtype=np.float64).tobytes()
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-5)


@each_task
@pytest.mark.parametrize(("kind", "name"), [("lightgbm", "m.txt"), ("xgboost", "m.json"), ("onnx", "m.onnx")])
def test_they_answer_from_a_child_as_in_a_run(
    tmp_path: Path, rows: np.ndarray, kind: str, name: str, task: Task
) -> None:
    place = tmp_path / name
    if kind == "onnx":
        onnx.save(onnx_model(task, zipmap=True), place)
    else:
        boosted(rows, task, kind, place)
    with Model(ModelReference.of(place, kind, NAMES, answers=TASKS[task])) as model:
        found = model.predict(batch_of(rows))
    assert found.tobytes() == asked(place, kind, rows, task).tobytes()
