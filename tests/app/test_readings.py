"""How often a run reads the rows that it judges, and asks the model about each: counted where files are read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from benchmarks.passes import counted
from tests.app.conftest import Folder, replaced
from tests.app.team import Team
from tests.app.test_questionnaires import judged_once

import assay
from assay.app.judging import used_rows as telling
from assay.app.judging.case import open_case
from assay.app.judging.looking import look
from assay.app.judging.open_engine import open_engine
from assay.domain.used_rows import UsedRows

OF_EACH_PERSON = ("custody: validator", "custody: validator, unit: id")


def test_a_locked_run_looks_at_its_rows_and_judges_them_where_single_columns_tell_them_apart(
    folder: Folder,
) -> None:
    for name in ("assets", "debts", "rent"):
        for role in ("test", "develop"):
            table = getattr(folder, role)
            values = np.random.default_rng(len(name)).lognormal(8, 0.5, table.num_rows)
            setattr(folder, role, table.append_column(name, pa.array(values)))
        folder.dictionary += f"  - {{name: {name}, type: number, description: an amount, range: [0, null]}}\n"
    team = Team(folder).lock()
    with counted() as (read, _):
        team.certify()
    assert read["test"] == 2 * folder.test.num_rows


@pytest.mark.begins("locked")
def test_a_run_that_was_broken_off_does_not_look_at_its_rows_again(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(
            "assay.app.judging.certify.measure", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            team.certify()
    with counted() as (read, _):
        team.certify()
    assert read["test"] == team.folder.test.num_rows


def test_where_columns_tell_rows_apart_only_together_they_are_sketched_before_one_pass_that_asks_once(
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


def with_columns(folder: Folder, values: dict[str, int], rows: int) -> None:
    """More columns, each with so many different whole numbers, spread at random; and a day of each row."""
    rng = np.random.default_rng(7)
    table = folder.test.slice(0, rows).drop_columns(["income"])
    for at, (name, many) in enumerate(values.items()):
        table = table.append_column(name, pa.array(rng.integers(0, many, rows) * 7 + 1000 * at))
        folder.dictionary += f"  - {{name: {name}, type: integer, description: a number, unit: point}}\n"
    folder.dictionary = "".join(
        line for line in folder.dictionary.splitlines(keepends=True) if "income" not in line
    )
    folder.test = table


def kept_of(
    folder: Folder, earlier: tuple[UsedRows, ...] = (), beside: tuple[UsedRows, ...] | None = None
) -> UsedRows:
    with open_engine(path := folder.write(), workers=0) as engine:
        looked = look(open_case(path), engine, beside=earlier if beside is None else beside)
        return telling.used_rows(looked, engine, bytes(32), earlier)


@pytest.mark.parametrize("rows", [300, 4000])
@pytest.mark.parametrize(
    "values",
    [
        {"a": 40, "b": 50, "c": 60, "d": 70, "e": 80},
        {"a": 33, "b": 2000, "c": 40, "d": 10**9},
        {"a": 10**6, "b": 10**7, "c": 10**8},
        {"a": 35, "b": 34},
    ],
)
def test_the_groups_that_are_not_read_change_nothing_of_what_is_kept(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, values: dict[str, int], rows: int
) -> None:
    with_columns(folder, values, rows)
    few = kept_of(folder)
    again = kept_of(folder, (few,))
    monkeypatch.setattr(telling, "CERTAIN", 2.0)  # no column is certain, and every group could tell
    monkeypatch.setattr(telling, "DOUBT", 1e300)
    assert kept_of(folder) == few
    assert again.marks == few.marks
    assert few.marks
    for mark in few.marks:
        together = len({tuple(row.values()) for row in folder.test.select(list(mark.columns)).to_pylist()})
        assert together > 0.8 * rows


def test_a_column_that_an_earlier_run_documented_makes_no_group_whatever_the_look_sketched(
    folder: Folder,
) -> None:
    """Whoever replays a run looks at its rows beside no other, and is to find what the log keeps of them."""
    folder.test = folder.test.set_column(
        0, "id", pa.array(np.random.default_rng(3).permutation(4000) * 7 + 10**6)
    )
    few = kept_of(folder)
    folder.dictionary = "".join(
        line for line in folder.dictionary.splitlines(keepends=True) if "name: id," not in line
    )
    assert kept_of(folder, (few,)) == kept_of(folder, (few,), beside=())
