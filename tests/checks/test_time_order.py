"""Rows that come too early and features that come too late: against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assay.checks.catalogue import catalogue
from assay.checks.data.time_order import by_day, by_order
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census, Undefined


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
