"""Each adapter, in a child, gives what the library itself gives, bit for bit; what it cannot give it refuses."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib
import lightgbm
import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pyarrow as pa
import pytest
import skops.io
import xgboost
from onnx import TensorProto, helper
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from tests.near import near_children

from assay.domain.errors import Crash, MissingExtra, SubjectError
from assay.domain.model_formats import LOADED, PREDICTIONS, SUFFIXES
from assay.domain.specification.subject import Subject
from assay.subject import digest, models
from assay.subject.describe import feature_names_in_child
from assay.subject.model import Model, ModelReference, in_process
from assay.subject.models import inputs as model_inputs
from assay.subject.models.estimator import estimator
from assay.subject.models.protobuf import keeps_weights_elsewhere

NAMES = ("age", "income", "score")


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(600, 3))


@pytest.fixture(scope="module")
def label(rows: np.ndarray) -> np.ndarray:
    return (rows[:, 0] + np.random.default_rng(2).normal(size=600) > 0).astype(int)


@pytest.fixture(scope="module")
def gaps(rows: np.ndarray) -> np.ndarray:
    """The same rows, a tenth of the values missing."""
    return np.where(np.random.default_rng(3).random(rows.shape) < 0.1, np.nan, rows)


def batch_of(rows: np.ndarray, names: tuple[str, ...] = NAMES) -> pa.RecordBatch:
    """NaN as missing; the columns in another order than the model's, and one more."""
    columns = {name: pa.array(rows[:, i], from_pandas=True) for i, name in enumerate(names)}
    return pa.record_batch({"other": pa.nulls(len(rows)), **dict(reversed(columns.items()))})


def scores(path: Path, kind: str, batch: pa.RecordBatch, inputs: tuple[str, ...] = NAMES) -> np.ndarray:
    """As in a run: from a child."""
    with Model(ModelReference.of(path, kind, inputs)) as model:
        return model.predict(batch)


def scores_here(path: Path, kind: str, batch: pa.RecordBatch, inputs: tuple[str, ...] = NAMES) -> np.ndarray:
    """By the same adapter in this process, where a child would only cost its start."""
    return adapter(kind).load(str(path), inputs)(batch)


def adapter(kind: str) -> Any:
    return importlib.import_module(f"assay.subject.models.{kind}")


def refused(path: Path | str, kind: str, inputs: tuple[str, ...] = NAMES) -> SubjectError:
    with pytest.raises(SubjectError) as told:
        adapter(kind).load(str(path), inputs)
    return told.value


ESTIMATORS: dict[str, Callable[[], Any]] = {
    "logistic": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "forest": lambda: RandomForestClassifier(20, n_jobs=-1, random_state=0),
    "boosting": lambda: HistGradientBoostingClassifier(max_iter=10),
}


@pytest.mark.parametrize(
    ("kind", "model"),
    [("skops", "logistic"), ("skops", "forest"), ("skops", "boosting"), ("joblib", "forest")],
)
def test_scikit_learn_on_arrays(tmp_path: Path, rows, label, kind: str, model: str):
    fitted = ESTIMATORS[model]().fit(rows, label)
    place = tmp_path / "model"
    (skops.io.dump if kind == "skops" else joblib.dump)(fitted, place)
    fitted.set_params(**({"n_jobs": 1} if model == "forest" else {}))
    expected = fitted.predict_proba(rows)[:, 1]
    ask = scores if kind == "joblib" else scores_here  # skops is asked in a child below
    assert ask(place, kind, batch_of(rows)).tobytes() == expected.tobytes()


def people(rows: np.ndarray) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(NAMES))
    frame["city"] = np.where(rows[:, 2] > 0, "Taipei", "Tainan")
    frame["children"] = (np.abs(rows[:, 1]) * 2).astype(int)
    return frame


def test_a_pipeline_that_selects_columns_by_name_is_asked_with_names(tmp_path: Path, rows, label):
    frame = people(rows)
    fitted = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["city"]), (StandardScaler(), ["age", "children"])
        ),
        LogisticRegression(),
    ).fit(frame, label)
    skops.io.dump(fitted, tmp_path / "model.skops")
    inputs = ("city", "children", "score", "income", "age")
    batch = pa.RecordBatch.from_pandas(frame[list(inputs)])
    expected = fitted.predict_proba(frame)[:, 1]
    assert scores(tmp_path / "model.skops", "skops", batch, inputs).tobytes() == expected.tobytes()


