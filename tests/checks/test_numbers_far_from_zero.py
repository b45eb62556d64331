"""Numbers that lie close together for their size, such as days since 1900, and those that only name things, are told apart or not judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census, Counts, Rates, Scores, Undefined

Numbers = NDArray[Any]
N = 3000


def count(
    metric: str, columns: Mapping[str, Any], given: dict[str, str], across: str | None = None, **more: Any
) -> Counts:
    check = catalogue()[metric]
    view = table_view(
        check.need.tabulate,  # type: ignore[attr-defined]
        columns,
        parameters=check.bind(given),
        across=(across,) if across else (),
        **more,
    )
    return check.count(view, across=across, arguments=given)


def ranked(test: Mapping[str, Any], label: Numbers, train: Mapping[str, Any], learnt: Numbers) -> Counts:
    """How columns alone rank the labels, learnt on training rows with theirs."""
    others = {"others": {"train": train}, "labels_of_others": {"train": learnt}}
    return count("data.leaking_columns", test, {}, label=label, **others)


def area(negatives: tuple[int, ...], positives: tuple[int, ...]) -> float:
    below = np.cumsum(negatives) - np.array(negatives) / 2
    return float((below * positives).sum() / (sum(negatives) * sum(positives)))


def told(kind: str, of: Numbers, draw: np.random.Generator) -> Numbers:
    """Numbers that tell a label or a group."""
    if kind == "days and hours since 1900":
        return 45321 + 0.4 * of + 0.3 * draw.random(len(of))
    if kind == "the last of thirteen digits":
        return 10**12 + of
    if kind == "more digits than a float has":
        return np.asarray(2**60 + of)
    return 2 * draw.integers(0, 300, len(of)) + of


KINDS = (
    "days and hours since 1900",
    "the last of thirteen digits",
    "more digits than a float has",
    "odd or even",
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_that_tells_the_label_or_the_group_is_found_wherever_it_lies(kind: str) -> None:
    draw = np.random.default_rng(7)
    learnt, judged = draw.integers(0, 2, N), draw.integers(0, 2, N)
    train, test = {"x": told(kind, learnt, draw)}, {"x": told(kind, judged, draw)}
    found = ranked(test, judged, train, learnt)
    assert isinstance(found, Scores)
    assert max(area(cell.negatives, cell.positives) for cell in found.cells) > 0.99
    groups = (("women", "men"), judged)
    by = count(
        "fairness.proxy_strength", test, {}, "sex", groups={"sex": groups},
        others={"train": train}, groups_of_others={"train": {"sex": learnt}},
    )  # fmt: skip
    assert isinstance(by, Rates)
    shares = {(cell.family, cell.label): cell.events / cell.trials for cell in by.cells}
    families = {family for family, _ in shares}
    assert max(shares[f, "women"] - shares[f, "men"] for f in families) > 0.9


@pytest.mark.parametrize("kind", ["the last of thirteen digits", "odd or even"])
def test_numbers_that_tell_nothing_are_not_accused(kind: str) -> None:
    draw = np.random.default_rng(8)
    learnt, judged, other = (draw.integers(0, 2, N) for _ in range(3))
    train, test = {"x": told(kind, other, draw)}, {"x": told(kind, draw.integers(0, 2, N), draw)}
    found = ranked(test, judged, train, learnt)
    assert isinstance(found, Scores)
    assert all(abs(area(cell.negatives, cell.positives) - 0.5) < 0.05 for cell in found.cells)


def test_numbers_that_are_not_told_apart_are_not_called_clean() -> None:
    draw = np.random.default_rng(9)
    learnt, judged = draw.integers(0, 2, N), draw.integers(0, 2, N)

    def close(of: Numbers) -> Numbers:
        return 10**15 + of * 10**6 + draw.integers(0, 10**6, N)

    found = ranked({"x": close(judged)}, judged, {"x": close(learnt)}, learnt)
    assert isinstance(found, Undefined)
    assert "not told apart" in found.detail
    by = count(
        "fairness.proxy_strength", {"x": close(judged)}, {}, "sex", groups={"sex": (("women", "men"), judged)},
        others={"train": {"x": close(learnt)}}, groups_of_others={"train": {"sex": learnt}},
    )  # fmt: skip
    assert isinstance(by, Undefined)
    assert "not told apart" in by.detail


def test_a_sensitive_value_that_its_class_gives_away_is_not_close() -> None:
    place = np.repeat(np.arange(20), 50)
    columns = {"place": place, "illness": 25_000 + place}
    asked = {"quasi_identifiers": "place", "sensitive": "illness"}
    found = count("privacy.t_closeness", columns, asked)
    assert isinstance(found, Undefined)
    assert "within .1 % of a more frequent one" in found.detail
    known = tuple(
        Column(name=n, type=t, description=n) for n, t in (("place", "integer"), ("illness", "text"))
    )
    named = count("privacy.t_closeness", columns, asked, dictionary=known)
    assert isinstance(named, Census)
    assert (named.found, named.total) == (19, 20)  # each class has one of twenty equally frequent values
    spread = {"place": place, "illness": np.random.default_rng(1).lognormal(10, 1, 1000).round()}
    assert isinstance(count("privacy.t_closeness", spread, asked), Census)


def test_an_end_is_not_looked_at_where_nothing_beside_it_is_told_from_it() -> None:
    draw = np.random.default_rng(2)
    cut = np.minimum(draw.normal(0, 100, 4000).round(1), 100)
    for far in (1_000_000, 50_000):
        found = count("data.top_coding", {"x": far + cut}, {})
        assert isinstance(found, Undefined), far
    assert isinstance(near := count("data.top_coding", {"x": cut}, {}), Census)
    assert near.found == (cut == 100).sum()
    years = count("data.top_coding", {"x": draw.integers(2010, 2025, 4000)}, {})
    assert years == Census(0, 4000, share=True)


def test_numbers_further_out_than_those_of_training_are_outliers_however_large_they_are() -> None:
    draw = np.random.default_rng(3)
    far = np.r_[draw.random(1900), np.full(100, 1.2)]
    for base in (0, 2_460_000.5):
        found = count(
            "data.outliers", {"x": base + far}, {}, label=[0] * 2000,
            others={"train": {"x": base + draw.random(4000)}}, labels_of_others={"train": [0] * 4000},
        )  # fmt: skip
        assert isinstance(found, Rates)
        assert found.cells[0].events >= 100, base


@pytest.mark.parametrize("text", [False, True])
def test_a_new_code_is_new_whatever_its_size_and_whatever_the_column_is_called(text: bool) -> None:
    known = (
        Column(name="branch", type="integer", description="branch", codes={1: "one", 2: "two", 9: "nine"}),
    )
    new, old = 9, 1
    if text:
        known = (Column(name="branch", type="text", description="branch"),)
        new, old = 2**40 + 1, 2**40
    found = count(
        "data.category_conformity", {"branch": [new] * 300 + [old] * 700}, {}, label=[0] * 1000, dictionary=known,
        others={"train": {"branch": [old] * 500}}, labels_of_others={"train": [0] * 500},
    )  # fmt: skip
    assert isinstance(found, Rates)
    assert [(cell.events, cell.trials) for cell in found.cells] == [(300, 1000)]
