"""The sheets of an audit: the sample is the one that the check draws again, and the ranking is cleanlab's and counts for nothing."""

from __future__ import annotations

import csv
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cleanlab.filter import find_label_issues
from click.testing import CliRunner
from tests.app.conftest import Folder, people
from tests.app.test_refits import with_recipe

import assay
from assay.app.judging.audit import CORRECTED, audit, suspicious
from assay.cli.main import assay as program
from assay.domain.errors import AssayError, InvalidDocument, MissingExtra, SubjectError
from assay.domain.vocabulary import Verdict

CRITERION = """
  - {id: labels, metric: data.label_errors, data: develop, at_most: 0.05, tier: advisory, owner: validator, requirements: [x/1],
     with: {audited: audit, by: id, drawn: '0=0.1, 1=0.1', word: heron}, rationale: a bank looked again}
"""
AUDITED = """
  - {name: audit, type: integer, description: label of an expert, missing: allowed, range: [0, 1]}
"""
TELLS = """
    import numpy as np

    class Line:
        def predict(self, rows):
            return np.where(rows[:, 0] > 0.5, 0.9, 0.1)

    def train(data, seed):
        return Line()
"""


def planted(rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels of which one in twenty is wrong, the scores of a model that knows better, and which ones are wrong."""
    draw = np.random.default_rng(seed)
    true = (draw.random(rows) < 0.4).astype(np.int64)
    score = np.clip(0.5 + (true - 0.5) * 0.7 + draw.normal(0, 0.12, rows), 0.01, 0.99)
    wrong = draw.random(rows) < 0.05
    return np.where(wrong, 1 - true, true), score, wrong


def asked(folder: Folder, audited: dict[int, int] | None = None) -> Path:
    folder.text = folder.text.rstrip() + CRITERION
    folder.dictionary = textwrap.dedent(folder.dictionary).rstrip() + AUDITED
    for name in ("develop", "test"):
        table = getattr(folder, name)
        known = audited or {}
        column = pa.array([known.get(i) for i in table["id"].to_pylist()], type=pa.int64())
        setattr(folder, name, table.append_column("audit", column))
    return folder.write()


def sheet(path: Path | None) -> list[dict[str, str]]:
    assert path is not None
    with path.open() as lines:
        return list(csv.DictReader(lines))


def test_planted_errors_are_ranked_first_and_first_come_those_of_cleanlab() -> None:
    label, score, wrong = planted(2000)
    order = suspicious(label, score)
    assert sorted(order) == list(range(2000))
    theirs = find_label_issues(
        label, np.stack([1 - score, score], 1), return_indices_ranked_by="self_confidence", n_jobs=1
    )
    assert order[: len(theirs)].tolist() == theirs.tolist()
    assert wrong[order[: int(wrong.sum())]].mean() > 0.9


def test_without_cleanlab_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    monkeypatch.setitem(sys.modules, "cleanlab", None)
    with pytest.raises(MissingExtra, match=r"assay-ml\[labels\]"):
        suspicious(*planted(50)[:2])


def test_rows_of_one_label_cannot_be_ranked() -> None:
    with pytest.raises(SubjectError, match="one label"):
        suspicious(np.zeros(9, dtype=np.int64), np.full(9, 0.2))


def test_the_sheets_are_apart_and_the_sample_alone_decides(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    done = audit(asked(folder), ranked=50, workers=0)
    drawn, ranked = sheet(done.sample), sheet(done.ranked)
    assert list(drawn[0]) == ["id", "audit"]
    assert list(ranked[0]) == ["rank", "id", CORRECTED]
    sampled, others = {int(row["id"]) for row in drawn}, {int(row["id"]) for row in ranked}
    assert not sampled & others
    assert (len(others), done.rows) == (50, 50)
    assert [sum(n) for n in zip(*done.drawn, strict=True)] == [len(sampled), folder.develop.num_rows]
    labels = dict(zip(folder.develop["id"].to_pylist(), folder.develop["bad"].to_pylist(), strict=True))
    # The expert confirms the sample, and finds each ranked label wrong: the bound is that of the sample.
    answers = {i: labels[i] for i in sampled} | {i: 1 - labels[i] for i in others}
    again = Folder(tmp_path_factory.mktemp("again"))
    path = asked(again, answers)
    found = next(
        j
        for j in assay.certify(path, workers=0, rehearse=True).record.judged
        if j.assessment.criterion == "labels"
    )
    assert found.verdict is Verdict.PASS
    assert sum(piece.n for piece in found.assessment.pieces) == len(sampled)
    assert {piece.estimate for piece in found.assessment.pieces} == {0.0}


def test_test_rows_are_drawn_and_never_ranked(folder: Folder) -> None:
    path = asked(folder)
    path.write_text(path.read_text().replace("data: develop, at_most: 0.05", "data: test, at_most: 0.05"))
    done = audit(path, workers=0)
    assert done.ranked is None
    assert "not ranked" in done.ranked_by
    assert done.data == "test"
    assert sheet(done.sample)


def test_training_rows_are_ranked_by_models_that_did_not_learn_from_them(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assay.app.judging.audit.FOLDS", 2)
    asked(folder)
    folder.text = folder.text.replace("data: develop, at_most: 0.05", "data: train, at_most: 0.05")
    path = with_recipe(folder, TELLS, "")
    table = people(1200, 3)
    none = pa.nulls(table.num_rows, pa.int64())
    pq.write_table(table.append_column("audit", none), folder.root / "train.parquet")
    done = audit(path, ranked=30, workers=0)
    assert done.ranked_by == "the scores of 2 models that the recipe trained on the other rows each"
    ranked = {int(row["id"]) for row in sheet(done.ranked)}
    assert len(ranked) == 30
    label, score = (
        dict(zip(table["id"].to_pylist(), table[of].to_pylist(), strict=True)) for of in ("bad", "score")
    )
    assert all((score[i] > 0.5) != label[i] for i in ranked)  # what the recipe's models find improbable


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("metric: data.label_errors", "metric: data.label_errors", "called 'other'"),
        (", by: id, drawn: '0=0.1, 1=0.1', word: heron", "", "'by' and 'word'"),
        ("'0=0.1, 1=0.1'", "'a=1'", "0=share"),
    ],
)
def test_what_cannot_be_drawn_is_said(folder: Folder, old: str, new: str, said: str) -> None:
    path = asked(folder)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(AssayError, match=said):
        audit(path, criterion="other" if "other" in said else "", workers=0)


def test_a_column_that_does_not_tell_rows_apart_writes_no_sheet(folder: Folder, tmp_path: Path) -> None:
    """The sheet would list one value many times, and the check would count none of its rows."""
    path = asked(folder)
    path.write_text(path.read_text().replace("by: id", "by: age"))
    with pytest.raises(AssayError, match="have a value in 'age' that another of them has") as refused:
        audit(path, out=tmp_path, workers=0)
    assert refused.value.code == "audit_not_drawn"
    assert not list(tmp_path.glob("audit*"))


@pytest.mark.parametrize(("other", "told"), [("income", "number"), ("age", "integer")])
def test_a_column_of_something_else_holds_no_expert_s_labels(folder: Folder, other: str, told: str) -> None:
    path = asked(folder)
    path.write_text(path.read_text().replace("audited: audit", f"audited: {other}"))
    with pytest.raises(InvalidDocument) as refused:
        audit(path, workers=0)
    (problem,) = refused.value.problems
    assert problem.code == "not_zero_or_one"
    assert (
        f"'audited' of 'data.label_errors' is a column of 0 and 1; the dictionary describes {other!r} as {told}"
        in problem.message
    )


def test_the_command_says_where_the_sheets_are_and_what_counts(folder: Folder, tmp_path: Path) -> None:
    path = asked(folder)
    ran = CliRunner().invoke(
        program, ["audit", str(path), "--ranked", "0", "--workers", "1", "--out", str(tmp_path)]
    )
    assert ran.exit_code == 0, ran.output
    assert "every row is needed" in ran.output
    assert "Ranked:  nothing" in ran.output
