"""Missing values by period and by source: the shares are those of pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.data.missing_by_group import tabulate as by_group
from assay.checks.data.missing_by_period import by_period
from assay.checks.data.missing_by_source import by_source
from assay.checks.fairness.proxy_strength import tabulate as by_value
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Rates, Undefined
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Reason


def rows() -> pd.DataFrame:
    draw = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "income": np.where(draw.random(800) < 0.2, np.nan, 1.0),
            "job": np.where(draw.random(800) < 0.1, None, "clerk"),
            "site": draw.choice(["a", "b", "elsewhere"], 800),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 300, 800), unit="D"),
        }
    )


def counted(id_: str, function, **more) -> dict[tuple[str, str], tuple[int, int]]:
    data = rows()
    columns = {
        "income": data["income"].to_numpy(),
        "job": data["job"].tolist(),
        "site": data["site"].tolist(),
        "day": data["day"].dt.strftime("%Y-%m-%d").tolist(),
    }
    view = table_view(function, columns, inputs=("income", "job"), **more)
    found = catalogue()[id_].count(view, arguments=more["parameters"])
    assert isinstance(found, Rates)
    return {(c.family, c.label): (c.events, c.trials) for c in found.cells}


def test_by_quarter() -> None:
    data = rows()
    parameters = {"period": "quarter", "column": ""}
    found = counted("data.missing_by_period", by_period, time="day", parameters=parameters)
    expected = {}
    for name in ("income", "job"):
        for period, mine in data.groupby(data["day"].dt.to_period("Q"))[name]:
            expected[name, str(period).replace("Q", "-Q")] = (int(mine.isna().sum()), len(mine))
    assert found == expected


def test_by_site() -> None:
    data = rows()
    strata = {"site": Attribute(column="site", groups={"A": ("a",), "B": ("b",)})}
    found = counted(
        "data.missing_by_source", by_source, strata=strata, parameters={"source": "", "column": ""}
    )
    expected = {
        (f"{name}, site", code.upper()): (int(mine.isna().sum()), len(mine))
        for name in ("income", "job")
        for code, mine in data.groupby("site")[name]
        if code != "elsewhere"
    }
    assert found == expected


def test_rows_whose_day_cannot_be_read_are_not_left_out_in_silence() -> None:
    day = ["2024-01-15"] * 400 + ["2024-02-15"] * 400 + ["15.03.2024"] * 200
    parameters = {"period": "month", "column": ""}
    columns = {"income": [1.0] * 800 + [None] * 200, "day": day}
    view = table_view(by_period, columns, inputs=("income",), time="day", parameters=parameters)
    found = catalogue()["data.missing_by_period"].count(view, arguments=parameters)
    assert isinstance(found, Undefined)
    assert "200 of 1,000 rows" in found.detail


def test_a_column_that_is_not_in_the_file_is_named_and_rows_are_not_said_to_be_lacking() -> None:
    """Of two checks of groups that are handed no table, for the named column, or the inputs, are not there."""
    for id_, function, more in (
        ("data.missing_by_group", by_group, {}),
        ("fairness.proxy_strength", by_value, {"learnt_on": "train"}),
    ):
        view = table_view(
            function,
            {"age": [40, 50]},
            groups={"sex": (("women", "men"), [0, 1])},
            across=("sex",),
            others={"train": {"age": [40, 50]}},
            parameters={"column": "income", **more},
        )
        found = catalogue()[id_].count(view, across="sex", arguments={"column": "income", **more})
        assert isinstance(found, Undefined)
        assert found.reason is Reason.COLUMN_MISSING, id_
        assert found.detail == "The data set 'test' has no column 'income'."


def test_without_known_inputs_neither_label_nor_scores_are_looked_at_for_what_is_missing() -> None:
    view = table_view(
        by_group,
        {"age": [40, None], "label": [0, 1]},
        groups={"sex": (("women", "men"), [0, 1])},
        across=("sex",),
        inputs=(),
        parameters={"column": ""},
    )
    assert set(view.tables["test"]) == {"age"}


def test_blanks_and_infinite_numbers_are_missing() -> None:
    parameters = {"period": "month", "column": ""}
    day = ["2024-01-15"] * 200 + ["2024-02-15"] * 200
    columns = {
        "income": np.where(np.arange(400) < 250, 1.0, np.inf),
        "job": ["clerk"] * 300 + [""] * 60 + ["  "] * 40,
        "day": day,
    }
    view = table_view(by_period, columns, inputs=("income", "job"), time="day", parameters=parameters)
    found = catalogue()["data.missing_by_period"].count(view, arguments=parameters)
    assert isinstance(found, Rates)
    assert {(c.family, c.label): c.events for c in found.cells} == {
        ("income", "2024-01"): 0,
        ("income", "2024-02"): 150,
        ("job", "2024-01"): 0,
        ("job", "2024-02"): 100,
    }


@pytest.mark.parametrize("form", [int, str])
def test_a_code_that_the_dictionary_calls_not_asked_is_no_value(form: type) -> None:
    """It is documented, so that it stands for nothing missing to data.sentinel_values, and is there."""
    draw = np.random.default_rng(2)
    income = draw.integers(1, 5, 600)
    site = np.array(["a", "b"] * 300)
    lost = (site == "a") & (draw.random(600) < 0.5)
    income[lost] = -9
    income[(site == "b") & (draw.random(600) < 0.2)] = 0
    codes: dict[int | str, str] = {form(-9): " Not asked", form(0): "none"} | {
        form(i): f"band {i}" for i in range(1, 5)
    }
    parameters = {"source": "", "column": ""}
    view = table_view(
        by_source,
        {"income": [form(code) for code in income], "site": site.tolist()},
        strata={"site": Attribute(column="site", groups={"A": ("a",), "B": ("b",)})},
        dictionary=(Column(name="income", type="category", description="income", codes=codes),),
        inputs=("income",),
        parameters=parameters,
    )
    found = catalogue()["data.missing_by_source"].count(view, arguments=parameters)
    assert isinstance(found, Rates)
    assert [(c.label, c.events, c.trials) for c in found.cells] == [
        ("A", int(lost.sum()), 300),
        ("B", 0, 300),
    ]
