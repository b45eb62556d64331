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


def test_labels_that_are_no_labels_are_an_error(folder):
    folder.develop = replaced(folder.develop, "bad", [2] * 2000)
    with pytest.raises(assay.SubjectError):
        assay.make_plan(folder.write())
