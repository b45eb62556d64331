"""A whole number of which one code is documented is no column of codes, which checks of numbers leave out: it is looked at, or nothing is said."""

from __future__ import annotations

import numpy as np
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column, ColumnType
from assay.domain.evidence import Undefined

CHECKS = ("data.near_duplicates", "data.outliers", "data.top_coding", "data.unit_shift")


def counted(
    metric: str,
    codes: dict[int | str, str] | None,
    values: np.ndarray,
    column: str = "",
    kind: ColumnType = "integer",
) -> object:
    check = catalogue()[metric]
    asked = {"column": column} if column else {}
    known = (
        Column(name="h", type=kind, description="h", codes=codes),
        Column(name="w", type="number", description="w"),
    )
    draw = np.random.default_rng(2)
    w = draw.normal(50, 10, len(values))
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        {"h": values, "w": w},
        label=[0] * len(values),
        others={"train": {"h": values, "w": w}},
        labels_of_others={"train": [0] * len(values)},
        dictionary=known,
        parameters=check.bind(asked),
    )
    return check.count(view, arguments=asked)


@pytest.mark.parametrize("metric", CHECKS)
def test_one_documented_code_hides_no_numbers(metric: str) -> None:
    heights = np.random.default_rng(1).normal(170, 10, 1000).round().astype(np.int64)
    found = counted(metric, {-9: "not asked"}, heights)
    assert isinstance(found, Undefined)
    assert (
        "documents codes of 'h', and 1,000 of 1,000 rows of 'test' have a number that is none of them"
        in found.detail
    )
    assert not isinstance(counted(metric, None, heights), Undefined)
    if metric != "data.near_duplicates":  # by its name it is looked at
        assert not isinstance(counted(metric, {-9: "not asked"}, heights, "h"), Undefined)


@pytest.mark.parametrize("metric", CHECKS)
def test_codes_stay_codes_though_a_few_rows_have_others(metric: str) -> None:
    grades = np.random.default_rng(1).integers(1, 5, 1000)
    grades[:20] = 7
    assert not isinstance(counted(metric, dict.fromkeys(range(1, 5), "a grade"), grades), Undefined)
    grades[:21] = 7
    assert isinstance(counted(metric, dict.fromkeys(range(1, 5), "a grade"), grades), Undefined)


@pytest.mark.parametrize("metric", CHECKS)
@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("category", {-9: "not asked"}),
        ("text", {-9: "not asked"}),
        ("boolean", None),
        ("category", dict.fromkeys(range(-200, 0), "occurs nowhere")),
    ],
)
def test_nor_does_another_name_for_numbers(
    metric: str, kind: ColumnType, codes: dict[int | str, str] | None
) -> None:
    heights = np.random.default_rng(1).normal(170, 10, 1000).round().astype(np.int64)
    assert isinstance(counted(metric, codes, heights, kind=kind), Undefined)


@pytest.mark.parametrize("metric", CHECKS)
def test_a_category_of_which_a_few_codes_are_forgotten_stays_one(metric: str) -> None:
    months_late = np.random.default_rng(1).integers(-2, 9, 1000)
    known: dict[int | str, str] = {code: "documented" for code in range(-2, 9) if code not in {-2, 0}}
    assert not isinstance(counted(metric, known, months_late, kind="category"), Undefined)


@pytest.mark.parametrize("metric", CHECKS[1:])
@pytest.mark.parametrize("kind", ["text", "date"])
def test_numbers_that_are_called_a_text_or_a_day_are_not_passed_over(metric: str, kind: ColumnType) -> None:
    """Where no inputs are declared nothing refuses such a column; near duplicates look at the numbers in it, whatever it is called."""
    heights = np.random.default_rng(1).normal(170, 10, 1000)
    found = counted(metric, None, heights, kind=kind)
    assert isinstance(found, Undefined)
    assert f"calls 'h' a {kind}, and 1,000 of 1,000 rows of 'test' have a number there" in found.detail
    assert not isinstance(counted(metric, None, heights, "h", kind=kind), Undefined)
    words = np.array(["tall", "small"] * 500, dtype=object)
    assert not isinstance(counted(metric, None, words, kind=kind), Undefined)
    assert not isinstance(counted(metric, None, np.full(1000, np.nan), kind=kind), Undefined)
