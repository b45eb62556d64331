"""What is wrong is said truly, names its file, column or function, and says what to do next."""

from __future__ import annotations

import pickle
import sys
import types

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder, people, replaced

import assay
from assay.app.organisation.seal import load_record
from assay.domain.errors import AssayError
from assay.domain.vocabulary import Reason
from assay.reading.located import locate
from assay.reading.source import Source
from assay.sandbox import launch
from assay.store.blobs import write_whole
from assay.subject.datasets import inspect_in_child

BY_JOBLIB = "{model: model.joblib, format: joblib, inputs: [age, income]}"


def refused(action, *arguments, **more) -> AssayError:
    with pytest.raises(AssayError) as told:
        action(*arguments, **more)
    return told.value


def test_three_characters_of_a_digest_are_too_few(tmp_path):
    error = refused(load_record, tmp_path, "4")
    assert error.message == "At least 4 characters of a run's digest are expected; found '4'."


def test_a_folder_is_no_file_to_write_to(tmp_path):
    error = refused(write_whole, tmp_path, b"")
    assert error.message == f"{tmp_path} is a folder, and a file is expected."
    assert error.remedy == "Name a file in it."


def stored(folder: Folder, content: bytes) -> AssayError:
    (folder.root / "model.joblib").write_bytes(content)
    return refused(
        assay.certify,
        folder.edit("{model: score, format: predictions}", BY_JOBLIB).write(),
        workers=0,
        certify_without_a_lock=True,
    )


def test_a_model_of_a_module_that_is_not_here_names_it_and_the_other_environment(folder, monkeypatch):
    gone = types.ModuleType("gone")
    gone.Model = type("Model", (), {"__module__": "gone"})
    monkeypatch.setitem(sys.modules, "gone", gone)
    content = pickle.dumps(gone.Model())
    monkeypatch.delitem(sys.modules, "gone")
    error = stored(folder, content)
    assert error.message.startswith(f"{folder.root / 'model.joblib'} was made with the module 'gone'")
    assert "subject.python" in error.remedy


def test_a_file_that_is_no_model_says_which_file_and_what_was_expected(folder):
    error = stored(folder, b"no pickle")
    assert (
        f"{folder.root / 'model.joblib'} could not be loaded as a file of joblib or pickle" in error.message
    )
    assert "subject.format" in error.remedy
    assert not any(child.alive for child in launch._children), "who read the rows is not left running"


@pytest.mark.parametrize("name", ["module_that_is_not:score", "assay.domain.errors:nothing", "m.py:score"])
def test_a_function_that_is_not_there_is_refused_when_the_case_is_opened(folder, name):
    folder.edit(
        "{model: score, format: predictions}", f"{{model: '{name}', format: callable, inputs: [age]}}"
    )
    error = refused(assay.certify, folder.write(), rehearse=True, workers=0)
    assert error.code == "model_not_found"
    assert error.problems[0].remedy == "Name it as package.module:function or folder/file.py:function."


def said_of(folder: Folder, criterion: str) -> str:
    done = assay.certify(folder.write(), rehearse=True, workers=0)
    return next(j.sentence for j in done.record.judged if j.assessment.criterion == criterion)


def test_one_score_is_missing_and_two_are(folder):
    score = folder.develop["score"].to_numpy().copy()
    score[0] = np.nan
    folder.develop = replaced(folder.develop, "score", score)
    said = said_of(folder, "accuracy")
    assert "1 score is missing or not between 0 and 1 in the column 'score'." in said
    assert "from 0 to 1: 0.83, not 83 or 83 %" in said
    folder.develop = replaced(folder.develop, "score", score * 100)
    assert "scores are missing or not between 0 and 1 in the column 'score'." in said_of(folder, "accuracy")


def test_one_class_only_says_which_label_is_lacking(folder):
    folder.develop = replaced(folder.develop, "bad", np.zeros(len(folder.develop), dtype=np.int64))
    assert said_of(folder, "ranking") == "No row has label 1; rows of both labels are needed."


def test_not_a_number_is_no_limit_to_leave_out():
    problems = locate(Source("s.yaml", "a: .nan\nb: .inf\n", "")).problems
    assert [p.remedy for p in problems] == ["Write the number that is meant.", "Leave out what has no limit."]


