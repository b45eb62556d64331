"""The data against a population: shares by pandas, limits near those of statsmodels."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from assay.checks.catalogue import catalogue
from assay.checks.data.population import tabulate
from assay.checks.tabled import table_view
from assay.domain.evidence import Rates, Undefined
from assay.domain.vocabulary import Comparator
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Target


def found(sex, age, of: str, population: str):
    parameters = {"of": of, "population": population}
    view = table_view(
        tabulate,
        {"x": sex},
        label=np.zeros(len(sex), dtype=int),
        groups={"sex": (("women", "men"), sex), "age": (("young", "old"), age)},
        parameters=parameters,
    )
    return catalogue()["data.population"].count(view, arguments=parameters)


def test_shares_of_intersections_are_those_of_pandas_and_of_the_table() -> None:
    draw = np.random.default_rng(1)
    sex, age = draw.integers(-1, 2, 900), draw.integers(0, 2, 900)
    told = "women × young=30, women × old=40, men × young=20, men × old=25, unknown=5"
    counted = found(sex, age, "sex, age", told)
    assert isinstance(counted, Rates)
    sizes = pd.DataFrame({"sex": sex, "age": age}).groupby(["sex", "age"]).size()
    ours = {(c.family, c.label): (c.events, c.trials) for c in counted.cells}
    assert ours[("women × old", "in the data")] == (sizes[0, 1], 900)
    assert ours[("men × young", "in the population")] == (20, 120)
    assert len(ours) == 8


def test_a_limit_is_near_that_of_statsmodels() -> None:
    sex = np.array([0] * 620 + [1] * 380)
    counted = found(sex, sex, "sex", "women=260, men=240")
    pieces = PIECES[Rates](counted, Target(Comparator.AT_MOST, Decimal("0.15"), 0.05))
    worst = next(
        p for p in pieces.printed if p.family == "women" and p.between == ("in the data", "in the population")
    )
    _, upper = confint_proportions_2indep(620, 1000, 260, 500, method="newcomb", compare="diff", alpha=0.10)
    assert worst.upper == pytest.approx(upper, abs=0.005)
    assert worst.estimate == pytest.approx(0.10)


@pytest.mark.parametrize(
    ("of", "population"), [("race", "a=1"), ("", "a=1"), ("sex", "women=many, men=2"), ("sex", "women=3")]
)
def test_what_is_not_declared_is_not_evaluable(of: str, population: str) -> None:
    sex = np.array([0, 1])
    assert isinstance(found(sex, sex, of, population), Undefined)


def test_a_group_that_is_named_twice_is_refused() -> None:
    sex = np.array([0, 1] * 50)
    told = found(sex, sex, "sex", "women=10, men=10, women=5000, men=5000")
    assert isinstance(told, Undefined)
    assert "names 'women' twice" in told.detail
