"""Means of losses and their differences by bets: the figures, the search that is a proof, and the size by enumeration."""

from __future__ import annotations

import itertools
from decimal import Decimal

import numpy as np
import pytest
from guarantee.losses import SMALL, Small, samples_of
from guarantee.losses import tables as enumerated

from assay.domain.assessment import Asked
from assay.domain.evidence import Compare, LossCell, Losses, Summary
from assay.domain.vocabulary import Comparator
from assay.plan.losses import losses_prospect
from assay.stats.histogram import Undefined
from assay.stats.losses import (
    CLOSE,
    Losing,
    difference_bound,
    difference_p,
    least_evidence,
    summary_bound,
    summary_p,
)
from assay.stats.means import mixture_bound, mixture_p
from assay.stats.pieces.losses import losses_pieces
from assay.stats.pieces.pieces import Target

STEPS = 200


def cell(losses: np.ndarray, label: str = "", steps: int = STEPS) -> LossCell:
    """Losses in [0, 1] on a grid."""
    places, rows = np.unique(np.ceil(losses * steps).astype(int), return_counts=True)
    return LossCell(label, tuple(places.tolist()), tuple(rows.tolist()))


def drawn(n: int, scale: float, seed: int) -> np.ndarray:
    return np.minimum(np.abs(np.random.default_rng(seed).normal(0, scale, n)), 1.0)


def losing(losses: np.ndarray, summary: Summary = Summary.MEAN) -> Losing:
    return Losing.of(cell(losses), 1.0, STEPS, summary)


@pytest.mark.parametrize("n", [30, 400])
def test_limits_are_those_of_the_mixture_on_losses_that_were_rounded_to_the_worse_side(n: int) -> None:
    losses = drawn(n, 0.2, n)
    up, down = np.ceil(losses * STEPS) / STEPS, np.maximum(np.ceil(losses * STEPS) - 1, 0) / STEPS
    once = np.ones(n, dtype=int)
    found = summary_bound(losing(losses), 0.05)
    assert found.upper == pytest.approx(mixture_bound(up, once, low=0, high=1, alpha=0.05).upper, abs=2e-6)
    assert found.lower == pytest.approx(mixture_bound(down, once, low=0, high=1, alpha=0.05).lower, abs=2e-6)
    assert found.estimate == pytest.approx(losses.mean(), abs=0.5 / STEPS)
    at_least, at_most = summary_p(losing(losses), 0.25)
    assert at_most == pytest.approx(mixture_p(up, once, low=0, high=1, tau=0.25)[1], rel=1e-9)
    assert at_least == pytest.approx(mixture_p(down, once, low=0, high=1, tau=0.25)[0], rel=1e-9)


def test_a_root_mean_square_has_the_roots_of_the_limits_of_squares() -> None:
    losses = drawn(300, 0.2, 1)
    up = np.ceil(losses * STEPS) / STEPS
    squares = mixture_bound(up**2, np.ones(300, dtype=int), low=0, high=1, alpha=0.05)
    found = summary_bound(losing(losses, Summary.ROOT_MEAN_SQUARE), 0.05)
    assert found.upper == pytest.approx(squares.upper**0.5, abs=2e-6)
    assert found.estimate == pytest.approx(np.sqrt(np.mean(losses**2)), abs=1 / STEPS)


def test_a_loss_of_nothing_has_no_lower_limit_and_one_of_everything_no_upper_limit() -> None:
    assert summary_bound(losing(np.zeros(50)), 0.05).lower == 0
    assert summary_bound(losing(np.ones(50)), 0.05).upper == 1
    with pytest.raises(Undefined):
        losing(np.array([]))


def test_limits_nest() -> None:
    one, two = losing(drawn(80, 0.2, 2)), losing(drawn(60, 0.1, 3))
    for bound in (lambda a: summary_bound(one, a), lambda a: difference_bound(one, two, a)):
        for wide, narrow in itertools.pairwise(bound(alpha) for alpha in (0.001, 0.05, 0.3)):
            assert wide.lower <= narrow.lower <= narrow.estimate <= narrow.upper <= wide.upper


@pytest.mark.parametrize("summary", list(Summary))
@pytest.mark.parametrize("difference", [-0.1, 0.0, 0.15, 0.5])
def test_the_search_never_ends_above_the_least_evidence(difference: float, summary: Summary) -> None:
    one, two = losing(drawn(120, 0.3, 4), summary), losing(drawn(90, 0.2, 5), summary)
    places = np.linspace(max(0.0, -difference), min(1.0, 1 - difference), 4_001)
    brute = float(np.min(one.against_at_least(places + difference) + two.against_at_most(places)))
    found = least_evidence(one, two, difference)
    assert brute - CLOSE - 0.01 <= found <= brute + 1e-9


def test_a_difference_turns_its_sign_with_the_groups() -> None:
    one, two = losing(drawn(120, 0.3, 6)), losing(drawn(90, 0.2, 7))
    there, back = difference_bound(one, two, 0.05), difference_bound(two, one, 0.05)
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower), abs=1e-6)
    assert difference_p(one, two, 0.1) == pytest.approx(difference_p(two, one, -0.1)[::-1])


