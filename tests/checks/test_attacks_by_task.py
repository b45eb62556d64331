"""Attacks on recipes for classes and numbers: their definitions by scipy, models that memorise are caught, and others are not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from scipy.stats import binom, norm
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from tests.checks.procedures import CLASSES, NUMBERS, answers_of, counted, judged, rows

from assay.domain.answers import Answers
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.stats.attacks import binned, likeliest_spread, membership, naive_bayes, size_of
from assay.tally.attacked import Attacked

NUMBER, CLASS = Task.REGRESSION, Task.MULTICLASS
TASKS = [NUMBER, CLASS]
MEMORISING: dict[tuple[Task, str], Callable[[int], Any]] = {
    (NUMBER, "nearest neighbour"): lambda _: KNeighborsRegressor(1),
    (NUMBER, "deep tree"): lambda seed: DecisionTreeRegressor(random_state=seed),
    (CLASS, "nearest neighbour"): lambda _: KNeighborsClassifier(1),
    (CLASS, "deep tree"): lambda seed: DecisionTreeClassifier(random_state=seed),
}
PLAIN: dict[Task, Callable[[int], Any]] = {
    NUMBER: lambda _: LinearRegression(),
    CLASS: lambda _: LogisticRegression(),
}
SAME: dict[Task, Callable[[int], Any]] = {
    NUMBER: lambda _: DummyRegressor(strategy="constant", constant=1.0),
    CLASS: lambda _: DummyClassifier(strategy="constant", constant=1),
}


def drawn(task: Task, seed: int, n: int = 40, shadows: int = 6) -> Attacked:
    """Answers, labels and members drawn by themselves; the last fifteen are the population."""
    draw = np.random.default_rng(seed)
    halves = [draw.permutation(n) < n // 2 for _ in range(shadows // 2)]
    member = np.stack([side for half in halves for side in (half, ~half)])
    if task is NUMBER:
        said, labels = draw.normal(size=(shadows + 1, n)), draw.normal(size=n)
    else:
        said, labels = draw.dirichlet(np.ones(3), size=(shadows + 1, n)), draw.integers(0, 3, n)
    return Attacked(answers_of(task), labels, said[0], said[1:], member, (10, n - 15))


def sides(numbers: np.ndarray, attacked: Attacked) -> np.ndarray:
    return np.concatenate(attacked.split(numbers))


@pytest.mark.parametrize("task", TASKS)
def test_lira_is_the_ratio_of_two_normal_densities_of_logits_or_errors(task: Task) -> None:
    """Row by row by scipy, with one variance a side; of numbers in the label's unit, since a density ratio knows no unit."""
    attacked = drawn(task, 1)
    rows_ = range(len(attacked.labels))

    def scale(said: np.ndarray, i: int) -> np.ndarray:
        if task is NUMBER:
            return said[..., i] - attacked.labels[i]
        sure = said[..., i, attacked.labels[i]]
        return np.log(sure / (1 - sure))

    def spread(among: np.ndarray) -> float:
        left = [scale(attacked.shadows[among[:, i]], i) for i in rows_]
        return np.sqrt(sum(((r - r.mean()) ** 2).sum() for r in left) / (among.sum() - len(left)))

    def density(i: int, among: np.ndarray) -> float:
        mean = scale(attacked.shadows[among[:, i]], i).mean()
        return norm.logpdf(scale(attacked.target, i), mean, spread(among))

    expected = np.array([density(i, attacked.member) - density(i, ~attacked.member) for i in rows_])
    found = np.concatenate(membership(attacked, "lira"))
    assert found == pytest.approx(sides(expected, attacked), abs=1e-6)