def test_a_parquet_file_that_is_named_otherwise_is_to_be_renamed(tmp_path):
    pq.write_table(people(10, 1), tmp_path / "rows.csv")
    error = refused(inspect_in_child, tmp_path / "rows.csv")
    assert error.message.endswith("rows.csv is a Parquet file by its content, and its name ends in .csv.")
    assert error.remedy == "Let its name end in .parquet."


def test_noise_without_a_spread_is_not_a_matter_of_types(folder):
    (folder.root / "m.py").write_text(
        "import numpy as np\ndef score(batch): return np.full(batch.num_rows, 0.5)\n"
    )
    folder.edit(
        "{model: score, format: predictions}", "{model: 'm.py:score', format: callable, inputs: [income]}"
    )
    folder.edit(
        "  - {id: complete,",
        "  - {id: noise, metric: robustness.noise, at_most: 0.2, tier: advisory, owner: validator,\n"
        "     rationale: a late feed must not matter}\n  - {id: complete,",
    ).edit("complete, ranking]", "complete, ranking, noise]")
    folder.develop = replaced(folder.develop, "income", np.full(len(folder.develop), 3.0))
    assert "has a single value on the reference data" in said_of(folder, "noise")
    (folder.root / "m.py").write_text("def score(batch): raise ValueError\n")
    assert "Ask it for the same inputs in its own environment" in said_of(folder, "ranking")


def test_a_model_that_cannot_take_missing_values_is_told_which_columns_have_some(folder):
    (folder.root / "m.py").write_text(
        "import numpy as np\ndef score(batch):\n    if batch.column(1).null_count: raise ValueError\n"
        "    return np.full(batch.num_rows, 0.5)\n"
    )
    folder.edit(
        "{model: score, format: predictions}",
        "{model: 'm.py:score', format: callable, inputs: [age, income]}",
    )
    income = folder.develop["income"].to_pylist()
    folder.develop = replaced(folder.develop, "income", [None, *income[1:]])
    said = said_of(folder, "ranking")
    assert "The model raised ValueError." in said
    assert (
        "have missing values in 'income'. If it cannot take missing values, let it fill them in itself"
        in said
    )
    assert "memory" not in said


def test_a_model_that_breaks_on_texts_is_told_which_columns_hold_them_besides_those_with_missing_values(
    folder,
):
    (folder.root / "m.py").write_text("def score(batch): float(str(batch.column(1)[0]))\n")
    folder.dictionary += "  - {name: town, type: text, description: a town}\n"
    folder.edit(
        "{model: score, format: predictions}",
        "{model: 'm.py:score', format: callable, inputs: [age, town]}",
    )
    ages = folder.develop["age"].to_pylist()
    folder.develop = replaced(folder.develop, "age", [None, *ages[1:]])
    folder.develop = folder.develop.append_column("town", pa.array(["ZZSECRET"] * len(ages)))
    folder.test = folder.test.append_column("town", pa.array(["x"] * len(folder.test)))
    said = said_of(folder, "ranking")
    assert (
        "have no numbers in 'town' and missing values in 'age'. If it takes numbers alone, name the" in said
    )
    assert "a pipeline with an imputer" in said
    assert "ZZSECRET" not in said


def test_a_model_that_breaks_on_an_infinite_number_is_told_in_which_column(folder):
    (folder.root / "m.py").write_text(
        "def score(batch):\n    if float('inf') in batch.column(1).to_pylist():\n        raise ValueError\n"
        "    return batch.column(1).to_numpy() * 0 + .5\n"
    )
    folder.edit(
        "{model: score, format: predictions}",
        "{model: 'm.py:score', format: callable, inputs: [age, income]}",
    )
    income = [float(value) for value in folder.develop["income"].to_pylist()]
    folder.develop = replaced(folder.develop, "income", [float("inf"), *income[1:]])
    folder.test = replaced(
        folder.test, "income", [float(value) for value in folder.test["income"].to_pylist()]
    )
    said = said_of(folder, "ranking")
    assert (
        "have infinite numbers in 'income'. If it cannot take infinite numbers, write the number that is"
        in said
    )