def test_a_model_fitted_on_a_frame_is_asked_in_its_own_order(tmp_path: Path, gaps, label):
    frame = pd.DataFrame(gaps, columns=list(NAMES))
    fitted = HistGradientBoostingClassifier(max_iter=10).fit(frame, label)
    skops.io.dump(fitted, tmp_path / "model.skops")
    expected = fitted.predict_proba(frame)[:, 1]
    got = scores_here(tmp_path / "model.skops", "skops", batch_of(gaps), ("score", "age", "income"))
    assert got.tobytes() == expected.tobytes()


def test_without_pandas_numbers_go_as_a_matrix_and_names_need_a_package(monkeypatch, rows, label):
    frame = people(rows)
    plain = LogisticRegression().fit(frame[list(NAMES)].to_numpy(), label)
    plain.feature_names_in_ = np.array(NAMES, dtype=object)
    monkeypatch.setattr(model_inputs, "_FRAMES", ("no_such_frames",))
    got = estimator(plain, NAMES)(batch_of(rows))
    assert got.tobytes() == LogisticRegression().fit(rows, label).predict_proba(rows)[:, 1].tobytes()
    selecting = make_pipeline(make_column_transformer((StandardScaler(), ["age"])), LogisticRegression()).fit(
        frame[list(NAMES)], label
    )
    with pytest.raises(SubjectError, match="needs pandas or polars in its environment") as told:
        estimator(selecting, NAMES)(batch_of(rows))
    assert told.value.code == "missing_extra"


def test_polars_serves_where_pandas_is_absent(monkeypatch, rows, label):
    frame = people(rows)
    fitted = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["city"]), (StandardScaler(), ["age"])),
        LogisticRegression(),
    ).fit(frame, label)
    monkeypatch.setattr(model_inputs, "_FRAMES", ("no_such_frames", "polars"))
    got = estimator(fitted, tuple(frame.columns))(pa.RecordBatch.from_pandas(frame))
    assert np.allclose(got, fitted.predict_proba(frame)[:, 1], atol=1e-15)


def test_every_format_of_a_specification_has_an_adapter_and_an_ending_that_init_knows() -> None:
    adapters = Path(str(models.__file__)).parent
    loading = {file.stem for file in adapters.glob("*.py") if "\ndef load(" in file.read_text()}
    assert set(LOADED) == loading
    assert set(SUFFIXES.values()) == loading - {"callable"}
    said = Subject.model_json_schema()["properties"]["format"]["enum"]
    assert set(said) == loading | {PREDICTIONS}


def test_skops_trusts_known_packages_only(tmp_path: Path, rows, label):
    fitted = make_pipeline(FunctionTransformer(people), LogisticRegression())
    fitted.steps[1][1].fit(rows, label)
    skops.io.dump(fitted, tmp_path / "model.skops")
    error = refused(tmp_path / "model.skops", "skops")
    assert error.code == "model_untrusted_types"
    assert "test_models.people" in str(error)


def test_classifiers_that_give_no_probability_of_one(tmp_path: Path, rows, label):
    for fitted, says in (
        (LinearRegression().fit(rows, label), "has no method predict_proba"),
        (LogisticRegression().fit(rows, label + 1), None),
        (LogisticRegression().fit(rows, label + 2), "2 classes, where 0 and 1 are needed"),
        (LogisticRegression().fit(rows, np.arange(600) % 3), "3 classes"),
    ):
        joblib.dump(fitted, tmp_path / "model.joblib")
        if says is None:  # classes 1 and 2: the score is that of 1
            got = scores_here(tmp_path / "model.joblib", "joblib", batch_of(rows))
            assert np.array_equal(got, fitted.predict_proba(rows)[:, 0])
            continue
        error = refused(tmp_path / "model.joblib", "joblib")
        assert error.code == "model_unsupported"
        assert says in str(error)


