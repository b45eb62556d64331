"""The sample against its frame: scipy's exact interval, all samples of a small frame enumerated, and pandas over a calendar."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, multinomial

from assay.checks.catalogue import catalogue
from assay.checks.counting.frames import by_part
from assay.checks.tabled import table_view
from assay.domain.assessment import Asked
from assay.domain.evidence import Census, Counts, RelativeRates, Statistic, Undefined
from assay.domain.judge import judge
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats.assess import assess

SITES = ("north", "south", "west")
STRATA = {"site": Attribute(column="site", groups={name: (name,) for name in SITES})}


def counted(metric: str, values: list[object], *, time: bool = False, **parameters: int | str) -> Counts:
    check = catalogue()[metric]
    bound = check.bind({"of": "time" if time else "site", **parameters})
    column = "day" if time else "site"
    view = table_view(
        by_part,
        {column: values},
        label=[0] * len(values),
        strata=STRATA,
        time=column if time else None,
        parameters=bound,
    )
    return check.count(view, arguments=bound)


def rows(*of: int) -> list[object]:
    return [name for name, n in zip(SITES, of, strict=True) for _ in range(n)]


def verdict(counts: Counts, comparator: Comparator, threshold: str) -> tuple[Verdict, object]:
    statistic = Statistic(metric="data.sampling", across="", data="test", counts=counts)
    judged = judge([assess(statistic, Asked("c", comparator, Decimal(threshold), 0.05))])[0]
    return judged.verdict, judged


def test_limits_are_those_of_scipy_divided_by_the_expected_share() -> None:
    found = counted("data.sampling", rows(450, 330, 220), frame="north=500, south=300, west=200")
    _, judged = verdict(found, Comparator.AT_MOST, "1.2")
    pieces = sorted(judged.assessment.pieces, key=lambda piece: piece.label)
    for piece, n, share in zip(pieces, (450, 330, 220), (0.5, 0.3, 0.2), strict=True):
        limits = binomtest(n, 1000).proportion_ci(0.90, "exact")  # one-sided at 0.05 each
        assert piece.estimate == pytest.approx(n / 1000 / share)
        assert piece.lower == pytest.approx(limits.low / share)
        assert piece.upper == pytest.approx(limits.high / share)


def test_fractions_weigh_the_parts() -> None:
    found = counted(
        "data.sampling",
        rows(50, 60, 90),
        frame="north=500, south=300, west=200",
        fractions="north=0.1,south=0.2,west=0.45",
    )
    assert isinstance(found, RelativeRates)
    assert [Fraction(c.expected).limit_denominator(1000) for c in found.cells] == [
        Fraction(50, 200),
        Fraction(60, 200),
        Fraction(90, 200),
    ]


@pytest.mark.parametrize("comparator", list(Comparator))
def test_a_sample_that_was_drawn_as_declared_is_seldom_accused(comparator: Comparator) -> None:
    # All samples of 24 rows from the three parts, with their probabilities: the rate of false alarms is exact.
    share, alarms = (0.5, 0.3, 0.2), 0.0
    for north in range(25):
        for south in range(25 - north):
            of = (north, south, 24 - north - south)
            found = counted("data.sampling", rows(*of), frame="north=50, south=30, west=20")
            if verdict(found, comparator, "1")[0] is Verdict.FAIL:
                alarms += multinomial.pmf(of, 24, share)
    assert 0 < alarms <= 0.05


@pytest.mark.parametrize("seed", range(20))
def test_a_site_where_half_of_the_rows_were_lost_is_found_and_none_is_on_clean_rows(seed: int) -> None:
    drawn = np.random.default_rng(seed).multinomial(2000, (0.5, 0.3, 0.2))
    frame = "north=50000, south=30000, west=20000"
    clean = verdict(counted("data.sampling", rows(*drawn), frame=frame), Comparator.AT_LEAST, "0.9")[0]
    lost = rows(drawn[0], drawn[1], drawn[2] // 2)
    assert verdict(counted("data.sampling", lost, frame=frame), Comparator.AT_LEAST, "0.9")[0] is Verdict.FAIL
    assert clean is not Verdict.FAIL


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"frame": "north=5"}, "from no part"),
        ({"frame": "north=many"}, "name=count"),
        ({"frame": "north=0"}, "no case"),
        ({"frame": "north=5", "fractions": "north=2"}, "name=share"),
        ({"frame": "north=5", "fractions": "south=0.2"}, "names 'north'"),
        ({"frame": "north=5", "of": "ward"}, "a stratum of the specification"),
        ({"frame": "north=5", "of": "time"}, "time where it says"),
    ],
)
def test_a_frame_that_does_not_fit_is_undefined_and_says_why(parameters: dict[str, str], said: str) -> None:
    found = counted("data.sampling", rows(3, 2, 1), **parameters)
    assert isinstance(found, Undefined)
    assert said in found.detail


@pytest.mark.parametrize(("period", "alias"), [("month", "M"), ("quarter", "Q"), ("year", "Y")])
def test_gaps_are_those_of_pandas_over_a_calendar(period: str, alias: str) -> None:
    draw = np.random.default_rng(4)
    days = pd.to_datetime("2021-01-01") + pd.to_timedelta(draw.integers(0, 1400, 40), unit="D")
    calendar = pd.period_range("2021-01-01", "2024-12-31", freq=alias)
    found = days.to_period(alias).value_counts().reindex(calendar, fill_value=0)
    names = [str(p).replace("Q", "-Q") for p in calendar]
    told = counted(
        "data.frame_coverage",
        [str(d.date()) for d in days],
        time=True,
        period=period,
        frame=f"{names[0]} to {names[-1]}",
    )
    assert isinstance(told, Census)
    gaps = [name for name, n in zip(names, found, strict=True) if n == 0]
    assert (told.found, told.details) == (len(gaps), tuple((f"{name}: no row", 1) for name in gaps))


def test_what_is_lacking_or_too_many_is_counted_by_part() -> None:
    told = counted("data.frame_coverage", [*rows(8, 12, 5), "at sea", None], frame="north=10, south=10")
    assert isinstance(told, Census)
    assert told.details == (
        ("north: lacking", 2),
        ("south: too many", 2),
        ("west: too many", 5),
        ("in no part: too many", 2),
    )
    assert told.found == 11


@pytest.mark.parametrize("first", range(7))
def test_each_seventh_case_is_complete_wherever_one_begins(first: int) -> None:
    frame = [name for name, n in zip(SITES, (40, 33, 27), strict=True) for _ in range(n)]
    every = {"frame": "north=40, south=33, west=27", "every": 7}
    told = counted("data.frame_coverage", frame[first::7], **every)
    assert isinstance(told, Census)
    assert told.found == 0
    lost = counted("data.frame_coverage", [n for n in frame[first::7] if n != "west"], **every)
    assert isinstance(lost, Census)
    assert lost.details == (("west: lacking", 3),)


def test_numbers_are_periods_of_their_own() -> None:
    told = counted("data.frame_coverage", [2020, 2020, 2022], time=True, frame="2020 to 2022=1")
    assert isinstance(told, Census)
    assert told.details == (("2020: too many", 1), ("2021: lacking", 1))
    wrong = counted("data.frame_coverage", [2020], time=True, frame="2022 to 2020")
    assert isinstance(wrong, Undefined)


@pytest.mark.parametrize(
    ("frame", "twice"),
    [("north=9999, north", "north"), ("2021=5000, 2020 to 2022", "2021")],
)
def test_a_part_that_is_named_twice_is_refused(frame: str, twice: str) -> None:
    numbers = twice.isdecimal()
    told = counted(
        "data.frame_coverage", [2020, 2021, 2022] if numbers else rows(3, 2, 1), time=numbers, frame=frame
    )
    assert isinstance(told, Undefined)
    assert f"names '{twice}' twice" in told.detail
