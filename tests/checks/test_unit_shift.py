"""Numbers in another unit: distances as scipy has them, planted units found, none invented."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from assay.checks.catalogue import catalogue
from assay.checks.data.unit_shift import Source, beyond_chance, distance, tabulate
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Undefined
from assay.domain.specification import Attribute
from assay.tally.coding import bins_of

SITES = {"site": Attribute(column="site", groups={name: (name,) for name in "abcd"})}


def found(columns, site=None, *, others=None, time=None) -> Census:
    rows = {**columns, **({"site": site} if site is not None else {})}
    strata = SITES if site is not None else {}
    view = table_view(tabulate, rows, strata=strata, time=time, others=others, parameters={"column": ""})
    counted = catalogue()["data.unit_shift"].count(view)
    assert isinstance(counted, Census)
    return counted


def source(values: np.ndarray) -> Source:
    return Source.of("", bins_of(values), np.ones(len(values), dtype=np.int64))


def test_a_distance_is_that_of_scipy() -> None:
    draw = np.random.default_rng(1)
    for shift in (0.0, 5.0, 40.0):
        one, two = draw.normal(170, 10, 300).round(), draw.normal(170 + shift, 12, 200).round()
        assert distance(source(one), source(two)) == pytest.approx(ks_2samp(one, two).statistic, abs=1e-12)


def test_the_same_distribution_is_beyond_chance_no_more_often_than_said() -> None:
    draw, beyond = np.random.default_rng(2), 0
    for _ in range(400):
        one, two = source(draw.poisson(3, 80).astype(float)), source(draw.poisson(3, 300).astype(float))
        beyond += distance(one, two) > beyond_chance(one, two, 0.05)
    assert beyond <= 20


def people(seed: int, n: int = 1200):
    draw = np.random.default_rng(seed)
    site = draw.choice(list("abcd"), n)
    sick = (site == "d").astype(float)
    return {
        "height": draw.normal(170 - 3 * sick, 10),
        "weight": draw.lognormal(4.3 + 0.1 * sick, 0.2),
        "income": draw.lognormal(8, 0.9 + 0.1 * sick),
        "glucose": draw.normal(5.5 + 0.5 * sick, 0.8),
        "temperature": draw.normal(37 + 0.2 * sick, 0.5),
        "visits": draw.poisson(2 + sick),
    }, site


@pytest.mark.parametrize(
    ("name", "convert", "said"),
    [
        ("height", lambda x: x / 2.54, "divided by 2.54"),
        ("weight", lambda x: x / 0.45359237, "divided by 0.4536"),
        ("income", lambda x: x * 12, "multiplied by 1"),
        ("income", lambda x: x * 100, "multiplied by "),
        ("glucose", lambda x: x * 18.0182, "multiplied by 18.02"),
        ("temperature", lambda x: x * 1.8 + 32, "as Fahrenheit"),
    ],
)
def test_a_planted_unit_is_found_and_named(name: str, convert, said: str) -> None:
    right = 0
    for seed in range(20):
        columns, site = people(seed)
        columns[name] = np.where(site == "b", convert(columns[name]), columns[name])
        told = found(columns, site.tolist())
        ((what, rows),) = told.details[:1]
        right += what.startswith(f"{name}, site b: {said}") and rows == (site == "b").sum()
    assert right >= 19


def test_sites_that_differ_a_little_are_not_named() -> None:
    alarms = sum(found(columns, site.tolist()).found > 0 for columns, site in map(people, range(20)))
    assert alarms <= 1


def test_a_whole_file_and_a_quarter_are_sources_too() -> None:
    draw = np.random.default_rng(3)
    test, train = draw.lognormal(8, 0.5, 500), draw.lognormal(8, 0.5, 900)
    told = found({"income": test * 1000}, others={"train": {"income": train}})
    assert told.details == (("income, all of test: multiplied by 1,000", 500),)
    late = np.arange(900) % 3 == 0
    days = np.where(late, "2024-05-01", "2024-01-01").tolist()
    told = found({"income": np.where(late, train / 100, train), "day": days}, time="day")
    assert ("income, time 2024-Q2: divided by 100", 300) in told.details
    for early, then, name in (
        (20240101, 20240501, "2024-Q2"),
        (202401, 202405, "2024-Q2"),
        (1, 2, "2"),
        (1704067200, 1714521600, "1714521600"),
    ):
        told = found(
            {"income": np.where(late, train / 100, train), "day": np.where(late, then, early)}, time="day"
        )
        assert (f"income, time {name}: divided by 100", 300) in told.details


def test_what_has_no_time_is_not_compared_over_time() -> None:
    rows = {"income": np.ones(900), "day": np.where(np.arange(900) % 10 == 0, np.nan, 2024.0)}
    view = table_view(tabulate, rows, time="day", parameters={"column": ""})
    counted = catalogue()["data.unit_shift"].count(view)
    assert isinstance(counted, Undefined)
    assert "90 of 900 rows" in counted.detail


def test_all_sources_in_another_unit_are_added_up_and_of_two_the_larger_one_counts() -> None:
    height = np.random.default_rng(1).normal(170, 10, 4000).round(1)
    site = np.array(list("abcd"))[
        np.arange(4000) * 10 // 4000 % 4
    ]  # a and b have 12 of 40 parts each, c and d 8
    shares = {name: int((site == name).sum()) for name in "abcd"}
    height[np.isin(site, ["c", "d"])] /= 2.54
    assert found({"height": height}, site.tolist()).found >= shares["c"] + shares["d"]
    two = np.where(np.arange(4000) < 1000, "a", "b")
    height = np.random.default_rng(1).normal(170, 10, 4000).round(1)
    height[two == "a"] /= 2.54
    assert found({"height": height}, two.tolist()).found == 3000


def test_a_stratum_called_data_is_seen_beside_the_whole() -> None:
    income = np.random.default_rng(3).lognormal(8, 0.5, 900)
    fed = np.where(np.arange(900) % 3 == 0, "b", "a").tolist()
    strata = {"data": Attribute(column="feed", groups={"a": ("a",), "b": ("b",)})}
    rows = {"income": np.where(np.arange(900) % 3 == 0, income * 1000, income), "feed": fed}
    view = table_view(tabulate, rows, strata=strata, parameters={"column": ""})
    counted = catalogue()["data.unit_shift"].count(view)
    assert isinstance(counted, Census)
    assert any(name.startswith("income, data b: ") for name, _ in counted.details)
