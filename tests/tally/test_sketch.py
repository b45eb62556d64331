"""A sketch is that of the set of rows: no repeat, order or batching hides one, and what it estimates is as exact as it says."""

from __future__ import annotations

import functools
import operator
import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.domain.sketch import ALL, SIZE, Sketch
from assay.domain.used_rows import SPENT_FROM
from assay.tally.groups import Layout
from assay.tally.hashes import GOLDEN, Hashes, mixed, number_words
from assay.tally.partial import Partial
from assay.tally.partial_bytes import from_bytes, to_bytes
from assay.tally.sketch import SketchTally, looks_counted

SALT = b"s" * 32


def words(rows: Sequence[int] | np.ndarray) -> Hashes:
    return np.asarray(rows, dtype=np.uint64) * GOLDEN


def tally(rows: Sequence[int] | np.ndarray) -> SketchTally:
    return SketchTally.empty().counting([mixed(words(rows))])


def sketch(rows: Sequence[int] | np.ndarray) -> Sketch:
    return tally(rows).salted(SALT)


def smallest_first(rows: np.ndarray) -> np.ndarray:
    """The rows in the order of their hashes, as whoever grinds them would have them."""
    return rows[np.argsort(mixed(mixed(words(rows))))]


def test_copies_of_the_row_that_is_hashed_smallest_hide_no_other() -> None:
    used = np.arange(15_000)
    low = smallest_first(np.arange(10**6, 10**6 + 200_000))[0]
    padded = sketch(np.concatenate([used, np.repeat(low, 5 * SIZE)]))
    assert len(padded.hashes) == pytest.approx(SIZE, rel=0.01)
    assert padded.bound < ALL
    assert padded.overlap(sketch(used)) == pytest.approx(1, abs=0.01)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 3 * SIZE), st.integers(0, 2**32))
def test_repeats_make_no_row_new_and_any_batching_gives_the_same_sketch(
    data: st.DataObject, distinct: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    rows = smallest_first(np.arange(distinct) + seed)
    heavy = data.draw(st.lists(st.tuples(st.integers(0, distinct - 1), st.integers(1, 6 * SIZE)), max_size=3))
    copies = [np.repeat(rows[at], times) for at, times in heavy]
    many = rng.permutation(np.concatenate([rows, *copies]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(many)), max_size=6)))
    parts = [tally(part) for part in np.split(many, cuts)]
    rng.shuffle(parts)
    merged = functools.reduce(operator.add, parts, SketchTally.empty())
    whole, once = merged.salted(SALT), sketch(rows)
    of_many = tally(many)
    assert merged.rows == of_many.rows
    np.testing.assert_array_equal(merged.smallest, of_many.smallest)
    np.testing.assert_array_equal(merged.times, of_many.times)
    assert (whole.hashes, whole.bound) == (once.hashes, once.bound)
    kept = Partial(
        len(many), 0, 0, Layout(()), np.array([[0, 0]]), np.array([0]), sketches=(merged, SketchTally.empty())
    )
    back, nothing = from_bytes(to_bytes(kept)).sketches
    assert (back.salted(SALT), nothing.rows) == (whole, 0)
    assert once.times == ()
    if whole.bound == ALL:
        assert sum(whole.weights) == len(many) == whole.rows


def test_a_sketch_reads_what_it_writes_and_nothing_else() -> None:
    made = sketch([1, 2, 2, 3])
    times = "AAAAAAAAAAE="
    assert sorted(made.weights) == [1, 1, 2]
    for wrong in (
        times,
        times * 3,
        "A",
    ):  # fewer than hashes; every row once, which is not written; no numbers
        with pytest.raises(ValueError, match=r"sketch|base64|padding|characters"):
            Sketch.read(4, made.text(), ALL, wrong)
    with pytest.raises(ValueError, match="at least once"):
        Sketch(1, (1,), ALL, (0,))


def test_a_row_weighs_as_often_as_it_is_judged() -> None:
    """Nine in a hundred of the rows were used, and they are 95 of a hundred that are judged."""
    used = np.arange(1000)
    repeated = np.concatenate([np.repeat(used[:90], 200), np.arange(10_000, 10_960)])
    share = np.mean(repeated < 1000)
    assert sketch(repeated).overlap(sketch(used)) < SPENT_FROM
    assert sketch(repeated).reused([sketch(used)]) == pytest.approx(share, abs=1e-12)