@pytest.mark.parametrize("task", TASKS)
def test_rmia_is_the_share_of_pairwise_ratios_of_at_least_one(task: Task) -> None:
    attacked = drawn(task, 2)
    n, rest = len(attacked.labels), attacked.ends[1]
    if task is NUMBER:
        # Each shadow model's errors on rows that it was not trained on, and densities by scipy.
        errors = np.concatenate(
            [(s - attacked.labels)[~m] for s, m in zip(attacked.shadows, attacked.member, strict=True)]
        )
        spread = np.sqrt(np.mean(errors**2))
        sure = norm.pdf(attacked.labels, attacked.target, spread)
        shadows = norm.pdf(attacked.labels, attacked.shadows, spread)
    else:
        sure = attacked.target[np.arange(n), attacked.labels]
        shadows = attacked.shadows[:, np.arange(n), attacked.labels]
    ratio = [sure[i] / shadows[:, i].mean() for i in range(n)]
    expected = np.array([np.mean([ratio[i] / ratio[z] >= 1 for z in range(rest, n)]) for i in range(n)])
    assert np.concatenate(membership(attacked, "rmia")) == pytest.approx(sides(expected, attacked), abs=1e-9)


def flagged(task: Task, make: Callable[[int], Any], seed: int = 1, n: int = 2000, **settings: Any) -> Any:
    inputs, labels = rows(task, n, seed, width=10)
    settings = {"shadow_pairs": Decimal(4), "false_positive_rate": Decimal("0.05")} | settings
    return counted("privacy.membership_inference", task, make, inputs, labels, seed=seed, **settings).cells[0]


def auc(task: Task, make: Callable[[int], Any], attack: str) -> float:
    inputs, labels = rows(task, 1200, 1, width=10)
    counts = counted(
        "privacy.membership_auc", task, make, inputs, labels, shadow_pairs=Decimal(4), attack=attack
    )
    return judged("privacy.membership_auc", counts, Comparator.AT_MOST, "0.6").assessment.estimate.value


@pytest.mark.parametrize("attack", ["lira", "rmia"])
@pytest.mark.parametrize(("task", "name"), MEMORISING)
def test_a_model_that_memorises_is_caught(task: Task, name: str, attack: str) -> None:
    rate = flagged(task, MEMORISING[task, name], attack=attack)
    # A fair coin would flag 5 % of them; the chance of as many by it is below a millionth.
    assert binom.sf(rate.events - 1, rate.trials, 0.05) < 1e-6
    assert auc(task, MEMORISING[task, name], attack) > 0.6


@pytest.mark.parametrize("attack", ["lira", "rmia"])
@pytest.mark.parametrize("task", TASKS)
def test_of_a_constant_model_as_many_members_are_flagged_as_others(task: Task, attack: str) -> None:
    found = [flagged(task, SAME[task], seed, attack=attack) for seed in range(8)]
    events, trials = sum(r.events for r in found), sum(r.trials for r in found)
    spread = np.sqrt(0.05 * 0.95 * (1 / trials + 1 / (8 * 500)))
    assert abs(events / trials - 0.05) < 4 * spread
    assert auc(task, SAME[task], attack) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("task", TASKS)
def test_false_alarms_on_a_model_that_does_not_memorise_are_rare(task: Task) -> None:
    """A linear model of 600 rows of ten measurements: in no more than 1 of 20 draws is a bound of 8 % at a rate of 5 % violated."""
    found = [flagged(task, PLAIN[task], seed, 1200, shadow_pairs=Decimal(2)) for seed in range(20)]
    assert sum(binom.sf(r.events - 1, r.trials, 0.08) < 0.05 for r in found) <= 1


class Remembers:
    """Answers rightly for rows that it has seen, and the same for all others."""

    def __init__(self, task: Task) -> None:
        self._number = task is NUMBER

    def fit(self, inputs: np.ndarray, labels: np.ndarray) -> Remembers:
        self._known = {row.tobytes(): label for row, label in zip(inputs, labels, strict=True)}
        return self

    def predict(self, inputs: np.ndarray) -> np.ndarray:
        return np.array([self._known.get(row.tobytes(), 0.0) for row in inputs])

    def predict_proba(self, inputs: np.ndarray) -> np.ndarray:
        wide = np.full(3, 1 / 3)
        known = [self._known.get(row.tobytes()) for row in inputs]
        return np.array([wide if label is None else 0.01 + 0.97 * np.eye(3)[label] for label in known])


