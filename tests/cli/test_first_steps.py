"""The first steps of a newcomer: start, read what is wrong, look at what was made; each answer leads on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from tests.app.conftest import Folder, people, replaced
from tests.cli.warm import run


@pytest.fixture
def started(tmp_path: Path) -> Path:
    """A folder with development rows, test rows and a model file that names its columns."""
    pq.write_table(people(500, 2), tmp_path / "develop.parquet")
    pq.write_table(people(500, 1), tmp_path / "test.parquet")
    (tmp_path / "model.txt").write_text("tree\nversion=v4\nfeature_names=income age\n")
    return tmp_path


def test_init_takes_the_inputs_from_the_model_and_says_what_is_next(started):
    done = run("init", "--data", "develop.parquet", "--model", "model.txt", "--to", "g", cwd=started)
    assert done.returncode == 0, done.stderr
    assert "then: assay plan g/specification.yaml" in done.stdout
    assert (
        "inputs: [income, age]  # from the model file" in (started / "g" / "specification.yaml").read_text()
    )


def test_init_looks_into_no_folder_below_the_one_that_it_is_given_and_names_what_it_read(started):
    for name, folder in (("develop", "data"), ("test", "data/test")):
        (started / folder).mkdir()
        (started / f"{name}.parquet").rename(started / folder / "part-0.parquet")
    done = run("init", "--data", "data", "--model", "model.txt", cwd=started)
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert (
        "The folder data has rows in folders below it, the test rows perhaps: 'test/part-0.parquet'." in said
    )
    assert "Name the file that holds the development rows" in said
    assert not (started / "specification.yaml").exists()
    (started / "data" / "test").rename(started / "test")
    done = run("init", "--data", "data", "--model", "model.txt", cwd=started)
    assert done.returncode == 0, done.stderr
    assert "Looked at 'data/part-0.parquet'" in done.stdout


def test_the_blanks_of_a_scaffold_fit_on_a_screen(started):
    run("init", "--data", "develop.parquet", "--model", "model.txt", cwd=started)
    done = run("plan", "specification.yaml", cwd=started)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) < 30
    assert done.stderr.count("Fill it in: in words of your own, or with the name that is meant.") == 2
    specification = (started / "specification.yaml").read_text().split("assay: 1")[1]
    assert f"{specification.count(chr(34) * 2)} blanks to fill  [empty_text]" in done.stderr
    assert "domain (11), purpose (12)" in done.stderr
    assert "blanks to fill" in done.stderr.partition("specification.yaml")[0]  # those of the dictionary too
    problems = json.loads(run("plan", "specification.yaml", "--json", cwd=started).stdout)["error"][
        "problems"
    ]
    assert {p["remedy"] for p in problems} == {
        "Fill it in: in words of your own, or with the name that is meant."
    }


def test_a_good_model_is_certified_by_a_scaffold_whose_blanks_are_filled(tmp_path):
    """No guess of the scaffold is one that the next rows are sure to miss."""
    pq.write_table(people(2000, 2), tmp_path / "develop.parquet")
    pq.write_table(people(4000, 1), tmp_path / "test.parquet")
    run("init", "--data", "develop.parquet", "--model", "score", "--label", "bad", cwd=tmp_path)
    for name in ("specification.yaml", "dictionary.yaml"):
        text = (tmp_path / name).read_text().replace('test: ""', "test: test.parquet")
        (tmp_path / name).write_text(text.replace('""', '"Filled in by a person."'))
    done = run(
        "certify", "--certify-without-a-lock", "specification.yaml", "--workers", "1", "--json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["decision"]["outcome"] == "certified"
    assert {j["verdict"] for j in document["judged"] if j["assessment"]["tier"] != "advisory"} == {"pass"}


def test_another_document_in_place_of_a_specification_is_one_problem(tmp_path):
    Folder(tmp_path).write()
    done = run("plan", "dictionary.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "1 problem in dictionary.yaml" in done.stderr
    assert "A specification is expected, and this is a dictionary." in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("diff specification.yaml dictionary.yaml", "A specification is expected, and this is a dictionary."),
        ("diff dictionary.yaml specification.yaml", "A specification is expected, and this is a dictionary."),
        ("init --data develop.parquet --model score --to new --from dictionary.yaml", "and this is a dictionary."),
        ("init --data develop.parquet --model score --to new --from policy.yaml", "and this is a policy."),
        ("init --data develop.parquet --model score --to new --from other.yaml", "has no judgement that could be copied"),
    ],
)  # fmt: skip
def test_another_document_is_refused_by_every_command_that_takes_a_specification(tmp_path, words, said):
    Folder(tmp_path).write()
    (tmp_path / "policy.yaml").write_text("assay_policy: 1\norganisation: bank\n")
    (tmp_path / "other.yaml").write_text("name: bank\n")
    done = run(*words.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert not (tmp_path / "new").exists()


def test_the_name_of_a_scaffold_says_that_the_gate_asks_for_it(started):
    run("init", "--data", "develop.parquet", "--model", "model.txt", cwd=started)
    (line,) = (
        line for line in (started / "specification.yaml").read_text().splitlines() if line.startswith("name:")
    )
    assert line.startswith("name: model  # guess: what the gate asks for by --use-case")


def test_groups_written_the_way_of_the_dictionary_are_told_once_each(tmp_path):
    folder = Folder(tmp_path).edit("groups: {women: 2, men: 1}", "groups: {'2': women, men: 1}")
    folder.write()
    done = run("plan", "specification.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "1 problem in" in done.stderr
    said = " ".join(done.stderr.split())
    assert "'2' is a code of 'sex', and 'women' is none." in said
    assert "Write it the other way round: women: 2" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("test: test.parquet", "test: [a.parquet, b.parquet]", "name the folder that holds them."),
        (
            "develop: develop.parquet",
            "develop: 'data/*.parquet'",
            "Name the folder that holds the Parquet files:",
        ),
        ("sponsor: the head of lending", "sponsor: [a, b]", "Write one text, without square brackets"),
        ("format: predictions", "format: pickle", "For a .pkl write joblib"),
        ("valid_for: 180 days", "valid_for: 2027-01-01", "Write how long it holds, not until when"),
        ("groups: {women: 2, men: 1}", "groups: {women: 3, men: [1, 2]}", "Write one of these codes"),
        ("at_least: 0.70, expected", "at_least: 1e-400, expected", "between 1e-15 and 1e30"),
        ("name: small-loans", f"name: {'x' * 300}", "A name of at most 100 characters"),
        ("{women: 2, men: 1}", "{women × old: 2, men: 1}", "joins the names of crossed groups"),
        (
            "metric: performance.auc",
            "metric: performance.auc, data: develop",
            "which is judged on 'test' alone",
        ),
    ],
)
def test_what_is_refused_says_what_to_write_instead(tmp_path, old, new, said):
    Folder(tmp_path).edit(old, new).write()
    done = run("certify", "specification.yaml", "--rehearse", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    ("data", "model", "said"),
    [
        ("develop.parquet", "nope.skops", "There is no model file"),
        (
            "nope.csv",
            "model.txt",
            "Name the file, or the folder of Parquet files, that holds the development rows.",
        ),
        ("semicolons.csv", "model.txt", "is separated by ';', ',' is expected"),
    ],
)
def test_init_refuses_what_is_not_there_or_not_readable(started, data, model, said):
    options = pa.csv.WriteOptions(delimiter=";")
    pa.csv.write_csv(people(50, 1), started / "semicolons.csv", options)
    done = run("init", "--data", data, "--model", model, cwd=started)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (started / "specification.yaml").exists()


def test_a_rehearsal_says_which_column_is_not_as_documented(tmp_path):
    folder = Folder(tmp_path)
    income = np.array(folder.develop.column("income").to_pylist())
    income[:5] = -987_654.25
    folder.develop = replaced(folder.develop, "income", income)
    folder.edit("metric: data.missing_values", "metric: data.dictionary_conformity").write()
    done = run("certify", "specification.yaml", "--rehearse", "--workers", "1", "--json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    judged = {j["assessment"]["criterion"]: j for j in json.loads(done.stdout)["judged"]}
    assert judged["complete"]["sentence"] == (
        "Counted in full on this data; the value violates it: income, outside its documented range (5 of 2,000 rows)."
    )
    assert "987654" not in done.stdout


def test_the_index_of_pandas_is_refused_by_name(tmp_path):
    folder = Folder(tmp_path)
    folder.test = folder.test.append_column("__index_level_0__", pa.array(range(folder.test.num_rows)))
    folder.write()
    done = run("plan", "specification.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "index=False" in done.stderr


@pytest.mark.parametrize("command", [("show",), ("show", "8e4d"), ("report",), ("show", "--json")])
def test_a_folder_that_is_not_there_has_no_runs(tmp_path, command):
    done = run(*command, "--in", "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert f"There is no folder {tmp_path / 'nowhere'}" in (
        done.stderr or json.loads(done.stdout)["error"]["message"]
    )


def test_a_folder_without_runs_says_how_to_make_one(tmp_path):
    listed = run("show", cwd=tmp_path)
    assert (listed.returncode, json.loads(run("show", "--json", cwd=tmp_path).stdout)) == (0, [])
    assert f"No run was made in this folder ({tmp_path})." in listed.stdout
    report = run("report", cwd=tmp_path)
    assert report.returncode == 2
    assert f"No run was made in this folder ({tmp_path}). Make one with: assay certify" in report.stderr


def test_a_run_that_is_not_there_says_where_to_look(tmp_path):
    (tmp_path / "g").mkdir()
    assert "assay show --in g" in run("report", "8e4d", "--in", "g", cwd=tmp_path).stderr


def test_a_misspelt_column_is_answered_with_one_that_is_near_or_with_none(started):
    for label, hint in (("bda", "Did you mean 'bad'?"), ("nope", "")):
        done = run("init", "--data", "develop.parquet", "--model", "model.txt", "--label", label, cwd=started)
        assert done.returncode == 2
        assert ("Did you mean" in done.stderr) is bool(hint)
        assert hint in done.stderr
