"""A plan from the path of a specification alone."""

from __future__ import annotations

import json
import re

import pytest
from tests.app.conftest import people, replaced
from tests.app.team import Team

import assay
from assay.app.organisation.ledger import open_ledger
from assay.cli.main import main


def test_a_plan_says_what_a_run_would_read_and_who_would_pass(folder):
    made = assay.make_plan(folder.write(), workers=0)
    assert made.rows == 4000
    assert made.reference == "develop"
    (run,) = made.attempts
    assert (run.attempts, run.share) == (range(1, 2), 1)
    assert [p.criterion.id for p in run.criteria] == [
        "accuracy",
        "ranking",
        "approval-sex",
        "refusals-age",
        "complete",
    ]
    assert run.hopeless == ()
    assert 0.9 < run.all_pass <= 1
    assert made.answered == 0, "scores stand in a column, so that no model is asked"


def test_a_table_stands_in_for_a_file(folder):
    made = assay.make_plan(str(folder.write()), data={"test": people(40, 3)}, workers=0)
    assert made.rows == 40
    assert made.attempts[0].hopeless


def test_a_criterion_that_nobody_passes_is_told_and_refused(folder):
    folder.test = people(300, 3)
    path = folder.edit("at_least: 0.70, expected: 0.8", "at_least: 0.9999, expected: 0.99991").write()
    (hopeless,) = assay.make_plan(path, workers=0).attempts[0].hopeless
    assert hopeless.criterion.id == "accuracy"
    with pytest.raises(assay.Hopeless, match="accuracy"):
        assay.certify(path, workers=0, certify_without_a_lock=True)


def test_one_row_is_too_few_and_no_row_is_lost(folder):
    folder.test = people(1, 3)
    path = folder.write()
    assert assay.make_plan(path, workers=0).rows_used == 1
    with pytest.raises(assay.Hopeless) as told:
        assay.certify(path, workers=0, certify_without_a_lock=True)
    said = told.value.message
    assert "on the 1 test row: " in said
    assert "no rows" not in said
    assert ".." not in said
    assert said.count("a good model passes with probability 0.00") <= 2


def test_sizes_of_imagined_groups_are_those_of_the_rows(folder):
    folder.test = people(9, 3)
    path = folder.edit(
        "performance.auc, at_least: 0.75, expected: 0.9", "performance.ks_calibration, at_most: 0.1"
    ).write()
    said = {p.criterion.id: p.said for p in assay.make_plan(path, workers=0).attempts[0].criteria}
    assert said["ranking"].startswith("9 rows are too few")


def test_labels_that_are_no_labels_are_an_error(folder):
    folder.develop = replaced(folder.develop, "bad", [2] * 2000)
    with pytest.raises(assay.SubjectError):
        assay.make_plan(folder.write(), workers=0)


SCHEDULE = "attempts: {count: 3, first: 0.999}\n"


@pytest.fixture
def scheduled(folder):
    """Three attempts: a good model often passes the first, hardly ever a later one, at the 2000th part of alpha."""
    folder.edit("at_least: 0.70, expected: 0.8", "at_least: 0.70, expected: 0.715")
    folder.text += SCHEDULE
    return folder


def test_each_share_of_alpha_that_a_schedule_spends_is_planned(scheduled):
    first, later = assay.make_plan(scheduled.write(), workers=0).attempts
    assert (first.attempts, later.attempts) == (range(1, 2), range(2, 4))
    assert (first.share, later.share) == pytest.approx((0.999, 0.0005))
    assert first.hopeless == ()
    assert [p.criterion.id for p in later.hopeless] == ["accuracy"]
    assert later.all_pass < first.all_pass
    scheduled.edit("count: 3, first: 0.999", "count: 4, first: 0.25")
    (each,) = assay.make_plan(scheduled.write(), workers=0).attempts
    assert (each.attempts, each.share) == (range(1, 5), 0.25)


def printed(capsys, *words):
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(str(ended.value.code)), capsys.readouterr().out


def test_the_table_has_a_column_for_each_share_and_the_document_all_that_the_table_has(
    scheduled, capsys, monkeypatch
):
    path = str(scheduled.edit("custody: validator}", "custody: validator, unit: id}").write())
    monkeypatch.setenv("COLUMNS", "80")
    code, said = printed(capsys, "plan", path)
    assert code == 0, "the first run may begin"
    assert re.search(r"if it is +run 1 +runs 2-3 +margin 90% +rows 90%\n", said)
    row = next(line for line in said.splitlines() if line.startswith("accuracy"))
    _, document = printed(capsys, "plan", path, "--json")
    runs = json.loads(document)["attempts"]
    accuracy = [next(c for c in run["criteria"] if c["id"] == "accuracy") for run in runs]
    assert [c["hopeless"] for c in accuracy] == [False, True]
    first, later = (f"{c['passes']:.0%}" for c in accuracy)
    assert re.search(rf" 0\.715 +{first} +{later}  HOPELESS ", row)
    assert [(run["first"], run["last"]) for run in runs] == [(1, 1), (2, 3)]
    together = [f"{run['all_critical_pass']:.0%}" for run in runs]
    assert f"at least {together[0]} in run 1 and at least {together[1]} in runs 2-3." in " ".join(
        said.split()
    )
    assert "run 1 spends 0.999, runs 2-3 spend 0.0005 each." in " ".join(said.split())
    counted = {
        p["data"]: {n for n in ("profiles", "units", "spreads") if n in p["counts"]}
        for p in json.loads(document)["passes"]
    }
    told = dict(line.split(maxsplit=1) for line in said.splitlines()[2:4])
    assert {
        data: {n for n in ("profiles", "units", "spreads") if n in words} for data, words in told.items()
    } == {
        "development": counted["develop"],
        "test": counted["test"],
    }
    assert "units" in counted["test"]


def test_what_only_a_later_attempt_makes_hopeless_is_refused_there_and_not_before(scheduled):
    scheduled.edit("at_least: 0.75, expected: 0.9", "at_least: 0.95, expected: 0.99")  # it is withheld
    team = Team(scheduled, attempts=3).lock()
    assert team.certify().sealed.startswith("Not certified: attempt 1 of 3.")
    with pytest.raises(
        assay.Hopeless, match=r"in attempt 2, which spends 0\.0005 of their alpha: accuracy: "
    ) as found:
        team.certify()
    assert found.value.code == "hopeless_criteria"
    with open_ledger(team.root) as ledger:
        assert len(ledger.state().runs) == 1, "no row was spent"
    done = team.certify(certify_a_hopeless_specification=True)
    assert done.attempt == 2
    with open_ledger(team.root) as ledger:
        _, decision = ledger.state().decisions.values()
    assert [b.split(": ")[:2] for b in decision.bypasses] == [["The plan called it hopeless", "accuracy"]]


def test_a_lock_is_planned_at_the_alpha_of_the_run_that_it_lets_begin(scheduled):
    scheduled.edit("at_least: 0.75, expected: 0.9", "at_least: 0.95, expected: 0.99")
    team = Team(scheduled, attempts=3).lock()
    team.certify()
    scheduled.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    with pytest.raises(assay.Hopeless, match=r"in attempt 2, "):
        team.lock(reason="the words were wrong")
    scheduled.test = people(4000, 9)  # nobody was judged on these
    scheduled.write()
    team.lock(reason="the words were wrong")
