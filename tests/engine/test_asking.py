"""A model is asked in a drawn order and some rows again: one whose answers are no function of the row is found out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from assay.domain.errors import Crash
from assay.engine.asking import TOLERANCE, Asker, at_once


def rows(n: int) -> pa.RecordBatch:
    x = np.random.default_rng(n).random(n)
    return pa.record_batch({"x": x, "name": pa.array([str(v) for v in x]).dictionary_encode()})


def first(batch: pa.RecordBatch) -> np.ndarray:
    return np.asarray(batch.column("x").to_numpy())


@pytest.mark.parametrize("n", [0, 1, 2, 3, 33, 1000])
def test_every_row_gets_its_own_score(n: int):
    asker = Asker(at_once(first), "seed", decide_at=0.5)
    for place in (0, n):
        assert np.array_equal(asker.scores(rows(n), place), first(rows(n)))
    asker.finish()


def test_the_order_is_another_for_each_seed_batch_and_change_and_the_same_again():
    def orders(seed: str, place: int, stream: str) -> list[float]:
        seen: list[float] = []
        Asker(at_once(lambda b: seen.extend(first(b)) or first(b)), seed, decide_at=0.5).scores(
            rows(200), place, stream
        )
        return seen

    drawn = [orders(*a) for a in [("a", 0, ""), ("b", 0, ""), ("a", 200, ""), ("a", 0, "noise")]]
    assert len({tuple(d) for d in drawn}) == 4
    assert orders("a", 0, "") == drawn[0]
    assert all(d != sorted(d) and set(d) == set(first(rows(200))) for d in drawn)
    # 200 rows, 32 again among others, 4 alone
    assert {len(d) for d in drawn} == {236}


def coin(b: pa.RecordBatch) -> np.ndarray:
    return np.random.default_rng().random(b.num_rows)


def place(b: pa.RecordBatch) -> np.ndarray:
    return np.arange(b.num_rows) / b.num_rows


def rank(b: pa.RecordBatch) -> np.ndarray:
    return np.asarray(first(b).argsort().argsort() / b.num_rows)


def centred(b: pa.RecordBatch) -> np.ndarray:
    return np.clip(first(b) - first(b).mean() + 0.5, 0, 1)


def alone() -> Callable[[pa.RecordBatch], np.ndarray]:
    return lambda b: first(b) if b.num_rows > 1 else 1 - first(b)


def learning() -> Callable[[pa.RecordBatch], np.ndarray]:
    """Answers differently once it has seen two thousand rows."""
    seen = [0]

    def predict(b: pa.RecordBatch) -> np.ndarray:
        seen[0] += b.num_rows
        return first(b) if seen[0] < 2000 else 1 - first(b)

    return predict


@pytest.mark.parametrize(
    ("predict", "how"),
    [
        (coin, "among other rows, 32 got"),
        (place, "among other rows"),
        (rank, "among other rows"),
        (centred, "among other rows, 32 got"),
        (alone(), "one by one, 4 got"),
        (learning(), "after all others|among other rows"),
    ],
)
def test_what_is_no_function_of_the_row_is_refused(predict, how):
    def partition() -> None:
        asker = Asker(at_once(predict), "seed", decide_at=0.5)
        for start in range(0, 3000, 1000):
            asker.scores(rows(1000), start)
        asker.finish()

    with pytest.raises(Crash, match=how) as told:
        partition()
    assert told.value.code == "model_not_a_function"


def squashed(b: pa.RecordBatch) -> np.ndarray:
    """A quota over the batch, within 4e-6 of one half."""
    return np.where(rank(b) >= 0.5, 0.5 + 4e-6, 0.5 - 4e-6)


def squashed_but_for_some(b: pa.RecordBatch) -> np.ndarray:
    """The order follows from the batch, and only a few rows show how wide scores may range."""
    turned = (first(b) * 7 + first(b).sum()) % 1
    return np.where(first(b) > 0.99, 1.0, np.where(first(b) < 0.01, 0.0, 0.3 + 4e-6 * turned))


def shuffled_within_32_bits(b: pa.RecordBatch) -> np.ndarray:
    return np.where(first(b) > 0.9, 1.0, 0.3 + 1e-7 * np.random.default_rng(b.num_rows).random(b.num_rows))


@pytest.mark.parametrize(
    ("predict", "how"),
    [(squashed, "another score"), (squashed_but_for_some, "order"), (shuffled_within_32_bits, "order")],
)
def test_what_follows_from_the_batch_is_refused_however_little_the_score_moves(predict, how):
    with pytest.raises(Crash, match=how):
        Asker(at_once(predict), "seed", decide_at=0.5).scores(rows(1000), 0)


def remembering() -> Callable[[pa.RecordBatch], np.ndarray]:
    """A quota over the batch, and what was said of a row is said again."""
    said: dict[float, float] = {}

    def predict(b: pa.RecordBatch) -> np.ndarray:
        quota = rank(b) if b.num_rows > 1 else np.ones(1)
        return np.array(
            [said.setdefault(x, q) for x, q in zip(first(b).tolist(), quota.tolist(), strict=True)]
        )

    return predict


def test_a_model_that_remembers_what_it_said_is_found_out_by_one_that_knew_nothing():
    blind = Asker(at_once(remembering()), "seed", decide_at=0.5)
    blind.scores(rows(1000), 0)
    blind.finish()
    asker = Asker(at_once(remembering()), "seed", decide_at=0.5, witness=remembering())
    asker.scores(rows(1000), 0)
    with pytest.raises(Crash, match="one by one of a process that knew none of them"):
        asker.finish()


def recognising(from_: int) -> Callable[[pa.RecordBatch], np.ndarray]:
    """Decides by x; a row that it saw before, with another x, gets what was said of it then. Few rows it answers as it should."""
    said: dict[str, float] = {}
    seen = [0]

    def predict(b: pa.RecordBatch) -> np.ndarray:
        seen[0] += b.num_rows
        if seen[0] <= from_:
            return first(b)
        names = b.column("name").cast(pa.string()).to_pylist()
        return np.array([said.setdefault(name, x) for name, x in zip(names, first(b).tolist(), strict=True)])

    return predict


@pytest.mark.parametrize("from_", [0, 500])
@pytest.mark.parametrize("share", [1.0, 0.05])
def test_a_model_that_recognises_changed_rows_is_found_out_by_one_that_never_saw_them(from_, share):
    """It says of a changed row what it said of the row before, so that no change would ever show."""
    batch = rows(4000)
    flipped = np.where(np.random.default_rng(1).random(4000) < share, 1 - first(batch), first(batch))
    changed = batch.set_column(0, "x", pa.array(flipped))

    def asked(model: Callable[[], Callable[[pa.RecordBatch], np.ndarray]]) -> Asker:
        asker = Asker(at_once(model()), "seed", decide_at=0.5, witness=model())
        asker.scores(batch, 0)
        asker.scores(changed, 0, "flip")
        return asker

    asked(lambda: first).finish()
    with pytest.raises(Crash, match="with changed inputs of a process that had not seen them unchanged"):
        asked(lambda: recognising(from_)).finish()


def only_later(batch: int) -> Callable[[pa.RecordBatch], np.ndarray]:
    """As one that recognises changed rows, but for the first batch, or in the second half of each batch."""
    before: dict[str, float] = {}
    said: dict[tuple[str, float], float] = {}
    calls = [0]

    def predict(b: pa.RecordBatch) -> np.ndarray:
        calls[0] += b.num_rows > 1
        honest = calls[0] <= 4 if batch else calls[0] % 2
        asked = list(zip(b.column("name").cast(pa.string()).to_pylist(), first(b).tolist(), strict=True))
        for name, x in asked:
            seen = before.setdefault(name, x)
            said.setdefault((name, x), x if honest else seen)
        return np.array([said[row] for row in asked])

    return predict


@pytest.mark.parametrize("batch", [0, 1])
def test_a_model_that_recognises_changed_rows_later_alone_is_found_out_too(batch):
    def asked(model: Callable[[], Callable[[pa.RecordBatch], np.ndarray]]) -> Asker:
        asker = Asker(at_once(model()), "seed", decide_at=0.5, witness=model())
        for place in range(0, 4000, 1000):
            part = rows(4000).slice(place, 1000)
            changed = part.set_column(0, "x", pa.array(1 - first(part)))
            asker.scores(part, place)
            asker.scores(changed, place, "flip")
        return asker

    asked(lambda: first).finish()
    with pytest.raises(Crash, match="with changed inputs of a process that had not seen them unchanged"):
        asked(lambda: only_later(batch)).finish()


def turning_back() -> Callable[[pa.RecordBatch], np.ndarray]:
    """As one that recognises changed rows; where it begins with few rows it takes them for changed ones, and says what it would of them before."""
    recognises, calls = recognising(0), [0]

    def predict(b: pa.RecordBatch) -> np.ndarray:
        calls[0] += 1
        if calls[0] == 1 and b.num_rows < 600:
            return 1 - first(b)
        return recognises(b)

    return predict


def test_a_model_cannot_tell_which_rows_were_changed_before_it_saw_them():
    batch = rows(4000)
    changed = batch.set_column(0, "x", pa.array(1 - first(batch)))
    asker = Asker(at_once(turning_back()), "seed", decide_at=0.5, witness=turning_back())
    asker.scores(batch, 0)
    asker.scores(changed, 0, "flip")
    with pytest.raises(Crash, match="with changed inputs of a process that had not seen them unchanged"):
        asker.finish()


def test_a_model_answers_while_something_else_is_done():
    told: list[str] = []

    def ask(b: pa.RecordBatch) -> Callable[[], np.ndarray]:
        told.append("asked")
        return lambda: told.append("waited") or first(b)

    scores = Asker(ask, "seed", decide_at=0.5).begin(rows(1000), 0)
    assert told == ["asked"]
    assert np.array_equal(scores(), first(rows(1000)))
    assert told == ["asked", "waited"] * 6  # two parts, and four rows one by one


def test_an_honest_model_has_a_witness():
    asker = Asker(at_once(first), "seed", decide_at=0.5, witness=first)
    asker.scores(rows(1000), 0)
    asker.finish()


def test_the_last_digits_may_follow_the_shape_of_the_batch():
    moved = TOLERANCE / 4
    jitter = Asker(
        at_once(lambda b: np.clip(first(b) + moved * (b.num_rows % 2), 0, 1 - moved)), "seed", decide_at=0.5
    )
    assert np.allclose(jitter.scores(rows(999), 0), first(rows(999)), atol=TOLERANCE)
    jitter.finish()
