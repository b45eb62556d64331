"""A recipe in its child: what it may return, and what is said when it does not answer."""

from __future__ import annotations

import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression

from assay.domain.answers import Answers
from assay.domain.errors import Crash, SubjectError
from assay.domain.vocabulary import Task
from assay.subject.digest import stamped_digest
from assay.subject.models.answers import Asked
from assay.subject.models.recipe import predictor
from assay.subject.training import GIVES, RecipeReference, Trained

DRAW = np.random.default_rng(1)
ROWS = pa.table({"x": DRAW.normal(size=400), "z": DRAW.normal(size=400), "y": DRAW.integers(0, 2, 400)})
HEAD = """
    import numpy as np

    def matrix(data):
        return np.column_stack([data[n].to_numpy() for n in ("x", "z")])
"""
KINDS = {
    "lightgbm": """
    import lightgbm as lgb
    SETTINGS = {"objective": "binary", "verbosity": -1, "num_threads": 1, "deterministic": True, "num_leaves": 4}
    def train(data, seed):
        return lgb.train(SETTINGS | {"seed": seed}, lgb.Dataset(matrix(data), data["y"].to_numpy(), feature_name=["x", "z"]), 10)
    """,
    "xgboost": """
    import xgboost
    def train(data, seed):
        rows = xgboost.DMatrix(matrix(data), data["y"].to_numpy(), feature_names=["x", "z"])
        return xgboost.train({"objective": "binary:logistic", "seed": seed, "nthread": 1}, rows, 10)
    """,
    "scikit-learn": """
    from sklearn.linear_model import LogisticRegression
    def train(data, seed):
        return LogisticRegression(random_state=seed).fit(matrix(data), data["y"].to_numpy())
    """,
    "scikit-learn on a frame": """
    from sklearn.linear_model import LogisticRegression
    def train(data, seed):
        frame = data.to_pandas()
        return LogisticRegression(random_state=seed).fit(frame[["z", "x"]], frame["y"])
    """,
    "predict": """
    class Half:
        def predict(self, rows):
            return 1 / (1 + np.exp(-rows[:, 0]))
    def train(data, seed):
        return Half()
    """,
    "function": """
    def train(data, seed):
        return lambda rows: 1 / (1 + np.exp(-rows["x"].to_numpy()))
    """,
}


def recipe(folder: Path, text: str) -> RecipeReference:
    file = folder / "train.py"
    file.write_text(textwrap.dedent(HEAD) + textwrap.dedent(text))
    return RecipeReference(str(file), stamped_digest(file)[0], "train", ("x", "z"))


def here(text: str, rows: pa.Table, seed: int) -> object:
    """The model that the same source gives in this process."""
    names: dict[str, object] = {}
    exec(textwrap.dedent(HEAD) + textwrap.dedent(text), names)
    return names["train"](rows, seed)


def asked_here(model: object, rows: pa.Table) -> np.ndarray:
    matrix = np.column_stack([rows[n].to_numpy() for n in ("x", "z")])
    if hasattr(model, "predict_proba"):
        frame = rows.select(["z", "x"]).to_pandas() if hasattr(model, "feature_names_in_") else matrix
        return model.predict_proba(frame)[:, 1]
    if type(model).__module__.startswith("xgboost"):
        return model.inplace_predict(matrix, validate_features=False)
    return model.predict(matrix) if hasattr(model, "predict") else model(rows)


@pytest.mark.parametrize("kind", KINDS)
def test_the_scores_are_those_of_the_same_model_in_this_process(tmp_path: Path, kind: str) -> None:
    pytest.importorskip({"scikit-learn on a frame": "pandas"}.get(kind, "sklearn"))
    if kind in {"lightgbm", "xgboost"}:
        pytest.importorskip(kind)
    first, second = ROWS.slice(0, 250), ROWS.slice(250)
    with Trained(recipe(tmp_path, KINDS[kind]), first, 7) as model:
        scores = model.scores(second)
    assert scores.tolist() == np.asarray(asked_here(here(KINDS[kind], first, 7), second), np.float64).tolist()


