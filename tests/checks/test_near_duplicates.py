"""Near duplicates against all pairs by brute force."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.data.near_duplicates import tabulate
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Census, Undefined

WITHIN = Decimal("0.02")


def found(test, train) -> Census:
    parameters = {"within": WITHIN, "other": "any"}
    view = table_view(tabulate, test, others={"train": train}, parameters=parameters)
    counted = catalogue()["data.near_duplicates"].count(view, arguments=parameters)
    assert isinstance(counted, Census)
    return counted


def columns(numbers: np.ndarray, kind: np.ndarray):
    return {**{f"x{i}": c for i, c in enumerate(numbers.T)}, "kind": kind.tolist()}


def near(test, train, kinds, known, by: float) -> int:
    """Rows of which another one differs by at most this share in each number, and not in kind."""
    ratio = np.abs(np.log(np.abs(test[:, None, :]) / np.abs(train[None, :, :])))
    close = (ratio <= np.log1p(by)).all(axis=2) & (np.sign(test[:, None]) == np.sign(train[None])).all(axis=2)
    return int((close & (kinds[:, None] == known[None, :])).any(axis=1).sum())


@pytest.mark.parametrize("seed", range(5))
def test_all_that_are_close_are_found_and_none_that_is_far(seed: int) -> None:
    draw = np.random.default_rng(seed)
    train = draw.lognormal(3, 1, (600, 4)) * draw.choice([-1, 1], (600, 4))
    test = draw.lognormal(3, 1, (400, 4)) * draw.choice([-1, 1], (400, 4))
    known, kinds = draw.choice(["a", "b"], 600), draw.choice(["a", "b"], 400)
    copied = draw.choice(600, 80, replace=False)
    test[:80] = train[copied] * (1 + draw.uniform(-0.0005, 0.0005, (80, 4)))
    kinds[:80] = known[copied]
    kinds[:10] = np.where(known[copied[:10]] == "a", "b", "a")  # these are other rows
    counted = found(columns(test, kinds), columns(train, known))
    exactly = near(test, train, kinds, known, 0.001)
    assert exactly >= 70
    assert near(test, train, kinds, known, float(WITHIN)) >= counted.found >= 0.9 * exactly
    assert counted.by_chance == 0


def test_people_who_look_alike_by_chance_are_not_called_copies() -> None:
    draw = np.random.default_rng(7)
    train, test = draw.integers(1, 40, (1000, 2)), draw.integers(1, 40, (1000, 2))
    none = np.array([""] * 1000)
    counted = found(columns(test, none), columns(train, none))
    assert counted.found == counted.by_chance > 100


def scored_elsewhere(test, train, *known: Column):
    view = table_view(
        tabulate,
        test,
        others={"train": train},
        inputs=(),
        time="day",
        dictionary=known,
        parameters={"within": WITHIN, "other": "any"},
    )
    return catalogue()["data.near_duplicates"].count(view)


def test_another_number_or_day_of_the_same_person_hides_no_copy() -> None:
    """Of scores in a column no inputs are named, and all that is documented was compared, the number of the row too."""
    draw = np.random.default_rng(8)
    x = draw.lognormal(3, 1, (500, 3))
    more = {"id": np.arange(500), "day": ["2023-01-01"] * 500}
    train = {**{f"x{i}": c for i, c in enumerate(x.T)}, **more}
    test = {**train, "id": np.arange(500) + 10_000, "day": ["2024-01-01"] * 500}
    known = [Column(name=f"x{i}", type="number", description="x") for i in range(3)]
    known += [Column(name="id", type="identifier", description="who"), Column(name="day", type="date", description="when")]  # fmt: skip
    counted = scored_elsewhere(test, train, *known)
    assert isinstance(counted, Census)
    assert (counted.found, counted.total) == (500, 500)
    said = scored_elsewhere({**test, "x0": [str(value) for value in x[:, 0]]}, train, *known)
    assert isinstance(said, Undefined)
    assert "500 of 500 rows of 'test' have a text there" in said.detail


def test_a_copy_whose_texts_are_spelt_otherwise_is_near() -> None:
    draw = np.random.default_rng(9)
    numbers = draw.lognormal(3, 1, (500, 3))
    words = draw.choice(["north", "south-east", "west"], 500)
    for other in (
        str.upper,
        str.title,
        lambda w: f" {w}",
        lambda w: w.replace("-", " "),
        lambda w: w + "\u200b",
    ):
        spelt = np.array([other(word) for word in words])
        assert found(columns(numbers, spelt), columns(numbers, words)).found == 500
    assert (
        found(columns(numbers, np.roll(words, 1)), columns(numbers, words)).found
        == (words == np.roll(words, 1)).sum()
    )


def test_documented_codes_are_told_apart_however_alike_they_are_written() -> None:
    draw = np.random.default_rng(9)
    numbers = draw.lognormal(3, 1, (500, 3))
    known = (
        *(Column(name=f"x{i}", type="number", description="x") for i in range(3)),
        Column(name="kind", type="category", description="grade", codes={"A": "good", "A-": "less good"}),
    )

    def of(kind: str) -> dict[str, list[object]]:
        return columns(numbers, np.array([kind] * 500))

    parameters = {"within": WITHIN, "other": "any"}
    check = catalogue()["data.near_duplicates"]
    for test, train, expected in (("A", "A-", 0), ("A-", "A-", 500), ("b", "B", 500)):
        view = table_view(
            tabulate, of(test), others={"train": of(train)}, parameters=parameters, dictionary=known
        )
        assert check.count(view, arguments=parameters).found == expected  # type: ignore[union-attr]
