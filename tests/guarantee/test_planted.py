"""Each planted defect is found by its criterion, and by no other on clean data: one seed of what `make guarantee` does."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from guarantee.bars import _planted
from guarantee.clinic import clinic, write_case
from guarantee.planted import DEFECTS, PAGE, Defect, judged
from guarantee.unfenced import unfenced

import assay
from assay.app.judging import open_engine
from assay.domain.vocabulary import Verdict
from assay.engine.in_process import InProcess

NAMED = {defect.name: defect for defect in DEFECTS}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_what_is_planted_is_found(defect: Defect) -> None:
    draw = np.random.default_rng(1)
    ((name, verdict),) = judged(defect.plant(clinic(draw), draw), (defect,))
    assert (name, verdict) == (defect.name, Verdict.FAIL)


@pytest.mark.parametrize(
    ("planted", "simpler"),
    [
        ("near copies", "shared rows"),
        ("swapped units in range", "swapped units"),
        ("sentinel in range", "swapped units"),
        ("leak of two columns", "leaked column"),
    ],
)
def test_a_simpler_check_lets_it_through(planted: str, simpler: str) -> None:
    """Each of these defects is there for what another criterion does not see."""
    draw = np.random.default_rng(6)
    asked = (NAMED[planted], NAMED[simpler])
    verdicts = dict(judged(NAMED[planted].plant(clinic(draw), draw), asked))
    assert verdicts == {planted: Verdict.FAIL, simpler: Verdict.PASS}


def test_without_children_the_same_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_engine, "executor_of", lambda _: InProcess())
    draw = np.random.default_rng(7)
    asked = [NAMED["leak of two columns"], NAMED["near copies"]]
    case = write_case(tmp_path, asked[0].plant(clinic(draw), draw), asked)
    settings = {"reuse": False, "certify_without_a_lock": True, "certify_a_hopeless_specification": True}
    in_children = assay.certify(case, **settings)
    with unfenced():
        here = assay.certify(case, **settings)
    assert here.record.statistics == in_children.record.statistics


def test_clean_data_raise_no_alarm() -> None:
    assert set(dict(judged(clinic(np.random.default_rng(2)))).values()) == {Verdict.PASS}


def test_planting_leaves_the_clean_rows_as_they_were() -> None:
    clean, other = clinic(np.random.default_rng(3)), clinic(np.random.default_rng(3))
    for defect in DEFECTS:
        defect.plant(clean, np.random.default_rng(4))
    for name, values in clean.test.items():
        assert (values == other.test[name]).all(), name


def test_the_page_has_every_defect_and_each_meets_the_bar() -> None:
    """19 of 20 seeds, and at most 5 of 100 clean data sets."""
    lines = [
        line.strip("|").split("|") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")
    ]
    head, _, *rows = [[cell.strip() for cell in line] for line in lines]
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["defect"] for row in found] == [defect.name for defect in DEFECTS]
    assert _planted({"": [dict(row) for row in found]}).met
    assert all(int(row["seeds"]) >= 20 and int(row["clean seeds"]) >= 100 for row in found)


def test_a_defect_that_is_missed_twice_misses_the_bar() -> None:
    row = {"found": 18, "seeds": 20, "false alarms": 0, "clean seeds": 100}
    assert not _planted({"": [row]}).met
    assert not _planted({"": [row | {"found": 20, "false alarms": 6}]}).met
    assert _planted({"": [row | {"found": 19, "false alarms": 5}]}).met


def test_overall_the_planted_reversal_is_hardly_a_gap() -> None:
    draw = np.random.default_rng(5)
    rows = NAMED["Simpson"].plant(clinic(draw), draw).test
    women, marked = rows["sex"] == "women", rows["score"].astype(float) >= 0.3
    assert abs(marked[women].mean() - marked[~women].mean()) < 0.10
    for department in ("surgery", "medicine"):
        here = rows["department"] == department
        assert marked[here & ~women].mean() - marked[here & women].mean() > 0.2