def test_a_p_value_meets_the_limit() -> None:
    one, two = losing(drawn(150, 0.3, 8)), losing(drawn(150, 0.2, 9))
    upper = difference_bound(one, two, 0.05).upper
    assert difference_p(one, two, upper + 0.005)[1] <= 0.05
    assert difference_p(one, two, upper - 0.01)[1] > 0.05


@pytest.mark.parametrize(
    "small", [SMALL[0], SMALL[4], Small((3, 3), 2, "0.4"), Small((8, 8), 1, "0.1")], ids=str
)
def test_a_bad_model_is_certified_with_at_most_alpha_whatever_its_losses(small: Small) -> None:
    ((row,),) = enumerated((small,)).values()
    assert float(str(row["certified wrongly"])) <= 0.05
    assert float(str(row["certified wrongly by point estimates"])) > 0.2


def test_all_samples_are_listed_once() -> None:
    found = samples_of(4, 3)
    assert len(found) == 15
    assert {tuple(one) for one in found.tolist()} == {
        one for one in itertools.product(range(5), repeat=3) if sum(one) == 4
    }


def test_pairs_follow_reference_and_focus() -> None:
    cells = tuple(cell(drawn(20, 0.1, i), name) for i, name in enumerate("abc"))
    target = Target(Comparator.AT_MOST, Decimal("0.9"), 0.05)

    def pairs(**fields: object) -> set[str]:
        counts = Losses(cells, 1.0, STEPS, compare=Compare.DIFFERENCE, **fields)  # type: ignore[arg-type]
        return {piece.label for piece in losses_pieces(counts, target).printed}

    assert len(pairs()) == 6
    assert pairs(reference="a") == {"a against b", "b against a", "a against c", "c against a"}
    assert pairs(focus=("c",)) == {"a against c", "c against a", "b against c", "c against b"}


def test_a_group_without_rows_is_named() -> None:
    counts = Losses((cell(drawn(50, 0.1, 1), "a"), LossCell("b", (), ())), 1.0, STEPS)
    made = losses_pieces(counts, Target(Comparator.AT_MOST, Decimal("0.9"), 0.05))
    assert [nothing.label for nothing in made.undefined] == ["b"]
    assert not made.all_pass


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: LossCell("", (1, 1), (2, 3)), "increasing"),
        (lambda: LossCell("", (1,), (-1,)), "whole number"),
        (lambda: Losses((), 0.0, 10), "above 0"),
        (lambda: Losses((LossCell("", (11,), (1,)),), 1.0, 10), "outside"),
        (lambda: Losses((), 1.0, 10, compare=Compare.RATIO), "differences"),
    ],
)
def test_losses_that_cannot_be_are_refused(make, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        make()


def asked(threshold: str) -> Asked:
    return Asked("c", Comparator.AT_MOST, Decimal(threshold), 0.05)


@pytest.mark.parametrize(("n", "threshold"), [(300, "0.101"), (2000, "0.088")])
def test_the_planned_power_is_that_of_such_losses(n: int, threshold: str) -> None:
    counts = Losses((cell(drawn(n, 0.1, 0)),), 1.0, STEPS)
    prospect = losses_prospect(counts, asked(threshold), None)
    assert not isinstance(prospect, str)
    planned = prospect.passes(0.1 * (2 / np.pi) ** 0.5, 1.0)
    tau = float(threshold)
    realised = np.mean([summary_p(losing(drawn(n, 0.1, seed)), tau)[1] <= 0.05 for seed in range(150)])
    assert planned == pytest.approx(realised, abs=0.12)
    assert 0.1 < planned < 0.95


@pytest.mark.parametrize(
    ("n", "m", "tau"),
    [(400, 400, "0.027"), (650, 2300, "0.021"), (170, 220, "0.033"), (170, 3200, "0.033")],
)
def test_the_planned_power_of_a_gap_is_near(n: int, m: int, tau: str) -> None:
    spread = 0.06
    cells = (cell(drawn(n, spread, 0), "a"), cell(drawn(m, spread, 1), "b"))
    prospect = losses_prospect(Losses(cells, 1.0, STEPS, compare=Compare.DIFFERENCE), asked(tau), None)
    assert not isinstance(prospect, str)
    planned = prospect.passes(0.0, 1.0)
    passed = []
    for seed in range(40):
        pair = (cell(drawn(n, spread, 2 * seed + 10), "a"), cell(drawn(m, spread, 2 * seed + 11), "b"))
        one, two = (Losing.of(c, 1.0, STEPS, Summary.MEAN) for c in pair)
        passed.append(
            max(difference_p(one, two, float(tau))[1], difference_p(two, one, float(tau))[1]) <= 0.05
        )
    assert planned == pytest.approx(np.mean(passed), abs=0.2)
    # What is called hopeless is so whatever the losses are: never what such losses pass.
    assert prospect.at_best(0.0, 1.0) >= planned


def test_the_planned_power_of_a_gap_between_groups_that_lose_nothing_is_that_of_the_rule() -> None:
    cells = (LossCell("a", (0,), (2000,)), LossCell("b", (0,), (2000,)))
    prospect = losses_prospect(Losses(cells, 1.0, STEPS, compare=Compare.DIFFERENCE), asked("0.1"), None)
    assert not isinstance(prospect, str)
    assert prospect.passes(0.0, 1.0) == prospect.at_best(0.0, 1.0) == 1.0
