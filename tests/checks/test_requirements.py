"""What the data must at least have: against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assay.checks.catalogue import catalogue
from assay.checks.data.complete_rows import by_completeness
from assay.checks.data.enough_rows import by_label
from assay.checks.data.period import by_period
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Undefined


def rows(seed: int, n: int = 500) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "sex": draw.integers(0, 3, n),
            "y": draw.integers(-1, 2, n),
            "x": np.where(draw.random(n) < 0.1, np.nan, 1.0),
            "z": np.where(draw.random(n) < 0.1, np.nan, 1.0),
            "day": pd.Timestamp("2023-11-20") + pd.to_timedelta(draw.integers(0, 200, n), unit="D"),
        }
    )


def test_rows_and_events_of_the_smallest_group() -> None:
    data = rows(1)
    known = data[data["y"] >= 0]
    for across in ((), ("sex",)):
        view = table_view(
            by_label,
            {"x": known["x"].to_numpy()},
            label=known["y"].to_numpy(),
            groups={"sex": (("a", "b", "c"), known["sex"].to_numpy())},
            across=across,
        )
        of_each = (
            known.groupby("sex")["y"].agg(["size", "sum"])
            if across
            else known["y"].agg(["size", "sum"]).to_frame().T
        )
        least = (
            int(of_each["size"].min()),
            int(np.minimum(of_each["sum"], of_each["size"] - of_each["sum"]).min()),
        )
        named = "sex" if across else None
        assert catalogue()["data.rows"].count(view, across=named).found == least[0]
        assert catalogue()["data.events"].count(view, across=named).found == least[1]


def test_periods_with_enough_rows() -> None:
    data = rows(2)
    for period, letter in (("month", "M"), ("quarter", "Q"), ("year", "Y")):
        parameters = {"period": period, "rows": 50}
        days = data["day"].dt.strftime("%Y-%m-%d").tolist()
        view = table_view(by_period, {"day": days}, label=[0] * 500, time="day", parameters=parameters)
        found = catalogue()["data.period"].count(view, arguments=parameters)
        sizes = data.groupby(data["day"].dt.to_period(letter)).size()
        assert isinstance(found, Census)
        assert found.found == (sizes >= 50).sum()
        assert [n for _, n in found.details] == sizes.tolist()


def test_whole_numbers_are_dates_or_none() -> None:
    def periods(numbers: list[int], period: str) -> object:
        parameters = {"period": period, "rows": 1}
        view = table_view(
            by_period, {"day": np.array(numbers)}, label=[0] * len(numbers), time="day", parameters=parameters
        )
        counted = catalogue()["data.period"].count(view, arguments=parameters)
        return counted.found if isinstance(counted, Census) else counted

    days = [20240200 + day for day in range(1, 29)]
    assert (periods(days, "month"), periods(days, "year")) == (1, 1)
    assert (periods([202401, 202402, 202403], "year"), periods([202401, 202402, 202404], "quarter")) == (1, 2)
    assert periods([2023, 2024, 2024], "year") == 2
    for other, period in (
        ([2023, 2024], "month"),
        ([1704067200 + i for i in range(50)], "month"),
        ([20241350], "year"),
    ):
        said = periods(other, period)
        assert isinstance(said, Undefined)
        assert "a whole number such as 20241231" in said.detail


def test_a_day_that_stands_for_none_is_of_no_period() -> None:
    parameters = {"period": "month", "rows": 1}
    for blanks, days in (
        (["1900-01-01", "9999-12-31"], ["2024-01-05"] * 98),
        ([19000101, 99991231], [20240105] * 98),
    ):
        view = table_view(
            by_period, {"day": blanks + days}, label=[0] * 100, time="day", parameters=parameters
        )
        found = catalogue()["data.period"].count(view, arguments=parameters)
        assert isinstance(found, Census)
        assert (found.found, found.details) == (1, (("2024-01", 98),))


def test_complete_rows() -> None:
    data = rows(3)
    view = table_view(by_completeness, {"x": data["x"].to_numpy(), "z": data["z"].to_numpy()})
    complete = len(data.dropna(subset=["x", "z"]))
    assert catalogue()["data.complete_rows"].count(view) == Census(complete, 500, share=True)


def test_periods_are_not_counted_where_days_cannot_be_read() -> None:
    parameters = {"period": "month", "rows": 1}
    days = ["2024-01-15"] * 90 + ["15.02.2024"] * 10
    view = table_view(by_period, {"day": days}, label=[0] * 100, time="day", parameters=parameters)
    assert isinstance(catalogue()["data.period"].count(view, arguments=parameters), Undefined)


def test_an_infinite_number_is_no_value() -> None:
    view = table_view(by_completeness, {"x": np.array([1.0, np.inf, -np.inf, np.nan])})
    assert catalogue()["data.complete_rows"].count(view) == Census(1, 4, share=True)
