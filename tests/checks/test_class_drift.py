"""Drift of classes by time and by source: the shares of pandas, and a shift that is found without being told where to look."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.counting.confusion import THREE
from assay.checks.data import class_drift
from assay.checks.performance import class_decision_drift
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.assessment import Asked
from assay.domain.evidence import Rates, Statistic, Undefined
from assay.domain.judge import judge
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.assess import assess

TABBED = Answers(Task.MULTICLASS, classes=("a", "b", "b\tc"))
SITES = {"site": Attribute(column="site", groups={"north": ("n",), "south": ("s",)})}


def rows(seed: int, n: int = 3000, *, shifted: bool = False) -> pd.DataFrame:
    """Three classes at two sites over a year; where it is shifted, half of one class is called another in the south, in the last quarter."""
    draw = np.random.default_rng(seed)
    month, site = draw.integers(1, 13, n), draw.choice(["n", "s"], n)
    label = draw.choice(3, n, p=[0.5, 0.3, 0.2])
    moved = shifted & (month > 9) & (site == "s") & (label == 0) & (draw.random(n) < 0.8)
    return pd.DataFrame(
        {"day": [f"2024-{m:02}-10" for m in month], "site": site, "label": np.where(moved, 2, label)}
    )


def counted(
    frame: pd.DataFrame,
    *,
    time: str | None = "day",
    strata: Any = SITES,
    answers: Answers = THREE,
    decided: bool = False,
    **given: Any,
) -> Any:
    arguments = {"by": "", "period": "quarter", "join_below": 0, **given}
    view = table_view(
        (class_decision_drift if decided else class_drift).tabulate,
        {name: frame[name].tolist() for name in ("day", "site")},
        label=frame["label"].to_numpy(),
        score=np.eye(3)[frame["label"].to_numpy()],
        time=time,
        strata=strata,
        answers=answers,
        parameters=arguments,
    )
    id_ = "performance.class_decision_drift" if decided else "data.class_drift"
    return catalogue()[id_].count(view, arguments=arguments)


@pytest.mark.parametrize("decided", [False, True])
def test_the_shares_are_those_of_pandas(*, decided: bool) -> None:
    frame = rows(1)
    found = counted(frame, decided=decided)
    assert isinstance(found, Rates)
    cells = {(cell.family, cell.label): (cell.events, cell.trials) for cell in found.cells}
    assert len(cells) == 3 * (4 + 2)
    for code, name in enumerate(THREE.classes):
        mine = frame["label"] == code
        by_site = mine.groupby(frame["site"]).agg(["sum", "size"])
        for site, letter in (("north", "n"), ("south", "s")):
            assert cells[f"{name}, by site", site] == tuple(by_site.loc[letter])
        quarter = pd.PeriodIndex(frame["day"], freq="Q")
        by_quarter = mine.groupby(quarter).agg(["sum", "size"])
        for period, row in by_quarter.iterrows():
            assert cells[f"{name}, by time", str(period).replace("Q", "-Q")] == tuple(row)


@pytest.mark.parametrize("seed", range(20))
def test_a_class_that_another_rule_gives_is_found_and_nothing_where_there_is_none(seed: int) -> None:
    asked = Asked("drift", Comparator.AT_MOST, Decimal("0.10"), 0.05)
    for shifted, verdict in ((True, Verdict.FAIL), (False, Verdict.PASS)):
        counts = counted(rows(seed, 6_000, shifted=shifted), decided=seed % 2 == 1)
        (found,) = judge([assess(Statistic("data.class_drift", "", "test", counts), asked)])
        assert found.verdict is verdict


def test_what_is_not_declared_is_told() -> None:
    for given, said in (
        ({"time": None, "strata": {}}, "the specification declares none"),
        ({"strata": {}, "by": "site"}, "there are time"),
    ):
        found = counted(rows(2), **given)
        assert isinstance(found, Undefined)
        assert found.reason is Reason.NOT_MEASURED
        assert said in found.detail


def test_rows_without_a_label_are_in_no_share() -> None:
    frame = rows(3)
    some = frame.assign(label=frame["label"].where(frame.index >= 100, -1))
    (cell, *_) = counted(some, by="site").cells
    assert cell.trials == int((some["site"][some["label"] >= 0] == "n").sum())


def test_a_class_may_be_called_whatever_its_codes_are() -> None:
    families = {cell.family for cell in counted(rows(1), answers=TABBED).cells}
    assert families == {f"{name}, by {of}" for name in TABBED.classes for of in ("site", "time")}
