"""End to end at the boundary: one criterion exactly at its threshold, all others comfortably satisfied.

Each scenario is a population of scored, labelled rows in groups. One criterion's threshold is set to the population's
true value, rounded at the sixth place to the side that the model does not satisfy: the hardest case, in which every
certificate is wrong. Rows are drawn independently, group membership and labels included, counted by the checks and
judged by assess, judge and decide. To spare audits of sizes, which depend on the denominators of a comparison alone,
denominators are drawn once for every block of samples and the rest anew for each: the same distribution, and the
level is claimed given the denominators.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from assay.domain.evidence import Compare
from assay.domain.vocabulary import Comparator
from guarantee.populations import Population, decided, scored
from guarantee.rule import SHAPES, Asked, Floats, Integers, Rule, at_least, at_most

BAR_A, BAR_B = 0.05, 0.06
BLOCK = 500
"""Samples that share denominators."""
PLACES = Decimal("0.000001")
METRICS = {
    "accuracy": "performance.accuracy",
    "recall": "performance.recall",
    "parity": "fairness.demographic_parity",
    "odds": "fairness.equalized_odds",
    "ratio": "fairness.impact_ratio",
}


@dataclass(frozen=True)
class Scenario:
    """A population, the criterion at its boundary (its threshold is set later) and the rows of the test data."""

    says: str
    population: Population
    at: Asked
    rows: int

    @property
    def grade(self) -> str:
        """A for rates, comparisons and the log loss, B for the other functionals of scores."""
        return "A" if self.at.metric in SHAPES or self.at.metric == "performance.log_loss" else "B"

    @property
    def boundary(self) -> Asked:
        """The criterion with its threshold at the true value, or hardly beyond on the side that is not satisfied."""
        up = self.at.comparator is Comparator.AT_LEAST
        value = Decimal(f"{self.population.value(self.at):.12f}")
        rounding = ROUND_CEILING if up else ROUND_FLOOR
        return replace(self.at, threshold=value.quantize(PLACES, rounding=rounding))

    @property
    def comfortable(self) -> tuple[Asked, ...]:
        """Three other criteria that the model satisfies with room to spare."""
        return tuple(asked for asked in _spacious(self.population) if asked.metric != self.at.metric)[:3]

    def draw(self, reps: int, rng: np.random.Generator) -> Integers:
        """int64[reps, group, label, score]."""
        key = _denominators(self.population, self.at)
        blocks = [min(BLOCK, reps - start) for start in range(0, reps, BLOCK)]
        return np.concatenate([_block(self.population.mass, key, self.rows, size, rng) for size in blocks])


def _spacious(population: Population) -> Iterable[Asked]:
    asked = (
        at_least(METRICS["accuracy"], "0"),
        at_least(METRICS["recall"], "0", across=True),
        at_most(METRICS["odds"], "1", across=True),
        at_least(METRICS["ratio"], "0", across=True),
    )
    for one, room in zip(asked, (-0.10, -0.25, 0.30, -0.35), strict=True):
        yield replace(one, threshold=Decimal(f"{np.clip(population.value(one) + room, 0.02, 0.98):.3f}"))


def _denominators(population: Population, at: Asked) -> Integers:
    """A number for each (group, label, score): cells with one number are one denominator of the comparison."""
    indices = np.indices(population.mass.shape)
    groups: Integers = indices[0]
    labels: Integers = indices[1]
    scores: Integers = indices[2]
    if at.metric not in SHAPES or SHAPES[at.metric].compare is Compare.EACH:
        return np.zeros_like(groups)
    if at.metric in (METRICS["parity"], METRICS["ratio"]):
        return groups
    if at.metric == "fairness.predictive_parity":
        return groups * 2 + (scores >= np.searchsorted(population.scores, population.decide_at))
    return groups * 2 + labels


def _block(mass: Floats, key: Integers, rows: int, size: int, rng: np.random.Generator) -> Integers:
    found = np.zeros((size, *mass.shape), dtype=np.int64)
    names = np.unique(key)
    shares = np.array([mass[key == k].sum() for k in names])
    denominators = rng.multinomial(rows, shares / shares.sum())
    for k, n in zip(names, denominators, strict=True):
        inside = mass[key == k]
        found[:, key == k] = rng.multinomial(n, inside / inside.sum(), size=size)
    return found


# --- scenarios ---------------------------------------------------------------------------------------------------


def _world(shares: list[float], recall: list[float], alarms: list[float], base: float = 0.3) -> Population:
    return decided(np.array(shares), np.full(len(shares), base), np.array(recall), np.array(alarms))


def _rates() -> Iterable[Scenario]:
    equal = _world([0.6, 0.4], [0.8, 0.8], [0.1, 0.1])
    accuracy = at_least(METRICS["accuracy"], "0")
    for rows in (1_000, 5_000, 20_000):
        yield Scenario("two equal groups", equal, accuracy, rows)
    yield Scenario("two equal groups", equal, at_least(METRICS["recall"], "0"), 3_000)
    yield Scenario("two equal groups", equal, at_most("performance.false_positive_rate", "1"), 3_000)
    yield Scenario("two equal groups", equal, at_least("performance.precision", "0"), 3_000)
    shares = [0.5, 0.25, 0.15, 0.1]
    small_worse = _world(shares, [0.8, 0.8, 0.8, 0.68], [0.1, 0.1, 0.1, 0.19])
    for metric, comparator in (
        (METRICS["accuracy"], at_least),
        (METRICS["recall"], at_least),
        ("performance.false_positive_rate", at_most),
        ("performance.precision", at_least),
    ):
        asked = comparator(metric, "0.5", across=True)
        yield Scenario("the smallest of four groups is worse", small_worse, asked, 8_000)
    recall = at_least(METRICS["recall"], "0", across=True)
    yield Scenario("all four groups at the boundary", _world(shares, [0.8] * 4, [0.1] * 4), recall, 8_000)
    yield Scenario(
        "all eight groups at the boundary", _world([0.125] * 8, [0.8] * 8, [0.1] * 8), recall, 12_000
    )


def _comparisons() -> Iterable[Scenario]:
    two, uneven = [0.6, 0.4], [0.9, 0.1]
    four = [0.5, 0.25, 0.15, 0.1]
    parity, ratio = at_most(METRICS["parity"], "1", across=True), at_least(METRICS["ratio"], "0", across=True)
    lower = ([0.8, 0.66], [0.20, 0.10])
    yield Scenario("two groups", _world(two, *lower), parity, 2_000)
    yield Scenario("two groups", _world(two, *lower), parity, 10_000)
    yield Scenario("a small group is selected less", _world(uneven, *lower), parity, 10_000)
    one_low = ([0.8, 0.8, 0.8, 0.66], [0.2, 0.2, 0.2, 0.1])
    yield Scenario("one of four groups is selected less", _world(four, *one_low), parity, 10_000)
    halves = ([0.8, 0.8, 0.66, 0.66], [0.2, 0.2, 0.1, 0.1])
    yield Scenario("four pairs of groups at the boundary", _world(four, *halves), parity, 10_000)
    yield Scenario("two groups", _world(two, *lower), ratio, 3_000)
    yield Scenario("two groups", _world(two, *lower), ratio, 15_000)
    yield Scenario("a small group is selected less", _world(uneven, *lower), ratio, 15_000)
    yield Scenario("one of four groups is selected less", _world(four, *one_low), ratio, 15_000)
    rare = _world(two, [0.62, 0.5], [0.02, 0.015], base=0.06)
    yield Scenario("selection is rare", rare, ratio, 30_000)
    opportunity = at_most("fairness.equal_opportunity", "1", across=True)
    odds = at_most(METRICS["odds"], "1", across=True)
    yield Scenario("two groups", _world(two, [0.8, 0.7], [0.1, 0.1]), opportunity, 4_000)
    yield Scenario("a small group is found less", _world(uneven, [0.8, 0.7], [0.1, 0.1]), opportunity, 15_000)
    found_less = _world(four, [0.8, 0.8, 0.8, 0.68], [0.1] * 4)
    yield Scenario("one of four groups is found less", found_less, opportunity, 15_000)
    yield Scenario("recall differs", _world(two, [0.8, 0.7], [0.1, 0.1]), odds, 5_000)
    yield Scenario("false alarms differ", _world(two, [0.8, 0.8], [0.08, 0.18]), odds, 5_000)
    yield Scenario("recall and false alarms differ alike", _world(two, [0.8, 0.7], [0.08, 0.18]), odds, 8_000)
    predictive = at_most("fairness.predictive_parity", "1", across=True)
    yield Scenario("two groups", _world(two, [0.8, 0.8], [0.10, 0.17]), predictive, 6_000)
    yield Scenario(
        "one of three groups", _world([0.5, 0.3, 0.2], [0.8] * 3, [0.1, 0.1, 0.17]), predictive, 12_000
    )


def _scores() -> Iterable[Scenario]:
    shares, base = np.array([0.6, 0.4]), np.array([0.3, 0.3])
    fair = scored(shares, base, 1.6)
    bold = scored(shares, base, 1.6, tilt=1.6)
    for rows in (500, 3_000):
        yield Scenario("two alike groups", fair, at_least("performance.auc", "0"), rows)
    by_group = at_least("performance.auc", "0", across=True)
    yield Scenario("both groups at the boundary", fair, by_group, 3_000)
    yield Scenario("two alike groups", fair, at_least("performance.gini", "0"), 2_000)
    yield Scenario("two alike groups", fair, at_most("performance.brier", "1"), 2_000)
    yield Scenario("scores too bold", bold, at_most("performance.log_loss", "1"), 2_000)
    yield Scenario("scores too bold", bold, at_most("performance.ks_calibration", "1"), 2_000)
    yield Scenario("scores too bold", bold, at_most("performance.observed_expected", "9"), 2_000)
    yield Scenario("scores too bold", bold, at_least("performance.observed_expected", "0"), 2_000)


def scenarios() -> tuple[Scenario, ...]:
    """All of them."""
    return (*_rates(), *_comparisons(), *_scores())


def run(scenario: Scenario, reps: int) -> dict[str, object]:
    """One row: how often the pipeline and the point estimates certify, every time wrongly."""
    rule = Rule(
        (scenario.boundary, *scenario.comfortable),
        scores=scenario.population.scores,
        decide_at=scenario.population.decide_at,
    )
    name = f"{scenario.says}/{scenario.boundary}/{scenario.rows}"
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    counts = scenario.draw(reps, rng)
    others = Rule(scenario.comfortable, scores=rule.scores, decide_at=rule.decide_at)
    return {
        "at its threshold": str(scenario.boundary),
        "population": scenario.says,
        "rows": scenario.rows,
        "grade": scenario.grade,
        "samples": reps,
        "certified wrongly": float(rule.certified(counts).mean()),
        "point estimate certifies": float(rule.point_certifies(counts).mean()),
        "others comfortable": float(others.may_certify(counts).mean()),
    }


def tables(reps: int, reps_of_scores: int) -> dict[str, list[dict[str, object]]]:
    """One row for each scenario; functionals of scores cost a thousand times more and get their own number."""
    rows = [run(s, reps if s.at.metric in SHAPES else reps_of_scores) for s in scenarios()]
    return {"End to end, one criterion at its threshold": rows}