def boosted(rows: np.ndarray, label: np.ndarray, names: Any = "auto", **options: Any) -> lightgbm.Booster:
    parameters = {"objective": "binary", "verbose": -1, "num_threads": 1, **options}
    return lightgbm.train(parameters, lightgbm.Dataset(rows, label, feature_name=names), 10)


def test_lightgbm(tmp_path: Path, gaps, label):
    for names, ask in (("auto", scores_here), (list(NAMES), scores)):
        fitted = boosted(gaps, label, names)
        fitted.save_model(tmp_path / "model.txt")
        expected = fitted.predict(gaps, num_threads=1)
        assert ask(tmp_path / "model.txt", "lightgbm", batch_of(gaps)).tobytes() == expected.tobytes()
    got = scores_here(tmp_path / "model.txt", "lightgbm", batch_of(gaps), ("score", "income", "age"))
    assert got.tobytes() == expected.tobytes()


def test_lightgbm_with_blanks_in_names_and_categories_of_pandas(tmp_path: Path, rows, label):
    frame = people(rows).rename(columns={"age": "age in years"})
    frame["city"] = frame["city"].astype("category")
    fitted = lightgbm.LGBMClassifier(n_estimators=10, verbose=-1, n_jobs=1).fit(frame, label)
    fitted.booster_.save_model(tmp_path / "model.txt")
    # One row of one city: the category must be the one of the fit, not of the batch.
    with Model(ModelReference.of(tmp_path / "model.txt", "lightgbm", tuple(frame.columns))) as model:
        for part in (frame, frame[frame["city"] == "Taipei"]):
            batch = pa.RecordBatch.from_pandas(part.astype({"city": str}), preserve_index=False)
            assert model.predict(batch).tobytes() == fitted.predict_proba(part)[:, 1].tobytes()


def test_lightgbm_takes_a_category_that_the_fit_did_not_know_as_missing(tmp_path: Path, rows, label):
    frame = people(rows).assign(city=lambda f: f["city"].astype("category"))
    fitted = lightgbm.LGBMClassifier(n_estimators=10, verbose=-1, n_jobs=1).fit(frame, label)
    fitted.booster_.save_model(tmp_path / "model.txt")
    elsewhere = frame.head(50).assign(city=lambda f: f["city"].astype(str).where(f["age"] > 0, "Atlantis"))
    batch = pa.RecordBatch.from_pandas(elsewhere, preserve_index=False)
    expected = fitted.predict_proba(elsewhere.astype({"city": "category"}))[:, 1]
    got = scores_here(tmp_path / "model.txt", "lightgbm", batch, tuple(frame.columns))
    assert got.tobytes() == expected.tobytes()
    numbers = pa.RecordBatch.from_pandas(frame.assign(city=0).head(5), preserve_index=False)
    with pytest.raises(SubjectError, match="1 columns of categories; 0 of its inputs are text"):
        scores_here(tmp_path / "model.txt", "lightgbm", numbers, tuple(frame.columns))


def test_lightgbm_refuses_categories_that_are_numbers(tmp_path: Path, rows, label):
    frame = people(rows).assign(city=lambda f: f["city"].astype("category").cat.codes.astype("category"))
    fitted = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1, n_jobs=1).fit(frame, label)
    fitted.booster_.save_model(tmp_path / "model.txt")
    assert refused(tmp_path / "model.txt", "lightgbm", tuple(frame.columns)).code == "model_unsupported"


def test_a_child_loads_no_library_that_its_model_does_not_use(tmp_path: Path, rows, label):
    """Four fifths of the time that a child took to start, and what a hostile file could reach."""
    boosted(rows, label).save_model(tmp_path / "model.txt")
    with Model(ModelReference.of(tmp_path / "model.txt", "lightgbm", NAMES)) as model:
        assert "lightgbm" in model.packages
        assert not {"sklearn", "pandas"} & set(model.packages)