def test_a_set_that_is_pieced_together_is_used_as_a_whole() -> None:
    sets = [np.arange(k * 10**5, k * 10**5 + 1000) for k in range(11)]
    pieced = sketch(np.concatenate([one[:91] for one in sets]))
    assert max(pieced.overlap(sketch(one)) for one in sets) < SPENT_FROM
    assert pieced.reused([sketch(one) for one in sets]) == 1
    assert pieced.reused([sketch(one) for one in sets[:5]]) == pytest.approx(5 / 11)
    assert pieced.reused([]) == 0


@pytest.mark.parametrize(
    ("sizes", "repeats"),
    [
        ((20_000,), 0.0),  # one large earlier set
        ((4_000, 12_000, 30_000), 0.0),  # earlier sets with bounds of their own
        ((20_000,), 1.0),  # rows that stand there more or less often
    ],
)
def test_the_estimate_is_unbiased_and_errs_as_much_as_it_says(sizes: tuple[int, ...], repeats: float) -> None:
    """100 times: the later set of 16,000 distinct rows takes 2,000 of them from the earlier sets, in turn."""
    rng = np.random.default_rng(7)
    found, true, claimed = [], [], []
    for trial in range(100):
        start = trial << 32
        earlier = [np.arange(size) + start + (k << 28) for k, size in enumerate(sizes)]
        reused = np.concatenate([one[: 2_000 // len(sizes)] for one in earlier])
        rows = np.concatenate([reused, np.arange(16_000 - len(reused)) + start + (9 << 28)])
        times = rng.geometric(1 / (1 + repeats), len(rows)) if repeats else np.ones(len(rows), int)
        made = SketchTally(int(times.sum()), *_smallest(rows, times)).salted(SALT)
        before = [sketch(one) for one in earlier]
        share = times[: len(reused)].sum() / times.sum()
        least = min([made.bound, *(one.bound for one in before)]) / made.bound * len(made.hashes)
        spread = 1 + times.var() / times.mean() ** 2
        found.append(made.reused(before))
        true.append(share)
        claimed.append(np.sqrt(share * (1 - share) * spread / least))
    errors = np.array(found) - np.array(true)
    error, said = errors.std(), np.mean(claimed)
    assert abs(errors.mean()) < 3 * error / 10
    assert 0.6 * said < error < 1.15 * said


def _smallest(rows: np.ndarray, times: np.ndarray) -> tuple[Hashes, np.ndarray]:
    made = tally(np.repeat(rows, times))
    return made.smallest, made.times


@pytest.mark.parametrize("rows", [1, 2048, 2049, 4097, 9000, 300_000])
def test_columns_that_count_rows_are_told_as_if_every_number_were_compared(rows: int) -> None:
    rng = np.random.default_rng(rows)
    counted = np.arange(rows)
    half = np.where(rng.random(rows) < 0.55, counted, counted + 10**9)
    for column in (
        counted,
        rng.permutation(rows) + 1,
        half,
        rng.integers(0, 10 * rows, rows),
        rng.normal(size=rows),
    ):
        tally = SketchTally.empty().counting([mixed(number_words(column))])
        every = mixed(mixed(number_words(np.arange(rows + 2))))
        hardly_repeats = tally.distinct >= rows / 2
        assert looks_counted(tally) == (hardly_repeats and np.isin(tally.smallest, every).mean() > 0.5)


def test_the_memory_of_the_question_does_not_grow_with_the_rows() -> None:
    rows = 4_000_000
    sample = SketchTally(
        rows,
        np.sort(mixed(np.arange(SIZE + 1, dtype=np.uint64))) // np.uint64(rows // SIZE),
        np.ones(SIZE + 1, np.int64),
    )
    tracemalloc.start()
    try:
        assert not looks_counted(sample)
        assert tracemalloc.get_traced_memory()[1] < 8 * rows  # one array of all these numbers
    finally:
        tracemalloc.stop()