def guessed(task: Task, make: Callable[[int], Any]) -> Any:
    inputs, labels = rows(task, 1600, 3)
    coin = np.random.default_rng(9).integers(0, 2, 1600)
    inputs[:, 2] = coin
    codes = {
        "x0": np.digitize(inputs[:, 0], [-1, 0, 1]),
        "x1": np.digitize(inputs[:, 1], [-1, 0, 1]),
        "x2": coin,
    }
    counts = counted("privacy.attribute_inference", task, make, inputs, labels, codes=codes, column="x2")
    return judged("privacy.attribute_inference", counts, Comparator.AT_MOST, "0.1")


@pytest.mark.parametrize("task", TASKS)
def test_a_coin_is_read_off_a_model_that_remembers_and_off_no_other(task: Task) -> None:
    told = guessed(task, lambda _: Remembers(task))
    assert told.verdict is Verdict.FAIL
    # Without the model a coin guesses it; with it everybody's is read off.
    assert 0.4 < told.assessment.estimate.value < 0.6
    assert guessed(task, PLAIN[task]).verdict is Verdict.PASS
    assert guessed(task, SAME[task]).assessment.estimate.value == pytest.approx(0, abs=0.05)


def test_what_the_label_alone_tells_of_an_input_is_no_leak() -> None:
    """A number that is half the input: whoever knows the label guesses it, with a model or without."""
    inputs, labels = rows(NUMBER, 1600, 4)
    coin = np.random.default_rng(9).integers(0, 2, 1600)
    inputs[:, 2], labels = coin, 0.2 * labels + 10 * coin
    known = naive_bayes([binned(labels)], coin, np.arange(800), np.arange(800, 1600), 2)
    assert (known.argmax(axis=1) == coin[800:]).mean() > 0.95
    counts = counted(
        "privacy.attribute_inference",
        NUMBER,
        PLAIN[NUMBER],
        inputs,
        labels,
        codes={"x0": binned(inputs[:, 0]), "x1": binned(inputs[:, 1]), "x2": coin},
        column="x2",
    )
    assert judged("privacy.attribute_inference", counts, Comparator.AT_MOST, "0.1").verdict is Verdict.PASS


def test_what_is_found_does_not_hang_on_the_declared_range() -> None:
    """A range a million times as wide as any error hid a model that knows its rows by heart."""
    wide = {"answers": Answers(NUMBER, -1e9, 1e9)}
    by_heart = MEMORISING[NUMBER, "nearest neighbour"]
    for attack in ("lira", "rmia"):
        asked = {"n": 800, "attack": attack}
        found = flagged(NUMBER, by_heart, **asked, **wide)
        assert found == flagged(NUMBER, by_heart, **asked)
        assert found.events > 0.2 * found.trials
    inputs, labels = rows(NUMBER, 800, 3)
    inputs[:, 2] = coin = np.random.default_rng(9).integers(0, 2, 800)
    told = {"codes": {"x0": binned(inputs[:, 0]), "x1": binned(inputs[:, 1]), "x2": coin}, "column": "x2"}
    asking = ("privacy.attribute_inference", NUMBER, lambda _: Remembers(NUMBER), inputs, labels)
    assert counted(*asking, **told, **wide) == counted(*asking, **told)
    assert (size_of(np.array([3.0, -4.0])), size_of(np.zeros(3))) == (pytest.approx(12.5**0.5), 1.0)


def test_bins_are_of_as_many_numbers_each() -> None:
    assert np.bincount(binned(np.random.default_rng(1).normal(size=800))).tolist() == [100] * 8
    assert set(binned(np.zeros(10)).tolist()) == {1}
    assert (NUMBERS.width, CLASSES.width) == (1, 3)


def test_the_likeliest_spread_is_where_scipy_finds_it() -> None:
    draw = np.random.default_rng(5)
    true = draw.integers(0, 3, 400)
    means = draw.normal(size=(400, 3))
    missed = means - (means[np.arange(400), true] + 0.3 * draw.normal(size=400))[:, None]
    before = np.log(np.array([0.2, 0.3, 0.5])) + np.zeros((400, 1))

    def against(spread: float) -> float:
        return -logsumexp(before + norm.logpdf(missed, scale=spread), axis=1).sum()

    wanted = minimize_scalar(against, bounds=(0.05, 2), method="bounded").x
    assert likeliest_spread(missed, before) == pytest.approx(wanted, rel=1e-3)