def test_lightgbm_refusals(tmp_path: Path, rows, label):
    boosted(rows, label, list(NAMES)).save_model(tmp_path / "model.txt")
    error = refused(tmp_path / "model.txt", "lightgbm", ("age", "incom", "score"))
    assert error.code == "model_inputs_differ"
    assert "it also needs 'income' (nearest: 'incom'); it does not know 'incom'" in str(error)
    boosted(rows, np.arange(600) % 3, objective="multiclass", num_class=3).save_model(tmp_path / "model.txt")
    assert refused(tmp_path / "model.txt", "lightgbm").code == "model_unsupported"
    boosted(rows, label).save_model(tmp_path / "model.txt")
    assert "fitted on 3 columns, 2 inputs are declared" in str(
        refused(tmp_path / "model.txt", "lightgbm", NAMES[:2])
    )


@pytest.mark.parametrize("suffix", ["json", "ubj"])
def test_xgboost(tmp_path: Path, gaps, label, suffix: str):
    place = tmp_path / f"model.{suffix}"
    for frame, ask in ((gaps, scores_here), (pd.DataFrame(gaps, columns=list(NAMES)), scores)):
        fitted = xgboost.XGBClassifier(n_estimators=10, n_jobs=1).fit(frame, label)
        fitted.save_model(place)
        expected = fitted.predict_proba(frame)[:, 1].astype(np.float64)
        assert ask(place, "xgboost", batch_of(gaps)).tobytes() == expected.tobytes()
    got = scores_here(place, "xgboost", batch_of(gaps), ("income", "score", "age"))
    assert got.tobytes() == expected.tobytes()


def test_xgboost_stops_where_the_fit_stopped(tmp_path: Path, rows, label):
    fitted = xgboost.XGBClassifier(n_estimators=60, n_jobs=1, early_stopping_rounds=3, learning_rate=1.0)
    fitted.fit(rows[:300], label[:300], eval_set=[(rows[300:], label[300:])], verbose=False)
    fitted.save_model(tmp_path / "model.json")
    assert fitted.best_iteration < 50
    expected = fitted.predict_proba(rows)[:, 1].astype(np.float64)
    assert scores_here(tmp_path / "model.json", "xgboost", batch_of(rows)).tobytes() == expected.tobytes()


def test_xgboost_refusals(tmp_path: Path, rows, label):
    place = tmp_path / "model.json"
    xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(rows, np.arange(600) % 3).save_model(place)
    assert "multi:softprob" in str(refused(place, "xgboost"))
    xgboost.XGBRegressor(n_estimators=2, n_jobs=1).fit(rows, label).save_model(place)
    assert "reg:squarederror" in str(refused(place, "xgboost"))
    xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(
        pd.DataFrame(rows, columns=["a", "b", "c"]), label
    ).save_model(place)
    assert refused(place, "xgboost").code == "model_inputs_differ"


