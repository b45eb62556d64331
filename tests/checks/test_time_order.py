"""Rows that come too early and features that come too late: against pandas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.data.future_features import by_order
from assay.checks.data.time_overlap import by_day
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census, Undefined
from assay.tally.dates import days_of_numbers


def days(draw: np.random.Generator, first: str, n: int, span: int) -> pd.Series:
    return pd.Series(pd.Timestamp(first) + pd.to_timedelta(draw.integers(0, span, n), unit="D"))


def test_rows_before_the_last_training_row_are_those_of_pandas() -> None:
    draw = np.random.default_rng(1)
    train, test = days(draw, "2023-01-01", 300, 200), days(draw, "2023-06-01", 200, 200)
    expected = int((test < train.max()).sum())
    for as_written in (
        lambda s: s.dt.strftime("%Y-%m-%d").tolist(),
        lambda s: s.dt.strftime("%Y%m%d").astype(int).to_numpy(),
    ):
        others = {"train": {"day": as_written(train)}}
        view = table_view(by_day, {"day": as_written(test)}, others=others, time="day")
        found = catalogue()["data.time_overlap"].count(view)
        assert found == Census(expected, 200, share=True, details=(("train", expected),))


def test_dates_after_the_decision_are_those_of_pandas() -> None:
    draw = np.random.default_rng(2)
    rows = {name: days(draw, "2023-01-01", 400, 100) for name in ("decided", "report", "outcome")}
    rows["report"][::7] = pd.NaT
    known = tuple(Column(name=name, type="date", description=name) for name in rows)
    written = {
        name: [None if pd.isna(d) else d.strftime("%Y-%m-%d") for d in column]
        for name, column in rows.items()
    }
    parameters = {"decided": "decided", "later": "outcome"}
    view = table_view(by_order, written, dictionary=known, parameters=parameters)
    late = int((rows["report"] > rows["decided"]).sum())
    found = catalogue()["data.future_features"].count(view, arguments=parameters)
    assert found == Census(late, 400, share=True, details=(("report", late),))
    nothing = {"decided": "", "later": ""}
    view = table_view(by_order, written, dictionary=known, parameters=nothing)
    assert isinstance(catalogue()["data.future_features"].count(view), Undefined)


def future(report: Sequence[object], decided: Sequence[object]) -> object:
    known = tuple(Column(name=name, type="date", description=name) for name in ("decided", "report"))
    parameters = {"decided": "decided", "later": ""}
    rows = {"decided": decided, "report": report}
    view = table_view(by_order, rows, dictionary=known, parameters=parameters)
    return catalogue()["data.future_features"].count(view, arguments=parameters)


@pytest.mark.parametrize(
    ("report", "decided"),
    [
        ("2024-08-01", 202401),
        ("01/08/2024", "2024-01-15"),
        ("2024-08", "2024-01-15"),
        (20240801, "2024-01-15"),
        ("2024-08-01", None),
    ],
)
def test_dates_that_cannot_be_read_are_not_taken_for_early_ones(report: object, decided: object) -> None:
    found = future([report] * 400, [decided] * 400)
    assert isinstance(found, Undefined)
    assert "400 of 400 rows of 'test' have no day in 'report' or 'decided' that can be read" in found.detail
    assert "2024-12-31" in found.detail


def test_the_few_that_cannot_be_read_count_as_late() -> None:
    report = ["01/08/2024"] * 8 + ["2024-01-01"] * 392
    assert future(report, ["2024-01-15"] * 400) == Census(8, 400, share=True, details=(("report", 8),))
    assert isinstance(future([None] * 400, ["2024-01-15"] * 400), Undefined)  # nothing was looked at


def overlap(test: Sequence[object], train: Sequence[object]) -> object:
    view = table_view(by_day, {"day": test}, others={"train": {"day": train}}, time="day")
    return catalogue()["data.time_overlap"].count(view)


def test_rows_whose_day_cannot_be_read_are_not_taken_for_late_ones() -> None:
    train = ["2024-06-01"] * 100
    found = overlap(["01.01.2020"] * 399 + ["2025-01-01"], train)
    assert isinstance(found, Undefined)
    assert "399 of 400 rows of 'test' have no day in 'day'" in found.detail
    few = overlap(["01.01.2020"] * 4 + ["2025-01-01"] * 396, train)
    assert few == Census(4, 400, share=True, details=(("no day that can be read", 4),))
    found = overlap(["2025-01-01"] * 400, ["01.06.2025"] * 90 + ["2020-01-01"] * 10)
    assert isinstance(found, Undefined)
    assert "90 of 100 rows of 'train'" in found.detail


def test_numbers_are_not_compared_with_dates() -> None:
    found = overlap(np.array([202001] * 400), ["2024-06-01"] * 100)
    assert isinstance(found, Undefined)
    assert "others a number" in found.detail


@pytest.mark.parametrize(("train", "test"), [(202312, 20230115), (20231231, 202301), (2024, 202301)])
def test_numbers_that_say_days_months_and_years_are_not_compared(train: int, test: int) -> None:
    found = overlap(np.array([test] * 400), np.array([train] * 100))
    assert isinstance(found, Undefined)
    assert "such numbers are in no order" in found.detail
    assert isinstance(overlap(np.array([test] * 400), np.array([train] * 99 + [test])), Undefined)
    assert isinstance(
        overlap(np.array([test] * 400), np.array([train] * 99 + [7])), Undefined
    )  # one alone hides nothing


def test_numbers_that_are_no_dates_are_compared_as_they_are() -> None:
    weeks = np.arange(800, 1300)  # those from 1000 on could be years
    assert overlap(weeks + 500, weeks) == Census(0, 500, share=True)
    assert overlap(weeks, weeks) == Census(499, 500, share=True, details=(("train", 499),))
    assert overlap(np.arange(2000, 6000), np.arange(1000, 2000)) == Census(0, 4000, share=True)


def test_training_rows_whose_day_cannot_be_read_are_replaced_by_no_others() -> None:
    others = {"train": {"day": ["31.12.2024"] * 100}, "develop": {"day": ["2022-01-01"] * 100}}
    view = table_view(by_day, {"day": ["2023-01-01"] * 400}, others=others, time="day")
    found = catalogue()["data.time_overlap"].count(view)
    assert isinstance(found, Undefined)
    assert "100 of 100 rows of 'train'" in found.detail


NO_DAYS = ("9999-12-31", "2099-12-31", "2150-06-01", "1900-01-01", "1899-12-30", "1970-01-01T00:00:00Z")


@pytest.mark.parametrize("blank", NO_DAYS)
def test_a_day_that_stands_for_none_is_neither_late_nor_early(blank: str) -> None:
    train = ["2024-06-01"] * 100
    found = overlap([blank] * 100 + ["2025-01-01"] * 300, train)
    assert isinstance(found, Undefined)
    assert "100 of 400 rows of 'test' have no day in 'day' that can be read" in found.detail
    few = overlap([blank] * 4 + ["2025-01-01"] * 396, train)
    assert few == Census(4, 400, share=True, details=(("no day that can be read", 4),))
    assert isinstance(overlap(["2025-01-01"] * 400, [blank] * 90 + train), Undefined)
    if "T" not in blank:
        as_number = int(blank.replace("-", ""))
        found = overlap(np.array([as_number] * 100 + [20250101] * 300), np.array([20240601] * 100))
        assert isinstance(found, Undefined)
    found = future(["2024-08-01"] * 400, [blank] * 400)
    assert isinstance(found, Undefined)
    assert "400 of 400 rows" in found.detail


def test_seconds_are_not_compared_with_days() -> None:
    days, seconds = 19_700 + np.arange(100), 1_600_000_000 + 86_400 * np.arange(400)
    for test, train in ((seconds, days), (days, seconds)):
        found = overlap(test, train)
        assert isinstance(found, Undefined)
        assert "are of another size and lie far from each other" in found.detail
    assert overlap(np.arange(1000, 200_000), np.arange(1, 1000)) == Census(0, 199_000, share=True)
    assert overlap(np.array([2] * 400), np.array([1] * 100)) == Census(0, 400, share=True)


@pytest.mark.parametrize("written", ["01.08.2024", "8/1/2024", "1 August 2024", "20240801"])
def test_dates_in_a_column_of_texts_that_cannot_be_read_are_not_called_early(written: str) -> None:
    known = tuple(Column(name=n, type=t, description=n) for n, t in (("decided", "date"), ("paid", "text")))
    columns = {"decided": ["2024-06-30"] * 400, "paid": [written] * 400}
    view = table_view(
        by_order, columns, dictionary=known, time="decided", parameters={"decided": "", "later": ""}
    )
    found = catalogue()["data.future_features"].count(view)
    assert isinstance(found, Undefined)
    assert "400 of 400 rows of 'test' have no day in 'paid'" in found.detail


def test_days_in_a_column_of_texts_are_looked_at() -> None:
    known = tuple(Column(name=n, type=t, description=n) for n, t in (("decided", "date"), ("remark", "text")))
    remarks = (
        ["2024-08-01"] * 30 + ["2024-08-01: paid in full"] * 10 + ["2024-01-01"] * 60 + ["call again"] * 300
    )
    view = table_view(
        by_order,
        {"decided": ["2024-06-30"] * 400, "remark": remarks},
        dictionary=known,
        time="decided",
        parameters={"decided": "", "later": ""},
    )
    found = catalogue()["data.future_features"].count(view)
    assert found == Census(40, 400, share=True, details=(("remark", 40),))


def test_days_that_are_whole_numbers_are_looked_at_whatever_the_dictionary_calls_them() -> None:
    kinds = (("decided", "date"), ("report", "integer"), ("amount", "number"), ("case", "identifier"))
    known = tuple(Column(name=n, type=t, description=n) for n, t in kinds)
    draw = np.random.default_rng(4)
    report = days(draw, "2024-06-01", 400, 60).dt.strftime("%Y%m%d").astype(int)
    rows: dict[str, Sequence[object]] = {
        "decided": ["2024-06-30"] * 400,
        "report": report.to_numpy(),
        "amount": draw.integers(19_000_000, 21_000_000, 400).astype(float),
        "case": [20240801] * 400,
    }
    asked = {"decided": "decided", "later": ""}

    def found(reports: Sequence[object]) -> object:
        view = table_view(by_order, rows | {"report": reports}, dictionary=known, parameters=asked)
        return catalogue()["data.future_features"].count(view, arguments=asked)

    late = int((report > 20240630).sum())
    assert 0 < late < 400
    assert found(rows["report"]) == Census(late, 400, share=True, details=(("report", late),))
    few = [*report[:395].tolist(), 0, 999, 20240231, 20241301, 20240700]  # of which five are no days
    late = int((report[:395] > 20240630).sum()) + 5
    assert found(few) == Census(late, 400, share=True, details=(("report", late),))
    assert isinstance(found([*report[:300].tolist(), *range(100)]), Undefined)
    assert isinstance(found(list(range(400))), Undefined)  # no column of dates is left


def test_days_as_whole_numbers_are_those_of_the_calendar() -> None:
    draw = np.random.default_rng(5)
    numbers = np.append(draw.integers(10_000_101, 100_000_000, 20_000), [20240229, 20230229, -20240101, 1.5])
    known = [day.toordinal() if (day := _day(number)) else -1 for number in numbers.tolist()]
    assert days_of_numbers(numbers).tolist() == known
    assert known[20_000:] == [dt.date(2024, 2, 29).toordinal(), -1, -1, -1]


def _day(number: float) -> dt.date | None:
    text = f"{number:.0f}"
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])) if number > 9_999_999 else None
    except ValueError:
        return None
