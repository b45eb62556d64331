"""Predictions that move too far, against the normal tail of a linear model and against NumPy's rounding."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import norm

from assay.checks.catalogue import catalogue
from assay.checks.robustness.answer_shift import ARGUMENTS, DAYS, tabulate
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Rates, Undefined
from assay.domain.vocabulary import Reason

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


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"change": "rounding", "digits": 15}, "made 0 of"),
        ({"change": "rounding", "digits": 5}, "made 0 of"),
        ({"change": "noise", "scale": Decimal("0.001")}, "made 0 of"),
        ({"tolerance": Decimal(200)}, "No prediction between 0 and 200 can move by more than 200"),
    ],
)
def test_a_change_that_leaves_the_rows_of_a_group_as_they_are_shows_nothing(people, given, said) -> None:
    amount, group = people
    still = np.rint(amount) % 9
    arguments = {**ARGUMENTS, **given}

    def counted(values, places):
        view = table_view(
            tabulate,
            {"amount": values.astype(np.int64)},
            label=[1.0] * len(values),
            groups={"sex": (["women", "men"], places)},
            across=("sex",),
            model=lambda inputs: 2.0 * inputs["amount"],
            known={"amount": values},
            dictionary=(Column(name="amount", type="integer", description="amount"),),
            answers=DAYS,
            parameters=arguments,
        )
        return CHECK.count(view, across="sex", arguments=arguments)

    found = counted(still, group)
    assert isinstance(found, Undefined)
    assert found.reason is Reason.NOT_MEASURED
    assert said in found.detail


def test_one_group_that_hardly_moves_is_enough_to_show_nothing(people) -> None:
    amount, group = people
    coarse = np.where(group == 1, np.rint(amount), amount)  # two digits are all that men have
    arguments = {**ARGUMENTS, "change": "rounding", "tolerance": Decimal("0.5")}
    view = table_view(
        tabulate,
        {"amount": coarse},
        label=[1.0] * len(amount),
        groups={"sex": (["women", "men"], group)},
        across=("sex",),
        model=lambda inputs: 2 * inputs["amount"],
        known={"amount": coarse},
        answers=DAYS,
        parameters=arguments,
    )
    found = CHECK.count(view, across="sex", arguments=arguments)
    assert isinstance(found, Undefined)
    assert f"made 0 of {int((group == 1).sum()):,} rows of 'men' others" in found.detail