def onnx_model(outputs: str, separate: bool = False) -> onnx.ModelProto:
    """A logistic regression by hand: 0.7 age - 0.2 income + 0.1 score."""
    weights = [0.7, -0.2, 0.1]
    columns = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, 1]) for n in NAMES]
    one = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, 3])]
    joined = [helper.make_node("Concat", list(NAMES), ["rows"], axis=1)] if separate else []
    classes = helper.make_node(
        "LinearClassifier",
        ["rows"],
        ["label", "raw"],
        domain="ai.onnx.ml",
        coefficients=[-w for w in weights] + weights,
        intercepts=[-0.1, 0.1],
        classlabels_ints=[0, 1],
        post_transform="SOFTMAX",
    )
    label = helper.make_tensor_value_info("label", TensorProto.INT64, [None])
    if outputs == "zipmap":
        last = helper.make_node("ZipMap", ["raw"], ["output"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])
        kind = helper.make_sequence_type_proto(
            helper.make_map_type_proto(
                TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, [])
            )
        )
        given = [label, helper.make_value_info("output", kind)]
    elif outputs == "column":
        pick = helper.make_tensor("one", TensorProto.INT64, [1], [1])
        last = helper.make_node("Gather", ["raw", "one"], ["output"], axis=1)
        given = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [None, 1])]
    else:
        last = helper.make_node("Identity", ["raw"], ["probabilities"])
        given = [label, helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])]
    if outputs == "two":
        given.append(helper.make_tensor_value_info("raw", TensorProto.FLOAT, [None, 2]))
    graph = helper.make_graph(
        [*joined, classes, last],
        "g",
        columns if separate else one,
        given,
        initializer=[pick] if outputs == "column" else [],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


@pytest.mark.parametrize("outputs", ["zipmap", "tensor", "column", "two"])
@pytest.mark.parametrize("separate", [False, True])
def test_onnx(tmp_path: Path, rows, outputs: str, separate: bool):
    model = onnx_model(outputs, separate)
    place = tmp_path / "model.onnx"
    onnx.save(model, place)
    session = onnxruntime.InferenceSession(place, providers=["CPUExecutionProvider"])
    values = rows.astype(np.float32)
    fed = {n: values[:, [i]] for i, n in enumerate(NAMES)} if separate else {"rows": values}
    answer = session.run(None, fed)[0 if outputs == "column" else 1]
    expected = [r[1] for r in answer] if outputs == "zipmap" else np.asarray(answer)[:, -1]
    ask = scores if outputs == "zipmap" and separate else scores_here
    got = ask(place, "onnx", batch_of(rows))
    assert got.tobytes() == np.array(expected, dtype=np.float64).tobytes()
    logit = 2 * (rows @ [0.7, -0.2, 0.1] + 0.1)
    assert np.allclose(got, 1 / (1 + np.exp(-logit)), atol=1e-6)


def test_onnx_refusals(tmp_path: Path):
    place = tmp_path / "model.onnx"
    onnx.save(onnx_model("tensor"), place)
    assert "fitted on 3 columns, 2 inputs" in str(refused(place, "onnx", NAMES[:2]))
    onnx.save(onnx_model("tensor", separate=True), place)
    assert refused(place, "onnx", ("a", "b", "c")).code == "model_inputs_differ"
    place.write_bytes(b"\x08\x08not a model")
    assert refused(place, "onnx").code == "model_unreadable"


class Imaginary(LogisticRegression):
    """Its probabilities have an imaginary part."""

    def predict_proba(self, X: Any) -> Any:
        return super().predict_proba(X) + 0.25j


def test_complex_scores_are_refused_and_not_cut(rows, label):
    with pytest.raises(SubjectError, match="complex numbers") as told:
        estimator(Imaginary().fit(rows, label), NAMES)(batch_of(rows))
    assert told.value.code == "model_output_invalid"


@pytest.mark.parametrize("nested", [False, True])
def test_onnx_with_weights_in_another_file_is_refused(tmp_path: Path, rows, nested: bool):
    kept = onnx.numpy_helper.from_array(np.zeros(400, dtype=np.float32), "w")
    model = onnx_model("tensor")
    if nested:
        node = helper.make_node("Constant", [], ["unused"], value=kept)
        branch = helper.make_graph(
            [node], "g", [], [helper.make_tensor_value_info("unused", TensorProto.FLOAT, [400])]
        )
        model.graph.node.append(helper.make_node("If", ["c"], ["o"], then_branch=branch, else_branch=branch))
    else:
        model.graph.initializer.append(kept)
    place = tmp_path / "model.onnx"
    model.doc_string = "the location of a branch is an input"
    onnx.save(model, place)
    whole = place.read_bytes()
    assert keeps_weights_elsewhere(whole) is False
    onnx.save(
        model,
        place,
        save_as_external_data=True,
        location="weights.bin",
        size_threshold=0,
        convert_attribute=True,
    )
    assert (tmp_path / "weights.bin").exists()
    with pytest.raises(SubjectError, match="keeps weights in another file") as told:
        (scores if nested else scores_here)(place, "onnx", batch_of(rows))
    assert told.value.code == "model_weights_elsewhere"
    assert str(place) in told.value.message
    with pytest.raises(ValueError, match="no protocol buffer"):
        keeps_weights_elsewhere(whole[:-1])


def test_an_old_joblib_model_whose_arrays_lie_beside_it_is_refused(tmp_path: Path, rows):
    """As joblib before 0.10 wrote it: the pickle names a file of its folder."""
    np.save(tmp_path / "model.pkl_01.npy", rows)
    (tmp_path / "model.pkl").write_bytes(
        b"cjoblib.numpy_pickle\nNDArrayWrapper\n(Vmodel.pkl_01.npy\ncnumpy\nndarray\ntR"
        b"(dVfilename\nVmodel.pkl_01.npy\nsVsubclass\ncnumpy\nndarray\nsVallow_mmap\nI01\nsb."
    )
    with pytest.warns(DeprecationWarning, match=r"less than 0\.10"):
        assert np.array_equal(joblib.load(tmp_path / "model.pkl"), rows)
    with pytest.raises(SubjectError, match="keeps arrays in other files"):
        scores(tmp_path / "model.pkl", "joblib", batch_of(rows))


@pytest.mark.parametrize("kind", ["skops", "joblib", "lightgbm", "xgboost", "onnx"])
def test_a_file_of_another_kind_is_refused_and_not_a_traceback(tmp_path: Path, kind: str):
    place = tmp_path / "model"
    place.write_bytes(b"nothing that is a model\n" * 10)
    with pytest.raises(SubjectError) as told:
        Model(ModelReference.of(place, kind, NAMES))
    assert told.value.code in {"model_unreadable", "model_crashed"}


def test_text_where_numbers_are_expected_names_the_column_and_no_value(tmp_path: Path, rows, label):
    boosted(rows, label, list(NAMES)).save_model(tmp_path / "model.txt")
    batch = pa.record_batch({"age": [1.0], "income": ["Ms Secret"], "score": [1.0]})
    with pytest.raises(SubjectError, match="its input 'income' is of type string") as told:
        scores(tmp_path / "model.txt", "lightgbm", batch)
    assert "Secret" not in str(told.value)


def _raiser(wrong: BaseException):
    def score(batch):
        raise wrong

    return score


def test_a_callable_by_name_runs_in_a_child_and_a_live_one_here(tmp_path: Path, rows):
    place = tmp_path / "rehearsal.py"
    place.write_text(
        "import numpy as np\ndef score(batch):\n    return 1 / (1 + np.exp(-batch.column('age').to_numpy()))\n"
    )
    expected = 1 / (1 + np.exp(-rows[:, 0]))
    reference = ModelReference.of(f"{place}:score", "callable", ("age",))
    assert reference.digest == ""
    with Model(reference) as model:
        assert np.array_equal(model.predict(batch_of(rows)), expected)
    live = in_process(lambda batch: 1 / (1 + np.exp(-batch.column(0).to_numpy())), ("age",))
    assert np.array_equal(live(batch_of(rows)), expected)
    with pytest.raises(Crash, match="1 are missing or infinite"):
        in_process(lambda batch: np.array([np.nan]), ("age",))(batch_of(rows[:1]))
    for leaves in (ZeroDivisionError("secret of a row"), SystemExit(0)):
        with pytest.raises(Crash, match="The model raised") as told:
            in_process(_raiser(leaves), ("age",))(batch_of(rows[:1]))
        assert told.value.code == "model_crashed"
        assert "secret" not in str(told.value)
    for name, says in (
        (f"{place}:scor", "no function 'scor'"),
        ("no_module:f", "no module"),
        ("a/b.py:f", "no file"),
    ):
        assert says in str(refused(name, "callable"))


def test_a_model_file_that_changed_since_it_was_bound_is_refused(tmp_path: Path, rows, label):
    boosted(rows, label).save_model(tmp_path / "model.txt")
    reference = ModelReference.of(tmp_path / "model.txt", "lightgbm", NAMES)
    with (tmp_path / "model.txt").open("a") as file:
        file.write("\n")
    with pytest.raises(SubjectError, match="not the file that was bound"):
        Model(reference)


def test_references_are_checked_and_can_be_compared(tmp_path: Path):
    (tmp_path / "m").write_text("x")
    made = [ModelReference.of(tmp_path / "m", "onnx", NAMES) for _ in range(2)]
    assert len(set(made)) == 1
    with pytest.raises(SubjectError, match="No adapter reads the format 'pmml'"):
        ModelReference.of(tmp_path / "m", "pmml", NAMES)
    with pytest.raises(SubjectError, match="There is no file"):
        ModelReference.of(tmp_path / "n", "onnx", NAMES)


def test_an_absent_library_is_named_with_its_extra(tmp_path: Path, rows, label, monkeypatch):
    boosted(rows, label).save_model(tmp_path / "model.txt")
    empty = tmp_path / "python"
    # Our own interpreter, started so that it finds numpy and pyarrow but not lightgbm.
    empty.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    empty.chmod(0o755)
    (tmp_path / "lightgbm.py").write_text("raise ModuleNotFoundError(name='lightgbm')\n")
    reference = ModelReference.of(tmp_path / "model.txt", "lightgbm", NAMES)
    monkeypatch.setattr("assay.sandbox.launch.sys.executable", str(empty))
    with pytest.raises(MissingExtra, match=r"assay-ml\[lightgbm\]"):
        Model(reference)


@pytest.mark.parametrize(
    ("name", "format_", "content", "names"),
    [
        ("m.txt", "lightgbm", "tree\nversion=v4\nfeature_names=a b_c\nfeature_infos=x\n", ("a", "b_c")),
        ("m.txt", "lightgbm", "tree\nfeature_names=Column_0 Column_1\n", ()),
        ("m.txt", "lightgbm", "tree\nversion=v4\n", ()),
        ("m.json", "xgboost", '{"learner": {"feature_names": ["a", "b c"]}}', ("a", "b c")),
        ("m.json", "xgboost", '{"learner": {"feature_names": []}}', ()),
        ("m.ubj", "xgboost", "{L", ()),
        ("m.pkl", "joblib", "not even looked at", ()),
    ],
)
def test_the_columns_that_a_model_file_names(tmp_path, name, format_, content, names):
    (tmp_path / name).write_text(content)
    with near_children():
        assert feature_names_in_child(tmp_path / name, format_) == names


@pytest.mark.parametrize(("name", "format_"), [("m.txt", "lightgbm"), ("m.json", "xgboost")])
def test_a_file_that_is_no_model_names_nothing(tmp_path, name, format_):
    (tmp_path / name).write_text("[1, 2")
    with pytest.raises(SubjectError, match="could not be read as") as told:
        feature_names_in_child(tmp_path / name, format_)
    assert told.value.code == "model_unreadable"


def test_what_the_libraries_write_names_the_columns(rows, label, tmp_path):
    frame = pd.DataFrame(rows, columns=["age", "net income", "score"])
    fitted = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(frame, label)
    fitted.booster_.save_model(tmp_path / "m.txt")
    assert feature_names_in_child(tmp_path / "m.txt", "lightgbm") == ("age", "net_income", "score")
    xgboost.XGBClassifier(n_estimators=2).fit(frame, label).save_model(tmp_path / "m.json")
    assert feature_names_in_child(tmp_path / "m.json", "xgboost") == tuple(frame.columns)


@pytest.mark.parametrize("in_memory", [1 << 28, 0])
def test_what_is_loaded_is_what_was_digested_whatever_the_file_becomes(
    tmp_path: Path, rows, label, monkeypatch, in_memory: int
):
    place = tmp_path / "model.txt"
    boosted(rows, label).save_model(place)
    expected = scores_here(place, "lightgbm", batch_of(rows))
    reference = ModelReference.of(place, "lightgbm", NAMES)

    def swapped(path: Path) -> tuple[str, int]:
        """A, read; B, in its place while it is loaded; and A again."""
        found = digest.held(path)
        boosted(rows, 1 - label).save_model(place)
        return found

    monkeypatch.setattr("assay.subject.model.held", swapped)
    monkeypatch.setattr(digest, "LARGEST_IN_MEMORY", in_memory)
    with Model(reference) as model:
        assert np.array_equal(model.predict(batch_of(rows)), expected)
    assert not np.array_equal(scores_here(place, "lightgbm", batch_of(rows)), expected)


def test_the_copy_that_is_loaded_cannot_be_written_to(tmp_path: Path):
    (tmp_path / "model").write_bytes(b"as it was")
    found, descriptor = digest.held(tmp_path / "model")
    try:
        assert found == digest.digest_of(tmp_path / "model")
        with pytest.raises(PermissionError), Path(f"/proc/self/fd/{descriptor}").open("r+b") as file:
            file.write(b"not so any more")
        assert Path(f"/proc/self/fd/{descriptor}").read_bytes() == b"as it was"
    finally:
        os.close(descriptor)