NUMBER = Answers(Task.REGRESSION, -9.0, 9.0)
CLASSES = Answers(Task.MULTICLASS, classes=("oak", "ash", "elm"))
OF_TASKS = {
    "a regressor": (NUMBER, """
    from sklearn.linear_model import LinearRegression
    def train(data, seed):
        return LinearRegression().fit(matrix(data), data["x"].to_numpy() + data["z"].to_numpy() / 2)
    """),
    "a classifier, whose classes stand in another order": (CLASSES, """
    from sklearn.linear_model import LogisticRegression
    def train(data, seed):
        kind = np.digitize(data["x"].to_numpy(), [-0.5, 0.5])
        return LogisticRegression().fit(matrix(data), np.array(["ash", "elm", "oak"])[kind])
    """),
}  # fmt: skip


@pytest.mark.parametrize("kind", OF_TASKS)
def test_the_answers_are_those_of_the_task(tmp_path: Path, kind: str) -> None:
    answers, text = OF_TASKS[kind]
    first, second = ROWS.slice(0, 250), ROWS.slice(250)
    with Trained(replace(recipe(tmp_path, text), answers=answers), first, 7) as model:
        found = model.scores(second)
    made: Any = here(text, first, 7)
    rows = np.column_stack([second[n].to_numpy() for n in ("x", "z")])
    wanted = made.predict(rows) if answers is NUMBER else made.predict_proba(rows)[:, [2, 0, 1]]
    assert found.tolist() == wanted.tolist()


def boosted(library: str, rows: np.ndarray, label: np.ndarray, task: str) -> Any:
    """A booster of the library's own, and its regressor of scikit-learn's kind where the task is a regression."""
    module = pytest.importorskip(library)
    if library == "lightgbm":
        settings = {"objective": task, "num_class": 3 if task == "multiclass" else 1, "verbosity": -1}
        return module.train(settings | {"num_threads": 1}, module.Dataset(rows, label), 3)
    settings = {"objective": "multi:softprob", "num_class": 3} if task == "multiclass" else {}
    return module.train(settings | {"nthread": 1}, module.DMatrix(rows, label), 3)


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("answers", [NUMBER, CLASSES])
def test_boosters_are_asked_for_what_the_task_wants(library: str, answers: Answers) -> None:
    rows = np.column_stack([ROWS[n].to_numpy() for n in ("x", "z")])
    label = rows[:, 0] if answers is NUMBER else np.digitize(rows[:, 0], [-0.5, 0.5])
    model = boosted(library, rows, label, answers.task.value)
    asked = Asked.of(answers.task.value, answers.classes)
    found = predictor(model, ("x", "z"), asked)(ROWS.select(["x", "z"]).to_batches()[0])
    assert found.shape == ((400, 3) if answers is CLASSES else (400,))
    right = found.argmax(axis=1) == label if answers is CLASSES else np.abs(found - label) < 0.9
    assert right.mean() > 0.8


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_a_regressor_of_another_library_is_asked_as_one_of_scikit_learn(library: str) -> None:
    module = pytest.importorskip(library)
    rows = np.column_stack([ROWS[n].to_numpy() for n in ("x", "z")])
    kind = module.LGBMRegressor if library == "lightgbm" else module.XGBRegressor
    quiet = {"verbosity": -1} if library == "lightgbm" else {}
    model = kind(n_estimators=3, n_jobs=1, **quiet).fit(rows, rows[:, 0])
    found = predictor(model, ("x", "z"), Asked.of("regression", ()))(ROWS.select(["x", "z"]).to_batches()[0])
    assert found == pytest.approx(model.predict(rows))


@pytest.mark.parametrize(
    ("model", "answers", "said"),
    [
        (LogisticRegression().fit([[0, 0], [1, 1]], [0, 1]), NUMBER, "it is a classifier"),
        (LogisticRegression().fit([[0, 0], [1, 1]], [0, 1]), CLASSES, "2 classes, which are not the 3"),
        (3, CLASSES, "is no model"),
    ],
)
def test_a_model_of_another_task_is_refused(model: Any, answers: Answers, said: str) -> None:
    with pytest.raises(SubjectError, match=said):
        predictor(model, ("x", "z"), Asked.of(answers.task.value, answers.classes))


