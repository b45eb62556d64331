"""Designs of models: whole units on one side, one row of each, halves that balance, and the same draws for the same seed."""

import numpy as np
import pytest

from assay.tally.attacked import shadow_design
from assay.tally.refits import TrainingRows, one_of_each, parts, seed_of, some

UNITS = np.repeat(np.arange(101), 3)
ROWS = TrainingRows(UNITS % 2, UNITS)


@pytest.mark.parametrize("count", [2, 3, 5, 20])
def test_parts_hold_whole_units_and_differ_by_one_at_most(count: int):
    found = parts(ROWS, 4, count)
    of_unit = {unit: set(found[unit == UNITS]) for unit in range(101)}
    assert all(len(sides) == 1 for sides in of_unit.values())
    sizes = np.bincount([next(iter(sides)) for sides in of_unit.values()], minlength=count)
    assert sizes.sum() == 101
    assert sizes.max() - sizes.min() <= 1
    assert (found == parts(ROWS, 4, count)).all()
    assert (found != parts(ROWS, 5, count)).any()


def test_one_row_of_each_unit_is_drawn_and_not_always_the_first():
    among = np.flatnonzero(UNITS < 60)
    found = one_of_each(ROWS, 4, among)
    assert sorted(UNITS[found]) == list(range(60))
    assert set(found % 3) == {0, 1, 2}


def test_some_rows_are_all_of_few_and_so_many_of_many():
    rows = np.arange(50)
    assert some(rows, 1, "x", 50) is rows
    drawn = some(rows, 1, "x", 20)
    assert len(set(drawn)) == 20
    assert (np.diff(drawn) > 0).all()
    assert (drawn != some(rows, 1, "y", 20)).any()


def test_seeds_of_a_recipe_differ_and_are_ones_that_every_library_takes():
    seeds = [seed_of(2**63 + 5, place) for place in range(1000)]
    assert len(set(seeds)) == 1000
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_every_person_is_in_half_of_the_shadow_models_and_the_target_knows_its_members_alone():
    target, *shadows = shadow_design(ROWS, 9, shadows=6, most=1000)
    inside = np.stack([np.isin(np.arange(ROWS.n), fit.trained) for fit in shadows])
    assert (inside.sum(axis=0) == 3).all()
    assert all(abs(len(fit.trained) - ROWS.n / 2) <= 2 for fit in shadows)
    members, first, rest = (set(asking.rows) for asking in target.asked)
    assert members <= set(target.trained)
    assert not (first | rest) & set(target.trained)
    assert not first & rest
    assert len(members) + len(first) + len(rest) == 101
    assert all(fit.asked is target.asked for fit in shadows)
    assert len({fit.seed for fit in (target, *shadows)}) == 7
    few, *_ = shadow_design(ROWS, 9, shadows=2, most=10)
    assert (len(few.asked[0].rows), len(few.asked[1].rows) + len(few.asked[2].rows)) == (10, 10)
