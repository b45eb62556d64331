"""Releases in the log: each set of counts once, under one salt, and their epsilons add exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.world import World

from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.epsilon import Spent, epsilon_of, written
from assay.domain.refusal import Because, Refused
from assay.proof.leaf import state_of


def refused(because: Because):
    return pytest.raises(Refused, check=lambda e: e.refusal.because is because)


def spent(world: World, rows: str) -> Spent:
    return Spent.by(world.state.releases.values(), sha256_of(rows.encode()))


def test_the_epsilons_of_all_releases_add() -> None:
    world = World.with_policy()
    for number, epsilon in enumerate(("0.1", "0.2", "1")):
        world.release(f"counts {number}", epsilon)
    world.release("counts of others", "2.50", rows="other rows")
    assert spent(world, "test rows") == Spent("1.3", "3.8")
    assert spent(world, "other rows") == Spent("2.5", "3.8")
    assert spent(world, "rows of which nothing was released") == Spent("0", "3.8")


def test_the_same_counts_are_released_once_whatever_the_epsilon_and_the_data_set() -> None:
    world = World.with_policy()
    world.release("counts", "0.5")
    for epsilon, rows in (("0.5", "test rows"), ("2", "test rows"), ("0.5", "a copy of them")):
        with refused(Because.RELEASED_BEFORE) as wrong:
            world.release("counts", epsilon, rows)
        assert "released with an epsilon of 0.5 (entry 1)" in str(wrong.value)
    assert spent(world, "test rows").all == "0.5"


def test_an_entry_that_its_writer_forced_into_the_log_is_void() -> None:
    """Another salt would make the same counts look like others."""
    world = World.with_policy()
    world.release("counts")
    with refused(Because.ENTRY_UNREADABLE):
        world.release("the same, under another salt", salt=sha256_of(b"another"))
    body = {"counts": "counts", "rows": "rows", "epsilon": "1", "salt": sha256_of(b"salt of releases")}
    world.force(Action.RELEASED, sha256_of(b"drawn again"), body)
    state, void = state_of(world.leaves)
    assert [one.entry for one in void] == [2]
    assert len(state.releases) == 1


@pytest.mark.parametrize("epsilon", ["0", "0.0", "-1", "nan", "inf", "1e3", "1e999999999", "", "1.", "٣", "1" * 10, "0." + "1" * 10])  # fmt: skip
def test_an_epsilon_is_a_short_decimal_above_0(epsilon: str) -> None:
    """What an outsider folds is never as large as its writer likes."""
    with pytest.raises(ValueError, match="at most 9 digits"):
        epsilon_of(epsilon)
    with refused(Because.ENTRY_UNREADABLE):
        World.with_policy().release("counts", epsilon)


def test_the_smallest_epsilon_counts_beside_the_largest() -> None:
    tiny, huge = epsilon_of("0.000000001"), epsilon_of("999999999.999999999")
    assert written(tiny + huge) == "1000000000"
    assert written(Decimal("0.50")) == "0.5"


def test_a_release_without_one_of_its_parts_is_none() -> None:
    for part in ("counts", "rows", "epsilon", "salt"):
        world = World.with_policy()
        body = {"counts": "c", "rows": "r", "epsilon": "1", "salt": "s"}
        del body[part]
        with refused(Because.ENTRY_UNREADABLE):
            world.add(Action.RELEASED, sha256_of(b"table"), body)
