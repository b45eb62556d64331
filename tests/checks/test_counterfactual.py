"""Flips of an attribute and moves to a neighbour change what they say, and the shares are those of models whose answers are known."""

import numpy as np
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.examples import paired
from assay.checks.fairness.consistency import neighbour
from assay.checks.fairness.flip_rate import flip
from assay.domain.errors import SubjectError
from assay.tally.perturbation import ChangeContext


def context(n: int, **parameters) -> ChangeContext:
    return ChangeContext(
        rows=np.arange(n, dtype=np.uint64),
        seed=5,
        spreads={"income": 2.0, "children": 1.0},
        parameters=parameters,
        kinds={"income": "number", "children": "integer", "sex": "category"},
    )


def test_a_flip_swaps_two_codes_and_leaves_the_rest():
    columns = {"sex": np.array([1, 2, 2, 1]), "income": np.array([1.0, 2.0, 3.0, 4.0])}
    changed = flip(columns, context(4, column="sex", codes="1, 2"))
    assert changed["sex"].tolist() == [2, 1, 1, 2]
    assert changed["income"] is columns["income"]
    assert columns["sex"].tolist() == [1, 2, 2, 1]
    before = np.array(["f", "m", "d"] * 1000, dtype=object)
    words = flip({"sex": before}, context(3000, column="sex", codes="f,m,d"))["sex"]
    for code, others in {"f": {"m", "d"}, "m": {"f", "d"}, "d": {"f", "m"}}.items():
        assert set(words[before == code]) == others
        for other in others:
            assert np.mean(words[before == code] == other) == pytest.approx(0.5, abs=0.06)


def test_no_order_of_codes_hides_that_a_model_decides_by_them():
    """Codes 3 and 4 are refused. Of few are 2 and 4: the next code of nearly everybody was one that is treated alike."""
    race = np.random.default_rng(3).choice([1, 2, 3, 4], 4000, p=[0.49, 0.01, 0.49, 0.01])
    for codes in ("1, 2, 3, 4", "1, 3, 2, 4"):
        after = flip({"race": race}, context(4000, column="race", codes=codes))["race"]
        assert np.mean((race >= 3) != (after >= 3)) == pytest.approx(2 / 3, abs=0.04)


@pytest.mark.parametrize(
    ("columns", "codes", "said"),
    [
        ({"income": np.ones(3)}, "1, 2", "not fed"),
        ({"sex": np.array([1, 2, 3])}, "1, 2", "1 of 3 rows"),
        ({"sex": np.array([1.0, np.nan])}, "1, 2", "1 of 2 rows"),
        ({"sex": np.array([1, 2])}, "1", "two different codes"),
        ({"sex": np.array([1, 2])}, "f, m", "2 of 2 rows"),
    ],
)
def test_what_cannot_be_flipped_is_an_error_and_no_pass(columns, codes: str, said: str):
    with pytest.raises(SubjectError, match=said) as refused:
        flip(columns, context(len(next(iter(columns.values()))), column="sex", codes=codes))
    assert refused.value.code == "nothing_to_change"


def test_the_share_of_flips_is_that_of_a_model_whose_answers_are_known():
    """A model that asks income > 2 + (sex == 2): exactly incomes in (2, 3] change."""
    rng = np.random.default_rng(0)
    columns = {"sex": rng.integers(1, 3, 2000), "income": rng.uniform(0, 6, 2000)}
    label = rng.integers(0, 2, 2000)
    before, after = (
        (c["income"] > 2 + (c["sex"] == 2)).astype(int)
        for c in (columns, flip(columns, context(2000, column="sex", codes="1, 2")))
    )
    right, then = before == label, after == label
    view = paired(
        {"x": tuple(int(v.sum()) for v in (right & then, right & ~then, ~right & then, ~right & ~then))}
    )
    (cell,) = (
        catalogue()["fairness.flip_rate"]
        .count(view, across="g", arguments={"column": "sex", "codes": "1, 2"})
        .cells
    )
    between = (columns["income"] > 2) & (columns["income"] <= 3)
    assert (cell.events, cell.trials) == (int(between.sum()), 2000)


def test_a_neighbour_is_near_and_crosses_a_threshold_as_often_as_it_must():
    n = 40_000
    columns = {
        "income": np.random.default_rng(1).uniform(0, 1, n),
        "children": np.arange(n) % 4,
        "sex": np.ones(n, dtype=int),
    }
    changed = neighbour(columns, context(n, distance="0.1"))
    assert np.abs(changed["income"] - columns["income"]).max() <= 0.2
    assert changed["children"].dtype == columns["children"].dtype
    assert changed["sex"] is columns["sex"]
    crossed = np.mean((changed["income"] > 0.5) != (columns["income"] > 0.5))
    assert crossed == pytest.approx(0.1, abs=0.006)  # E|U(-.2, .2)| = .1 of a uniform number lie that near


def test_kept_and_changed_decisions_are_all():
    view = paired({"x": (10, 3, 4, 5), "y": (1, 0, 0, 1)})
    changed = catalogue()["fairness.flip_rate"].count(
        view, across="g", arguments={"column": "a", "codes": "1,2"}
    )
    kept = catalogue()["fairness.consistency"].count(view, across="g")
    assert [(c.events, c.trials) for c in changed.cells] == [(7, 22), (0, 2)]
    assert [(c.events, c.trials) for c in kept.cells] == [(15, 22), (2, 2)]