def test_a_live_function_is_told_of_missing_values_and_only_when_there_are_some(folder):
    def breaks(batch):
        if batch.num_rows:
            raise ValueError
        return np.empty(0)

    folder.edit(
        "{model: score, format: predictions}", "{model: 'm:f', format: callable, inputs: [age, income]}"
    )
    ages = folder.develop["age"].to_pylist()
    for table, names in (
        (folder.develop, ""),
        (replaced(folder.develop, "age", [None] * len(ages)), "'age'"),
    ):
        folder.develop = table
        done = assay.certify(folder.write(), rehearse=True, workers=0, model=breaks)
        said = next(j.sentence for j in done.record.judged if j.assessment.criterion == "ranking")
        assert ("missing values" in said) is bool(names)
        assert names in said


def test_reasons_of_a_model_have_a_remedy_each():
    from assay.subject.model import MODEL

    assert set(MODEL.remedies) == {MODEL.crashed, MODEL.timed_out, MODEL.invalid}
    assert "120 seconds" in MODEL.remedies[Reason.MODEL_TIMED_OUT.value]


def test_a_file_that_is_not_there_is_told_at_its_line_with_the_nearest_name(folder):
    path = folder.edit("develop: develop.parquet", "develop: ./develp.parquet").write()
    (problem,) = refused(assay.certify, path, workers=0, certify_without_a_lock=True).problems
    assert str(problem.place).startswith("specification.yaml:") or f"{path}:" in str(problem.place)
    line = path.read_text().splitlines()[problem.place.line - 1]
    assert line[problem.place.column - 1 :].startswith("./develp.parquet")
    assert (problem.code, problem.nearest) == ("not_found", "develop.parquet")
    assert problem.message == f"There is no file {folder.root / 'develp.parquet'}."


def test_a_file_that_is_damaged_is_told_at_its_line(folder):
    path = folder.edit("develop: develop.parquet", "develop: rows.parquet").write()
    (folder.root / "rows.parquet").write_bytes(b"PAR1 and nothing else")
    (problem,) = refused(assay.certify, path, workers=0, certify_without_a_lock=True).problems
    assert "develop: rows.parquet" in path.read_text().splitlines()[problem.place.line - 1]
    assert problem.code.startswith("data_")


def test_a_model_that_is_not_there_is_told_at_its_line(folder):
    path = folder.edit("{model: score, format: predictions}", BY_JOBLIB).write()
    (problem,) = refused(assay.certify, path, workers=0, certify_without_a_lock=True).problems
    assert "model: model.joblib" in path.read_text().splitlines()[problem.place.line - 1]


@pytest.mark.parametrize("model_format", ["joblib", "lightgbm"])
def test_a_folder_in_place_of_a_model_is_told_at_its_line_with_what_to_name(folder, model_format):
    named = BY_JOBLIB.replace("format: joblib", f"format: {model_format}")
    path = folder.edit("{model: score, format: predictions}", named).write()
    (folder.root / "model.joblib").mkdir()
    (folder.root / "model.joblib" / "part").write_bytes(b"tree")
    (problem,) = refused(assay.certify, path, workers=0, certify_without_a_lock=True).problems
    assert "model: model.joblib" in path.read_text().splitlines()[problem.place.line - 1]
    assert problem.message == f"{folder.root / 'model.joblib'} is a folder where a file is expected."
    assert problem.remedy == "Name the file in it that is meant."


def test_a_folder_without_rows_is_told_at_its_line_with_what_to_name(folder):
    path = folder.edit("develop: develop.parquet", "develop: rows").write()
    (folder.root / "rows").mkdir()
    (folder.root / "rows" / "rows.csv").write_text("age\n1\n")
    (problem,) = refused(assay.certify, path, workers=0, certify_without_a_lock=True).problems
    assert "develop: rows" in path.read_text().splitlines()[problem.place.line - 1]
    assert problem.message == f"The folder {folder.root / 'rows'} holds no Parquet file."
    assert problem.remedy.startswith("Name a file, or a folder that holds Parquet files")
