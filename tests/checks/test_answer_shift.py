"""Predictions that move too far, against the normal tail of a linear model and against NumPy's rounding."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import norm

from assay.checks.catalogue import catalogue
from assay.checks.robustness.answer_shift import ARGUMENTS, DAYS, tabulate
from assay.checks.tabled import table_view
from assay.domain.evidence import Rates

CHECK = catalogue()["robustness.answer_shift"]


def shifted(amount: np.ndarray, group: np.ndarray, **given: object) -> Rates:
    arguments = {**ARGUMENTS, **given}
    view = table_view(
        tabulate,
        {"amount": amount},
        label=[1.0] * len(amount),
        score=2 * amount,
        groups={"sex": (["women", "men"], group)},
        across=("sex",),
        model=lambda inputs: np.nan_to_num(2 * inputs["amount"]),
        known={"amount": amount},
        answers=DAYS,
        parameters=arguments,
    )
    counts = CHECK.count(view, across="sex", arguments=arguments)
    assert isinstance(counts, Rates)
    return counts


@pytest.fixture
def people() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    return draw.uniform(10, 90, 20_000).round(3), draw.integers(0, 2, 20_000)


@pytest.mark.parametrize("tolerance", ["2", "5", "9"])
def test_a_linear_model_moves_as_the_normal_tail_says(people, tolerance: str) -> None:
    amount, group = people
    for cell in shifted(amount, group, tolerance=Decimal(tolerance)).cells:
        expected = 2 * norm.sf(float(tolerance) / (2 * 0.1 * amount.std()))
        assert cell.events / cell.trials == pytest.approx(
            expected, abs=4 * np.sqrt(expected / cell.trials) + 1e-4
        )


def test_rounding_moves_what_numpy_moves(people) -> None:
    amount, group = people
    rounded = np.rint(amount)  # of numbers between 10 and 99 two digits are the whole ones
    for place, cell in enumerate(shifted(amount, group, change="rounding", tolerance=Decimal("0.5")).cells):
        assert cell.events == int((np.abs(2 * rounded - 2 * amount) > 0.5)[group == place].sum())


def test_lost_values_move_as_many_as_are_lost(people) -> None:
    amount, group = people
    for cell in shifted(amount, group, change="missingness", share=Decimal("0.2")).cells:
        assert cell.events / cell.trials == pytest.approx(0.2, abs=0.02)
