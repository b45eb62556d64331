"""Rows of few different values: fresh ones are not taken for used ones, and used ones do not pass for fresh, whatever is done to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from tests.tally.test_sketch import SALT
from tests.world import World

from assay.domain.refusal import Refused
from assay.domain.sketch import Sketch
from assay.domain.state.runs import shared
from assay.domain.used_rows import SPENT_FROM, Over, Overlap, UsedRows
from assay.tally.hashes import Hashes, column_hash, mixed, number_words
from assay.tally.sketch import SketchTally

Rows = np.ndarray
"""One line a row, one column a column of the data."""
Draw = Callable[[np.random.Generator, int], Rows]


def questionnaire(columns: int, shares: tuple[float, ...]) -> Draw:
    """Answers on one scale, and what they make likely; ``shares``: of each value of the scale."""

    def draw(rng: np.random.Generator, n: int) -> Rows:
        answers = rng.choice(len(shares), (n, columns), p=shares)
        mean = float(np.arange(len(shares)) @ np.asarray(shares))
        score = ((answers - mean) * np.arange(1, columns + 1)).sum(axis=1) / columns
        return np.column_stack([answers, rng.random(n) < 1 / (1 + np.exp(-2 * score))])

    return draw


small_numbers = questionnaire(6, (0.3, 0.25, 0.2, 0.15, 0.1))
"""Six answers on one scale of five, uneven."""


def applicants(rng: np.random.Generator, n: int) -> Rows:
    """Years of experience, the points of a test, education and whether they were suited: all whole numbers."""
    years = np.floor(rng.integers(0, 48, n) * rng.random(n)).astype(int)
    points = rng.normal(60, 15, n).round().clip(0, 100).astype(int)
    education = rng.integers(1, 5, n)
    suited = rng.random(n) < 1 / (1 + np.exp(4.2 - 0.05 * points - 0.35 * education - 0.03 * years))
    return np.column_stack([years, points, education, suited])


def measured(rng: np.random.Generator, n: int) -> Rows:
    """Rows that repeat now and then: 1 % of them."""
    number = rng.integers(0, 100 * n, n)
    return np.column_stack([number // 100, number % 100])


DRAWS: dict[str, Draw] = {"six": small_numbers, "applicants": applicants}


def sketch(columns: list[Hashes]) -> Sketch:
    return SketchTally.empty().counting(columns).salted(SALT)


def used(rows: Rows, file: str, *columns: str) -> UsedRows:
    """Sketched column by column, as the program does (tests/app/test_questionnaires.py goes through it)."""
    names = columns or tuple(f"q{k}" for k in range(rows.shape[1]))
    words = {name: mixed(number_words(rows[:, k])) for k, name in enumerate(names)}
    plain = sketch(list(words.values()))
    named = sketch([column_hash(name, values) for name, values in words.items()])
    return UsedRows(len(rows), file, (Over(names, plain, named if plain.times else None),))


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


def novel(rng: np.random.Generator, n: int, like: Rows) -> Rows:
    return rng.integers(2**40, 2**50, (n, like.shape[1]))


def perturbed(rng: np.random.Generator, rows: Rows, share: float) -> Rows:
    """A share of the rows gets a neighbouring value in one column."""
    made, changed = rows.copy(), np.flatnonzero(rng.random(len(rows)) < share)
    made[changed, rng.integers(0, rows.shape[1], len(changed))] += rng.choice([1, -1], len(changed))
    return made


def replaced(rng: np.random.Generator, rows: Rows, share: float) -> Rows:
    """A share of the rows gets values that nobody ever had."""
    return np.where(rng.random((len(rows), 1)) < share, novel(rng, len(rows), rows), rows)


def attacks(rng: np.random.Generator, rows: Rows, draw: Draw) -> Iterator[tuple[str, Rows]]:
    """What a developer can do to rows whose results are known, so that they look like others."""
    n = len(rows)
    values, at, times = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    single, repeats = values[times == 1], times[at.ravel()] > 1

    def made_up(n: int) -> Rows:
        return novel(rng, n, rows)

    def doubled(rows: Rows) -> Rows:
        return np.repeat(rows, 2, axis=0)

    for share in (0.0, 0.1, 0.2, 0.3):
        yield f"{share:.0%} perturbed", perturbed(rng, rng.permutation(rows), share)
        yield f"{share:.0%} replaced", replaced(rng, rows, share)
        yield f"{share:.0%} fresh", np.concatenate([rows[int(share * n) :], draw(rng, int(share * n))])
    yield "half of them fresh", np.concatenate([rows[n // 2 :], draw(rng, n // 2)])
    yield "drawn again with replacement", rng.choice(rows, n)
    yield "drawn again, 30% replaced", replaced(rng, rng.choice(rows, n), 0.3)
    yield "half of them twice", doubled(rows[: n // 2])
    yield "drawn again, each twice", doubled(rng.choice(rows, n // 2))
    yield (
        "drawn again, each twice, and made-up pairs",
        np.concatenate([doubled(rng.choice(rows, 35 * n // 100)), doubled(made_up(15 * n // 100))]),
    )
    yield "all twice, 30% replaced", doubled(replaced(rng, rows, 0.3))
    yield "with made-up pairs", np.concatenate([rows, doubled(made_up(n // 2))])
    yield (
        "30% replaced, with made-up pairs",
        np.concatenate([replaced(rng, rows, 0.3), doubled(made_up(n // 5))]),
    )
    yield "with one row many times", np.concatenate([rows, np.repeat(rows[:1], n // 10, axis=0)])
    yield "with a made-up row many times", np.concatenate([rows, np.repeat(made_up(1), n // 10, axis=0)])
    yield "with some rows ten times", np.concatenate([rows, np.repeat(rows[: n // 40], 10, axis=0)])
    yield (
        "with as many of few values",
        np.concatenate([replaced(rng, rows, 0.3), rng.integers(2**40, 2**40 + n // 2, (n, 1)) + 0 * rows]),
    )
    yield "half of them", rows[: n // 2]
    yield "half of them, 30% replaced", replaced(rng, rows[: n // 2], 0.3)
    yield "those that stand there once", single
    yield "those that stand there more often", rows[repeats]
    yield (
        "drawn from those once, and made-up ones",
        np.concatenate([rng.choice(single, 7 * n // 10), made_up(3 * n // 10)]),
    )
    yield (
        "among ten times as many, most in pairs",
        np.concatenate([replaced(rng, rows, 0.3), doubled(made_up(35 * n // 10)), made_up(3 * n)]),
    )


@pytest.mark.parametrize("draw", [*DRAWS.values(), measured], ids=[*DRAWS, "measured"])
@pytest.mark.parametrize(("count", "seeds"), [(1000, 3), (4000, 1)])
def test_used_rows_never_pass_for_fresh_ones_whatever_is_done_to_them(
    draw: Draw, count: int, seeds: int
) -> None:
    """Nor where two columns change places under the names that they have, or all columns have other names."""
    for seed in range(seeds):
        rng = np.random.default_rng((seed, count))
        rows = draw(rng, count)
        before = used(rows, "sha256:a")
        other = [f"other{k}" for k in range(rows.shape[1])]
        missed = []
        for name, made in attacks(rng, rows, draw):
            swapped = made[:, [1, 0, *range(2, rows.shape[1])]]
            tried = {
                name: used(made, "sha256:b"),
                f"{name}, swapped": used(swapped, "sha256:b"),
                f"{name}, renamed": used(made, "sha256:b", *other),
            }
            missed += [how for how, rows_ in tried.items() if rows_.overlap(before).share < SPENT_FROM]
        assert missed == []


def pairs(numbers: Rows) -> Rows:
    """Rows of two columns, one for each number."""
    return np.column_stack([1000 + numbers // 64, numbers % 64])


def test_where_no_row_repeats_in_one_of_the_sets_chance_excuses_nothing() -> None:
    """As without chance: to the row a tenth, and rows that were copied in the later set alone are no chance."""
    rows, fresh = pairs(np.arange(2000)), pairs(np.arange(10_000, 11_801))
    assert against(np.concatenate([rows[:199], fresh]), rows).share == 199 / 2000
    assert against(np.concatenate([rows[:200], fresh[:1800]]), rows).share == SPENT_FROM
    copied = against(np.concatenate([rows[:200], np.repeat(fresh[:900], 2, axis=0)]), rows)
    assert (copied.share, copied.chance) == (200 / 1100, None)


def test_whoever_has_the_same_identifier_is_not_alike_by_chance() -> None:
    """Households with several rows each: other months of the same ones are no other households."""
    rng = np.random.default_rng(2)
    months = [rng.integers(0, 3000, (4000, 1)) for _ in range(2)]
    first, second = (used(rows, f"sha256:{k}", "household") for k, rows in enumerate(months))
    assert second.overlap(first).share > 0.7
    assert second.overlap(first).chance is None


def test_what_cannot_be_told_is_refused_and_the_sentence_says_so() -> None:
    rng = np.random.default_rng(3)
    few = [pairs(rng.integers(0, 60, 4000)) for _ in range(2)]
    world = World.decided("withheld")
    world.run(used(few[0], "sha256:" + "a" * 64))
    with pytest.raises(Refused) as told:
        world.run(used(few[1], "sha256:" + "b" * 64))
    assert told.value.refusal.sentence.startswith(
        "These test rows hold so few different values that fresh rows cannot be told from those of the judged run of entry"
    )
    assert "4,000 of 4,000 coincide, about 4,000 expected by chance" in told.value.refusal.sentence


@pytest.mark.parametrize("shares", [(0.7, 0.3), (0.5, 0.5)], ids=["uneven", "even"])
@pytest.mark.parametrize("columns", [8, 12, 15, 20])
@pytest.mark.parametrize("rows", [1000, 3000])
def test_used_answers_of_yes_and_no_never_pass_for_fresh_ones_under_names_that_changed_places(
    rows: int, columns: int, shares: tuple[float, ...]
) -> None:
    """Without names there is one row for each number of yes: whatever all of them say, it is no word for fresh rows."""
    for seed in range(4):
        rng = np.random.default_rng((seed, rows, columns))
        made = questionnaire(columns, shares)(rng, rows)
        plain = [*(f"q{k}" for k in range(columns)), "bad"]
        before = used(made, "sha256:a", *plain)
        for names in (
            [*plain[-2::-1], "bad"],
            [plain[1], plain[0], *plain[2:]],
            [f"other {n}" for n in plain],
        ):
            again = used(rng.permutation(made), "sha256:b", *names)
            assert again.overlap(before).share >= SPENT_FROM


@pytest.mark.parametrize("part", [1, 2, 4, 8])
@pytest.mark.parametrize(
    "draw",
    [small_numbers, questionnaire(6, (0.4, 0.3, 0.2, 0.1)), questionnaire(15, (0.5, 0.3, 0.2))],
    ids=["five", "four", "three"],
)
def test_a_part_of_a_used_set_never_passes_under_names_that_changed_places(draw: Draw, part: int) -> None:
    """The smaller the part, the more the counts of its values are like those of fresh rows."""
    for seed in range(4):
        rng = np.random.default_rng((seed, part))
        made = draw(rng, 8000)
        plain = [*(f"q{k}" for k in range(made.shape[1] - 1)), "bad"]
        before = used(made, "sha256:a", *plain)
        for names in ([*plain[-2::-1], "bad"], [plain[1], plain[0], *plain[2:]]):
            again = used(made[: 8000 // part], "sha256:b", *names)
            assert again.overlap(before).share >= SPENT_FROM


@pytest.mark.parametrize("part", [0.0, 0.2, 0.4])
def test_how_many_may_be_used_ones_is_told_where_a_part_of_a_set_passes_under_names_that_changed_places(
    part: float,
) -> None:
    """Names alone find nothing in ten reversed columns of three values: what the values leave open is said, and is no less than was used."""
    draw, names = questionnaire(10, (0.3, 0.4, 0.3)), [*(f"q{k}" for k in range(10)), "bad"]
    passed = covered = 0
    for seed in range(5):
        rng = np.random.default_rng((seed, 11))
        first = draw(rng, 2000)
        later = np.vstack([first[: int(part * 2000)], draw(rng, 2000 - int(part * 2000))])
        moved = used(later, "sha256:b", *names[:-1][::-1], "bad")
        overlap = moved.overlap(used(first, "sha256:a", *names))
        if overlap.share < SPENT_FROM:
            said = re.search(r"expected by chance, and up to (\d+)% may be used ones", overlap.told)
            assert said is not None
            passed += 1
            covered += int(said[1]) >= 100 * part
    assert passed >= 3
    assert covered >= passed - 1


def test_used_answers_of_yes_and_no_are_refused_as_untold_when_their_columns_changed_places() -> None:
    rng = np.random.default_rng(5)
    made = questionnaire(15, (0.7, 0.3))(rng, 3000)
    names = [*(f"q{k}" for k in range(15)), "bad"]
    world = World.decided("withheld")
    world.run(used(made, "sha256:" + "a" * 64, *names))
    with pytest.raises(Refused, match="hold so few different values that fresh rows cannot be told"):
        world.run(used(made[1:], "sha256:" + "b" * 64, *names[-2::-1], "bad"))


def test_rows_that_lack_nothing_are_no_used_ones_where_that_is_chance() -> None:
    """15,000 rows of 2,000 values: hardly any stands there once, so that fresh rows lack none, which tells nothing."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        overlap = against(*(pairs(rng.integers(0, 2000, 15_000)) for _ in range(2)))
        assert overlap.unclear