@pytest.mark.parametrize("answers", [NUMBER, CLASSES])
def test_an_answer_of_another_shape_is_told_by_what_the_task_wants(tmp_path: Path, answers: Answers) -> None:
    text = "def train(data, seed):\n    return lambda rows: np.ones((rows.num_rows, 2))\n"
    made = replace(recipe(tmp_path, text), answers=answers)
    with pytest.raises((Crash, SubjectError)) as wrong, Trained(made, ROWS, 1) as model:
        model.scores(ROWS)
    assert GIVES[answers.task] in f"{wrong.value.message} {wrong.value.remedy}"


def test_a_class_that_no_training_row_has_is_told_where_the_model_lacks_it(tmp_path: Path) -> None:
    made = replace(recipe(tmp_path, KINDS["scikit-learn"]), answers=CLASSES)
    with pytest.raises(SubjectError) as wrong:
        Trained(made, ROWS, 1)
    assert "gives a probability of each declared class for each row" in wrong.value.message
    assert "it knows none that its training rows lack" in wrong.value.remedy


def test_another_interpreter_trains_when_one_is_named(tmp_path: Path) -> None:
    made = recipe(tmp_path, KINDS["function"])
    with Trained(replace(made, python=sys.executable), ROWS, 1) as model:
        assert len(model.scores(ROWS)) == 400
    with pytest.raises(SubjectError) as refused:
        Trained(replace(made, python="/nowhere/python"), ROWS, 1)
    assert refused.value.code == "interpreter_not_found"


@pytest.mark.parametrize(
    ("text", "changes", "code", "says"),
    [
        ("def train(data, seed):\n    while True:\n        pass\n", {"timeout": 1.0}, "recipe_timed_out", "The recipe gave no answer within 1 seconds"),
        ("def train(data, seed):\n    return np.ones(1 << 40)\n", {}, "recipe_crashed", "memory"),
        ("def train(data, seed):\n    import os\n    os._exit(3)\n", {}, "recipe_crashed", "exit code 3"),
        ("def train(data, seed):\n    import os\n    os.fork()\n", {}, "recipe_stopped", "processes"),
        ("import neighbour\n", {}, "recipe_crashed", "neighbour"),
        ("def train(data, seed):\n    return lambda rows: np.full(rows.num_rows, np.nan)\n", {}, "recipe_output_invalid", "missing or infinite"),
        ("def train(data, seed):\n    return lambda rows: np.ones(3)\n", {}, "recipe_output_invalid", "the model returned 3"),
    ],
)  # fmt: skip
def test_what_a_recipe_does_wrong_is_told_with_what_to_do(
    tmp_path: Path, text: str, changes: dict[str, float], code: str, says: str
) -> None:
    (tmp_path / "neighbour.py").write_text("")
    made = replace(recipe(tmp_path, text), **changes)
    with pytest.raises(Crash) as wrong, Trained(made, ROWS, 1) as model:
        model.scores(ROWS)
    assert wrong.value.code == code, wrong.value
    assert says in wrong.value.message
    assert wrong.value.remedy
    assert wrong.value.message.count("not usable") <= 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("np.full(rows.num_rows, 90.0)", "predictions between -9 and 9 were expected; of 400, 0 are missing or infinite and 400 lie outside"),
        ("np.ones(3)", "400 predictions were expected, the model returned 3"),
        ("['much'] * rows.num_rows", "made of complex numbers, or of no numbers"),
        ("np.ones((rows.num_rows, 2))", "something else than a model that gives one number for each row"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_told_as_that(tmp_path: Path, answer: str, says: str) -> None:
    text = f"def train(data, seed):\n    return lambda rows: {answer}\n"
    with (
        pytest.raises((Crash, SubjectError)) as wrong,
        Trained(replace(recipe(tmp_path, text), answers=NUMBER), ROWS, 1) as model,
    ):
        model.scores(ROWS)
    assert says in wrong.value.message
    assert wrong.value.remedy


def test_other_bytes_than_those_that_were_bound_do_not_run(tmp_path: Path) -> None:
    made = recipe(tmp_path, KINDS["function"])
    Path(made.path).write_text("def train(data, seed):\n    raise SystemExit\n")
    with pytest.raises(SubjectError) as refused:
        Trained(made, ROWS, 1)
    assert refused.value.code == "file_changed"
