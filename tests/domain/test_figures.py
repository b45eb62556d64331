"""Numbers as they are printed: limits never rounded in the model's favour."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.domain import figures

finite = st.floats(-1e6, 1e6, allow_nan=False)


def value(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


@given(finite)
def test_limits_are_rounded_outwards(x: float) -> None:
    assert value(figures.lower(x)) <= Decimal(repr(x)) <= value(figures.upper(x))


@given(finite)
def test_three_significant_digits_at_least(x: float) -> None:
    if abs(x) > 1e-9:
        assert math.isclose(float(value(figures.number(x))), x, rel_tol=5.1e-3)


@given(finite, st.decimals(-100, 100, places=3))
def test_an_estimate_never_looks_equal_to_a_threshold_it_misses(x: float, threshold: Decimal) -> None:
    if abs(Decimal(repr(x)) - threshold) > Decimal("1e-11"):
        assert value(figures.against(x, threshold)) != threshold


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (figures.number(0.87123), "0.8712"),
        (figures.number(None), "–"),
        (figures.number(math.nan), "–"),
        (figures.number(math.inf), "∞"),
        (figures.number(-0.0162), "−0.0162"),
        (figures.number(0.0), "0"),
        (figures.number(1.0451), "1.045"),
        (figures.against(0.79996, Decimal("0.80")), "0.79996"),
        (figures.against(0.8, Decimal("0.80")), "0.8000"),
        (figures.threshold(Decimal("0.80")), "0.80"),
        (figures.threshold(Decimal("1E+3")), "1,000"),
        (figures.lower(0.8), "0.8000"),
        (figures.upper(0.94746), "0.9475"),
        (figures.percent(Decimal("0.02")), "2\N{NO-BREAK SPACE}%"),
        (figures.percent(0.285), "28.5\N{NO-BREAK SPACE}%"),
        (figures.percent(0.0), "0.0\N{NO-BREAK SPACE}%"),
        (figures.percent(0.87), "87.0\N{NO-BREAK SPACE}%"),
        (figures.percent(Decimal("0.80")), "80\N{NO-BREAK SPACE}%"),
        (figures.percent_lower(0.27849), "27.84\N{NO-BREAK SPACE}%"),
        (figures.percent_upper(0.30203), "30.21\N{NO-BREAK SPACE}%"),
        (figures.percent_upper(0.000933), "0.0933\N{NO-BREAK SPACE}%"),
        (figures.percent_against(0.09978, Decimal("0.10")), "9.98\N{NO-BREAK SPACE}%"),
        (figures.confidence(0.05), "0.95"),
        (figures.reached(1.0), "over 0.9999"),
        (figures.reached(0.91799), "0.9179"),
        (figures.reached(0.03), "under 0.5"),
        (figures.about(999), "999"),
        (figures.about(153_078), "about 154,000"),
        (figures.about(1_000), "about 1,000"),
        (figures.whole(35.0), "35"),
        (figures.whole(0.001), "0.00100"),
        (figures.count(15_000), "15,000"),
    ],
)
def test_examples(shown: str, text: str) -> None:
    assert shown == text


@given(st.floats(-1, 1, allow_nan=False))
def test_limits_of_shares_are_rounded_outwards(x: float) -> None:
    low, high = (
        value(f(x).removesuffix(figures.PERCENT)) for f in (figures.percent_lower, figures.percent_upper)
    )
    assert low <= Decimal(repr(x)) * 100 <= high