def test_the_same_answers_to_other_questions_are_another_row() -> None:
    """Their values are the same whatever the columns are called; under their names they are others."""
    rng = np.random.default_rng(6)
    rows = small_numbers(rng, 2000)
    one = used(rows, "sha256:a").sketches[0]
    assert one.named is not None
    assert len(one.named.hashes) > 3 * len(one.sketch.hashes)
    assert UsedRows.read(used(rows, "sha256:a").body()) == used(rows, "sha256:a")


def test_fresh_rows_of_few_values_are_a_first_attempt_and_what_coincides_is_told() -> None:
    rng = np.random.default_rng(4)
    world = World.decided("withheld")
    for k in range(4):  # of each of the earlier sets it has some by chance
        world.run(used(applicants(rng, 4000), f"sha256:{k:064}"), attempt=1)
    last = world.state.runs[max(world.state.runs)]
    assert len(last.overlaps) == 3
    told = [shared(world.state.runs[entry], overlap) for entry, overlap in last.overlaps]
    assert all("expected by chance" in one and "were used" not in one for one in told)


@pytest.mark.parametrize("rows", [500, 900])
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
            "one row": np.repeat(novel(rng, 1, pieces), rest, axis=0),
            "fifty rows": rng.choice(novel(rng, 50, pieces), rest),
            "pairs": np.repeat(novel(rng, rest // 2, pieces), 2, axis=0),
            "a used row": np.repeat(pieces[:1], rest, axis=0),
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
