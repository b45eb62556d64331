"""How often a run reads the rows that it judges, and asks the model about each: counted where files are read."""

from __future__ import annotations

import numpy as np
from benchmarks.passes import counted
from tests.app.conftest import Folder, replaced
from tests.app.test_questionnaires import judged_once

import assay

OF_EACH_PERSON = ("custody: validator", "custody: validator, unit: id")


def test_a_locked_run_looks_at_its_rows_sketches_them_and_judges_them_in_one_pass_that_asks_once(
    folder: Folder,
) -> None:
    with counted() as (read, asked):
        team = judged_once(folder)
    rows = team.folder.test.num_rows
    assert read["test"] == 3 * rows
    assert rows <= asked["test"] <= 1.1 * rows  # a second child answers some again


def test_a_rehearsal_looks_at_its_rows_and_judges_them(folder: Folder) -> None:
    path = folder.write()
    with counted() as (read, _):
        assay.certify(path, workers=0, rehearse=True)
    assert (read["develop"], read["test"]) == (2 * folder.develop.num_rows, 0)


def test_where_a_person_has_several_rows_the_judged_pass_is_still_one(folder: Folder) -> None:
    """Which row of a person counts is known when the rows were looked at, which takes one reading more."""
    for role in ("test", "develop"):
        table = getattr(folder, role)
        setattr(folder, role, replaced(table, "id", np.arange(table.num_rows) // 2))
    folder.edit(*OF_EACH_PERSON)
    path = folder.write()
    with counted() as (read, _):
        record = assay.certify(path, workers=0, certify_without_a_lock=True).record
    assert record.rows_used == folder.test.num_rows // 2
    assert read["test"] == 4 * folder.test.num_rows
