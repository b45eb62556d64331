"""Rows of few different values: fresh ones are not taken for used ones, and used ones do not pass for fresh, whatever is done to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from tests.tally.test_sketch import sketch
from tests.world import World

from assay.domain.refusal import Refused
from assay.domain.state.runs import shared
from assay.domain.used_rows import SPENT_FROM, Over, Overlap, UsedRows

Rows = np.ndarray
Draw = Callable[[np.random.Generator, int], Rows]


def small_numbers(rng: np.random.Generator, n: int) -> Rows:
    """Six columns of five uneven values each."""
    chances = (0.3, 0.25, 0.2, 0.15, 0.1)
    return sum(rng.choice(5, n, p=chances) * 16**k for k in range(6))


def applicants(rng: np.random.Generator, n: int) -> Rows:
    """Years of experience, the points of a test, education and whether they were suited: all whole numbers."""
    years = np.floor(rng.integers(0, 48, n) * rng.random(n)).astype(int)
    points = rng.normal(60, 15, n).round().clip(0, 100).astype(int)
    education = rng.integers(1, 5, n)
    suited = rng.random(n) < 1 / (1 + np.exp(4.2 - 0.05 * points - 0.35 * education - 0.03 * years))
    return years + 100 * points + 20_000 * education + 100_000 * suited


def measured(rng: np.random.Generator, n: int) -> Rows:
    """Rows that repeat now and then: 1 % of them."""
    return rng.integers(0, 100 * n, n)


DRAWS: dict[str, Draw] = {"six": small_numbers, "applicants": applicants}


def used(rows: Rows, file: str, *columns: str) -> UsedRows:
    return UsedRows(len(rows), file, (Over(columns or ("inputs", "label"), sketch(rows)),))


def against(rows: Rows, earlier: Rows) -> Overlap:
    return used(rows, "sha256:b").overlap(used(earlier, "sha256:a"))


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
@pytest.mark.parametrize(
    ("rows", "earlier"), [(4000, 4000), (2000, 2000), (1000, 1000), (2000, 4000), (3000, 2000)]
)
def test_fresh_rows_that_coincide_by_chance_are_refused_in_at_most_a_twentieth_of_all_cases(
    draw: Draw, rows: int, earlier: int
) -> None:
    """24 independent pairs of sets in each of ten cases, of which one may be refused."""
    found = []
    for seed in range(24):
        rng = np.random.default_rng((seed, rows, earlier))
        found.append(against(draw(rng, rows), draw(rng, earlier)))
    assert sum(overlap.share >= SPENT_FROM for overlap in found) <= 1
    told = [overlap for overlap in found if overlap.chance is not None]
    for overlap in told:
        assert overlap.chance is not None
        assert overlap.chance.alike == pytest.approx(overlap.chance.expected, abs=0.06)
    assert rows < 2000 or len(told) == 24


def test_the_error_is_as_large_as_it_says() -> None:
    """Of 60 independent pairs the estimate errs no more than its standard error, on either side of nothing."""
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        found.append(against(applicants(rng, 4000), applicants(rng, 4000)).chance)
    errors = [one.used / one.error for one in found if one is not None]
    assert len(errors) == 60
    assert np.std(errors) < 1.1
    assert abs(np.mean(errors)) < 0.6  # the largest of four estimates is a little above nothing


def novel(rng: np.random.Generator, n: int) -> Rows:
    return rng.integers(2**40, 2**50, n)


def perturbed(rng: np.random.Generator, rows: Rows, share: float) -> Rows:
    """A share of the rows gets a neighbouring value in one column."""
    changed = rng.random(len(rows)) < share
    return np.where(changed, rows + rng.choice([1, -1, 16, -16, 100, -100], len(rows)), rows)


def replaced(rng: np.random.Generator, rows: Rows, share: float) -> Rows:
    """A share of the rows gets values that nobody ever had."""
    return np.where(rng.random(len(rows)) < share, novel(rng, len(rows)), rows)


def attacks(rng: np.random.Generator, rows: Rows, draw: Draw) -> Iterator[tuple[str, Rows]]:
    """What a developer can do to rows whose results are known, so that they look like others."""
    n = len(rows)
    values, times = np.unique(rows, return_counts=True)
    single = values[times == 1]
    for share in (0.0, 0.1, 0.2, 0.3):
        yield f"{share:.0%} perturbed", perturbed(rng, rng.permutation(rows), share)
        yield f"{share:.0%} replaced", replaced(rng, rows, share)
        yield f"{share:.0%} fresh", np.concatenate([rows[int(share * n) :], draw(rng, int(share * n))])
    yield "half of them fresh", np.concatenate([rows[n // 2 :], draw(rng, n // 2)])
    yield "drawn again with replacement", rng.choice(rows, n)
    yield "drawn again, 30% replaced", replaced(rng, rng.choice(rows, n), 0.3)
    yield "half of them twice", np.repeat(rows[: n // 2], 2)
    yield "drawn again, each twice", np.repeat(rng.choice(rows, n // 2), 2)
    yield (
        "drawn again, each twice, and made-up pairs",
        np.concatenate(
            [np.repeat(rng.choice(rows, 35 * n // 100), 2), np.repeat(novel(rng, 15 * n // 100), 2)]
        ),
    )
    yield "all twice, 30% replaced", np.repeat(replaced(rng, rows, 0.3), 2)
    yield "with made-up pairs", np.concatenate([rows, np.repeat(novel(rng, n // 2), 2)])
    yield (
        "30% replaced, with made-up pairs",
        np.concatenate([replaced(rng, rows, 0.3), np.repeat(novel(rng, n // 5), 2)]),
    )
    yield "with one row many times", np.concatenate([rows, np.repeat(rows[:1], n // 10)])
    yield "with a made-up row many times", np.concatenate([rows, np.repeat(novel(rng, 1), n // 10)])
    yield "with some rows ten times", np.concatenate([rows, np.repeat(rows[: n // 40], 10)])
    yield (
        "with as many of few values",
        np.concatenate([replaced(rng, rows, 0.3), rng.integers(2**60, 2**60 + n // 2, n)]),
    )
    yield "half of them", rows[: n // 2]
    yield "half of them, 30% replaced", replaced(rng, rows[: n // 2], 0.3)
    yield "those that stand there once", single
    yield "those that stand there more often", rows[~np.isin(rows, single)]
    yield (
        "drawn from those once, and made-up ones",
        np.concatenate([rng.choice(single, 7 * n // 10), novel(rng, 3 * n // 10)]),
    )
    yield (
        "among ten times as many, most in pairs",
        np.concatenate([replaced(rng, rows, 0.3), np.repeat(novel(rng, 35 * n // 10), 2), novel(rng, 3 * n)]),
    )


@pytest.mark.parametrize("draw", [*DRAWS.values(), measured], ids=[*DRAWS, "measured"])
@pytest.mark.parametrize("count", [1000, 4000])
def test_used_rows_never_pass_for_fresh_ones_whatever_is_done_to_them(draw: Draw, count: int) -> None:
    for seed in range(5):
        rng = np.random.default_rng((seed, count))
        rows = draw(rng, count)
        missed = [name for name, made in attacks(rng, rows, draw) if against(made, rows).share < SPENT_FROM]
        assert missed == []


def test_where_no_row_repeats_in_one_of_the_sets_chance_excuses_nothing() -> None:
    """As without chance: to the row a tenth, and rows that were copied in the later set alone are no chance."""
    rows, fresh = np.arange(2000), np.arange(10_000, 11_801)
    assert against(np.concatenate([rows[:199], fresh]), rows).share == 199 / 2000
    assert against(np.concatenate([rows[:200], fresh[:1800]]), rows).share == SPENT_FROM
    copied = against(np.concatenate([rows[:200], np.repeat(fresh[:900], 2)]), rows)
    assert (copied.share, copied.chance) == (200 / 1100, None)


def test_whoever_has_the_same_identifier_is_not_alike_by_chance() -> None:
    """Households with several rows each: other months of the same ones are no other households."""
    rng = np.random.default_rng(2)
    months = [rng.integers(0, 3000, 4000) for _ in range(2)]
    first, second = (used(rows, f"sha256:{k}", "household") for k, rows in enumerate(months))
    assert second.overlap(first).share > 0.7
    assert second.overlap(first).chance is None


def test_what_cannot_be_told_is_refused_and_the_sentence_says_so() -> None:
    rng = np.random.default_rng(3)
    few = [rng.integers(0, 60, 4000) for _ in range(2)]
    world = World.decided("withheld")
    world.run(used(few[0], "sha256:" + "a" * 64))
    with pytest.raises(Refused) as told:
        world.run(used(few[1], "sha256:" + "b" * 64))
    assert told.value.refusal.sentence.startswith(
        "These test rows hold so few different values that fresh rows cannot be told from those of the judged run of entry"
    )
    assert "4,000 of 4,000 coincide, about 4,000 expected by chance" in told.value.refusal.sentence


def test_fresh_rows_of_few_values_are_a_first_attempt_and_what_coincides_is_told() -> None:
    rng = np.random.default_rng(4)
    world = World.decided("withheld")
    for k in range(4):  # of each of the earlier sets it has some by chance
        world.run(used(applicants(rng, 4000), f"sha256:{k:064}"), attempt=1)
    last = world.state.runs[max(world.state.runs)]
    assert len(last.overlaps) == 3
    told = [shared(world.state.runs[entry], overlap) for entry, overlap in last.overlaps]
    assert all("expected by chance" in one and "were used" not in one for one in told)


@pytest.mark.parametrize("rows", [500, 700, 900])
def test_fresh_small_sets_that_share_less_than_a_tenth_with_each_of_four_are_no_used_rows(rows: int) -> None:
    """20 times five independent sets, of which each shares less than a tenth with each other one by chance; one may be refused."""
    refused, told = 0, []
    for seed in range(20):
        rng = np.random.default_rng((seed, rows))
        world = World.decided("withheld")
        for k in range(4):
            world.run(used(applicants(rng, rows), f"sha256:{k:064}"), attempt=1)
        fresh = used(applicants(rng, rows), "sha256:f")
        refused += bool(world.state.overlapping(fresh))
        told += [shared(run, overlap) for run, overlap in world.state.overlaps(fresh)]
    assert refused <= 1
    assert len(told) == 80
    assert sum("were used" in one for one in told) <= 4
    assert all("expected by chance" in one for one in told)


def test_rows_used_beyond_chance_are_told_as_used_below_a_tenth() -> None:
    rng = np.random.default_rng(6)
    earlier = measured(rng, 2000)
    overlap = against(np.concatenate([earlier[:100], measured(rng, 1900)]), earlier)
    assert 0.04 < overlap.share < SPENT_FROM
    assert overlap.beyond > 0.04
    assert not overlap.by_chance


@pytest.mark.parametrize("rows", [1000, 4000])
def test_a_set_pieced_together_from_many_is_spent_though_each_gave_less_than_a_tenth(rows: int) -> None:
    """Of rows that repeat hardly ever; copies that make an estimate vague hide no piece."""
    rng = np.random.default_rng((7, rows))
    sets = [measured(rng, rows) for _ in range(12)]
    earlier = [used(one, f"sha256:{k}") for k, one in enumerate(sets)]
    for share in (0.02, 0.05, 0.08):
        pieces = np.concatenate([one[: int(share * rows)] for one in sets])
        rest = rows - len(pieces)
        made = {
            "fresh": measured(rng, rest),
            "one row": np.repeat(novel(rng, 1), rest),
            "fifty rows": rng.choice(novel(rng, 50), rest),
            "pairs": np.repeat(novel(rng, rest // 2), 2),
            "a used row": np.repeat(pieces[:1], rest),
        }
        passed = [
            name
            for name, others in made.items()
            if used(np.concatenate([pieces, others]), "sha256:p").together(earlier).share < SPENT_FROM
        ]
        assert passed == []


def test_rows_that_several_earlier_sets_had_are_counted_once() -> None:
    rng = np.random.default_rng(8)
    one = measured(rng, 2000)
    later = used(np.concatenate([one[:80], measured(rng, 1920)]), "sha256:l")
    earlier = [used(np.concatenate([one, measured(rng, k)]), f"sha256:{k}") for k in (1, 2, 3, 4)]
    assert later.together(earlier).share < SPENT_FROM


def test_a_set_pieced_together_from_many_of_few_values_is_spent() -> None:
    """Of each of nine sets it has a ninth or less, and 24 of a hundred of its rows were any set's by chance."""
    rng = np.random.default_rng(5)
    sets = [applicants(rng, 3000) for _ in range(9)]
    pieced = np.concatenate([one[:270] for one in sets])
    earlier = [used(one, f"sha256:{k}") for k, one in enumerate(sets)]
    assert used(pieced, "sha256:p").together(earlier).share > 0.5
    fresh = used(applicants(rng, 2430), "sha256:f")
    assert fresh.together(earlier).share < SPENT_FROM
