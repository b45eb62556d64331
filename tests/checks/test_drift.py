"""Label drift by time and by source: against pandas, and found in 20 seeds without being told where."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.counting.periods import period_name, periods_of
from assay.checks.data.label_drift import by_period
from assay.checks.data.source_drift import by_source
from assay.checks.tabled import table_view
from assay.domain.evidence import Rates, Undefined
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target
from assay.tally.dates import days_of


def drift(when, label, *, period: str = "month", join_below: int = 0):
    parameters = {"period": period, "join_below": join_below}
    view = table_view(by_period, {"day": when}, label=label, time="day", parameters=parameters)
    return catalogue()["data.label_drift"].count(view, arguments=parameters)


def some(seed: int, n: int = 3000, *, shifted: bool = False, months: int = 12):
    draw = np.random.default_rng(seed)
    day = np.datetime64("2023-05-01") + draw.integers(0, 30 * months, n)
    late = day >= np.datetime64("2024-02-01")
    label = (draw.random(n) < np.where(shifted & late, 0.45, 0.2)).astype(int)
    return [str(d) for d in day], label


@pytest.mark.parametrize(("period", "letter"), [("month", "M"), ("quarter", "Q"), ("year", "Y")])
def test_the_shares_are_those_of_pandas(period: str, letter: str) -> None:
    when, label = some(1)
    found = drift(when, label, period=period)
    assert isinstance(found, Rates)
    expected = pd.Series(label).groupby(pd.PeriodIndex(when, freq=letter)).agg(["sum", "size"])
    assert [(c.events, c.trials) for c in found.cells] == [tuple(row) for row in expected.to_numpy()]
    assert [c.label.replace("-Q", "Q") for c in found.cells] == [str(p) for p in expected.index]


def test_whole_numbers_are_periods_of_their_own_and_what_is_no_date_is_left_out() -> None:
    codes = periods_of(np.array([202401, 202312, np.nan, 2.5]), "month")
    assert [period_name(code, "month") for code in codes[:2].tolist()] == ["202401", "202312"]
    assert codes[0] > codes[1]
    assert codes[2:].tolist() == [-1, -1]
    texts = np.array(
        ["2024-03-01", "2024-03", "2024-13-01", "soon", None, "2024-03-31T23:59:00"], dtype=object
    )
    assert (periods_of(texts, "month") == periods_of(texts, "month")[0]).tolist() == [
        True,
        True,
        False,
        False,
        False,
        True,
    ]


def test_days_are_those_of_the_calendar() -> None:
    texts = np.array(["1900-01-01", "2024-02-29", "2023-02-29", "2024-02", None], dtype=object)
    assert days_of(texts).tolist() == [
        pd.Timestamp("1900-01-01").toordinal(),
        pd.Timestamp("2024-02-29").toordinal(),
        -1,
        -1,
        -1,
    ]


@pytest.mark.parametrize(
    ("rows", "joined"),
    [
        ((50, 3, 60), [("2024-01", 50), ("2024-02 to 2024-03", 63)]),
        ((50, 60, 3), [("2024-01", 50), ("2024-02 to 2024-03", 63)]),
        ((9, 9, 9, 9, 9, 9), [("2024-01 to 2024-03", 27), ("2024-04 to 2024-06", 27)]),
        ((3,), [("2024-01", 3)]),
    ],
)
def test_short_periods_are_joined_as_declared(rows: tuple[int, ...], joined: list[tuple[str, int]]) -> None:
    when = [f"2024-{month:02}-01" for month, n in enumerate(rows, start=1) for _ in range(n)]
    found = drift(when, [0] * len(when), join_below=20)
    if len(joined) == 1:
        assert isinstance(found, Undefined)
    else:
        assert [(c.label, c.trials) for c in found.cells] == joined


def test_a_column_of_seconds_makes_no_periods() -> None:
    found = drift(np.arange(1000) + 1_700_000_000, np.arange(1000) % 2)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED


def fails(seed: int, *, shifted: bool, at: str = "0.10") -> bool:
    found = drift(*some(seed, shifted=shifted), period="quarter")
    pieces = PIECES[type(found)](found, Target(Comparator.AT_MOST, Decimal(at), 0.05))
    return min(p.p_fail for p in pieces.printed) <= 0.05 / pieces.total


def test_a_shifted_period_is_found_and_none_is_invented() -> None:
    assert sum(fails(seed, shifted=True) for seed in range(20)) >= 19
    assert sum(fails(seed, shifted=False) for seed in range(20)) == 0


def test_sources_are_compared_within_their_stratum_only() -> None:
    draw = np.random.default_rng(2)
    rows = pd.DataFrame({"site": draw.choice(["a", "b", "c"], 900), "kind": draw.choice([1, 2], 900)})
    label = draw.integers(0, 2, 900)
    strata = {
        "site": Attribute(column="site", groups={"A": ("a",), "B": ("b",)}),
        "kind": Attribute(column="kind", groups={"one": (1,), "two": (2,)}),
    }
    view = table_view(
        by_source,
        {"site": rows["site"].tolist(), "kind": rows["kind"].to_numpy()},
        label=label,
        strata=strata,
        parameters={"source": ""},
    )
    found = catalogue()["data.source_drift"].count(view)
    assert isinstance(found, Rates)
    sums = {
        (family, name): (int(label[mine].sum()), int(mine.sum()))
        for family, name, mine in [
            ("kind", "one", rows["kind"].to_numpy() == 1),
            ("kind", "two", rows["kind"].to_numpy() == 2),
            ("site", "A", rows["site"].to_numpy() == "a"),
            ("site", "B", rows["site"].to_numpy() == "b"),
        ]
    }
    assert {(c.family, c.label): (c.events, c.trials) for c in found.cells} == sums
    assert PIECES[Rates](found, Target(Comparator.AT_MOST, Decimal("0.2"), 0.05)).total == 4


def test_a_quarter_that_writes_its_days_otherwise_is_not_left_out() -> None:
    when, label = some(1)
    unread = ["01.03.2024"] * 1000 + when[1000:]
    found = drift(unread, label)
    assert isinstance(found, Undefined)
    assert "1,000 of 3,000 rows of 'test' have no day in 'day' that can be read" in found.detail
    assert isinstance(drift(["01.03.2024"] * 60 + when[60:], label), Rates)  # 2 %
