"""A plan from the path of a specification alone."""

from __future__ import annotations

import pytest

import assay
from conftest import people, replaced  # type: ignore[import-not-found]


def test_a_plan_says_what_a_run_would_read_and_who_would_pass(folder):
    made = assay.make_plan(folder.write())
    assert made.rows == 4000
    assert made.reference == "develop"
    assert [p.criterion.id for p in made.criteria] == [
        "accuracy",
        "ranking",
        "approval-sex",
        "refusals-age",
        "complete",
    ]
    assert made.hopeless == ()
    assert 0.9 < made.all_pass <= 1
    assert made.answered == 0, "scores stand in a column, so that no model is asked"


def test_a_table_stands_in_for_a_file(folder):
    made = assay.make_plan(str(folder.write()), data={"test": people(40, 3)})
    assert made.rows == 40
    assert made.hopeless


def test_a_criterion_that_nobody_passes_is_told_and_refused(folder):
    folder.test = people(300, 3)
    path = folder.edit("at_least: 0.70, expected: 0.8", "at_least: 0.9999, expected: 0.99991").write()
    (hopeless,) = assay.make_plan(path).hopeless
    assert hopeless.criterion.id == "accuracy"
    with pytest.raises(assay.Hopeless, match="accuracy"):
        assay.certify(path, certify_without_a_lock=True)


def test_one_row_is_too_few_and_no_row_is_lost(folder):
    folder.test = people(1, 3)
    path = folder.write()
    assert assay.make_plan(path).rows_used == 1
    with pytest.raises(assay.Hopeless) as told:
        assay.certify(path, certify_without_a_lock=True)
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
    said = {p.criterion.id: p.said for p in assay.make_plan(path).criteria}
    assert said["ranking"].startswith("9 rows are too few")


def test_labels_that_are_no_labels_are_an_error(folder):
    folder.develop = replaced(folder.develop, "bad", [2] * 2000)
    with pytest.raises(assay.SubjectError):
        assay.make_plan(folder.write())
