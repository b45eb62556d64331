"""Answers on one scale: the same answers to other questions are another row, and used rows stay used whatever their columns are called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder
from tests.app.team import Team, refused

from assay.app.judging.replay import Alike, replay
from assay.app.judging.used_rows import used_rows
from assay.domain.refusal import Because, Distrusted

QUESTIONS = [f"q{k}" for k in range(6)]


def survey(n: int, seed: int) -> pa.Table:
    """People who answer six questions on one scale of five, and whether they repaid."""
    rng = np.random.default_rng(seed)
    answers = rng.choice(5, (n, 6), p=(0.3, 0.25, 0.2, 0.15, 0.1))
    score = ((answers - 1.5) * np.arange(1, 7)).sum(axis=1)
    return pa.table(
        {
            "sex": rng.integers(1, 3, n),
            "age": rng.integers(18, 60, n),
            **{name: answers[:, k] for k, name in enumerate(QUESTIONS)},
            "bad": (rng.random(n) < 1 / (1 + np.exp(-score / 3))).astype(np.int64),
        }
    )


def judged_once(folder: Folder) -> Team:
    """A team whose model of the answers was judged on 2,000 rows."""
    lightgbm = pytest.importorskip("lightgbm")
    learned = survey(4000, 99)
    inputs = np.stack([learned[name].to_numpy() for name in QUESTIONS], axis=1)
    rows = lightgbm.Dataset(inputs, learned["bad"].to_numpy(), feature_name=QUESTIONS)
    how = {"objective": "binary", "verbose": -1, "num_threads": 1}
    lightgbm.train(how, rows, 30).save_model(folder.root / "model.txt")
    folder.edit(
        "{model: score, format: predictions}",
        "{model: model.txt, format: lightgbm, inputs: [q0, q1, q2, q3, q4, q5]}",
    ).look_alike()
    folder.dictionary = (
        "assay_dictionary: 1\ncolumns:\n"
        "  - {name: sex, type: category, description: sex as registered, codes: {1: male, 2: female}}\n"
        "  - {name: age, type: integer, description: age in years, range: [18, 110]}\n"
        "  - {name: bad, type: category, description: not repaid, codes: {0: repaid, 1: lost}}\n"
    ) + "".join(
        f"  - {{name: {name}, type: integer, description: an answer, range: [0, 4]}}\n" for name in QUESTIONS
    )
    folder.test, folder.develop = survey(2000, 1), survey(2001, 2)
    team = Team(folder).lock()
    team.certify()
    folder.edit("purpose: rank applicants", "purpose: rank the applicants")
    return team


def again(team: Team, test: pa.Table) -> Team:
    team.folder.test = test
    team.folder.write()
    return team.lock(reason="the words were wrong")


def test_fresh_people_who_answer_a_questionnaire_are_a_first_attempt(folder: Folder) -> None:
    """Whatever the columns are called, as many of their rows equal earlier ones as if all were used."""
    done = again(judged_once(folder), survey(1999, 3)).certify()
    assert done.attempt == 1
    assert "expected by chance" in done.record.overlaps[0]


def test_answers_that_changed_places_among_the_questions_are_used_rows(folder: Folder) -> None:
    """1,400 of the used rows and 600 fresh ones, with the first two columns of all exchanged."""
    team = judged_once(folder)
    mixed = pa.concat_tables([team.folder.test.slice(600), survey(600, 4)])
    places = {name: name for name in mixed.column_names} | {"q0": "q1", "q1": "q0"}
    moved = mixed.rename_columns([places[name] for name in mixed.column_names])
    again(team, moved.select(mixed.column_names))
    with refused(Because.TEST_SET_SPENT):
        team.certify()


@pytest.mark.parametrize("kept", ["named", "unnamed", "other"])
def test_a_replay_compares_what_the_entry_has(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    """An earlier version kept no sketch under the names of columns: whoever used it made nothing up."""

    def entered(case, engine, salt, earlier):
        made = used_rows(case, engine, salt, earlier)
        first, *others = made.sketches
        assert first.named is not None
        other = {"named": first.named, "unnamed": None, "other": first.sketch}[kept]
        return replace(made, sketches=(replace(first, named=other), *others))

    monkeypatch.setattr("assay.app.judging.judged_run.used_rows", entered)
    team = judged_once(folder)
    if kept == "other":
        with pytest.raises(Distrusted, match="are not those that the test rows give"):
            replay(team.root, workers=0)
    else:
        assert replay(team.root, workers=0).alike is Alike.IDENTICAL
