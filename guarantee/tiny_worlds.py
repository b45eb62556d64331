"""Worlds so small that every table of counts is enumerated through check, assess, judge and decide.

Each world has two groups, at most 12 rows and two critical criteria. All tables are listed, the product decides on
each, and the probability of ``certified`` under a population is a finite sum: no simulation. An adversary then looks
for the population that violates a criterion and is certified most often: on the boundary of every way of violating
(each group, each ordered pair, each family), from many starts, by hill climbing; and at random beyond the boundary.
The adversary of the point-estimate pipeline looks as hard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, logit

from assay.domain.evidence import Compare
from assay.domain.vocabulary import Comparator
from guarantee.rule import SHAPES, Asked, Booleans, Floats, Integers, Rule, at_least, at_most

CELLS = 8
"""Two groups, two labels, two decisions."""
MASKS = {  # the cells of one group's rate: events, trials, as (label, decision)
    "performance.accuracy": (((0, 0), (1, 1)), ((0, 0), (0, 1), (1, 0), (1, 1))),
    "performance.recall": (((1, 1),), ((1, 0), (1, 1))),
    "performance.false_positive_rate": (((0, 1),), ((0, 0), (0, 1))),
    "performance.precision": (((1, 1),), ((0, 1), (1, 1))),
    "fairness.demographic_parity": (((0, 1), (1, 1)), ((0, 0), (0, 1), (1, 0), (1, 1))),
}
SAME = {
    "fairness.impact_ratio": ("fairness.demographic_parity",),
    "fairness.equal_opportunity": ("performance.recall",),
    "fairness.equalized_odds": ("performance.recall", "performance.false_positive_rate"),
    "fairness.predictive_parity": ("performance.precision",),
}


@dataclass(frozen=True)
class World:
    """Two groups and two critical criteria.

    rows: rows of both groups when they are fixed, or of the whole world when membership is random as well.
    labels: labels that occur. A world where every row has label 1 has one rate per group.
    """

    rows: tuple[int, ...]
    asked: tuple[Asked, Asked]
    alpha: float = 0.05
    labels: tuple[int, ...] = (0, 1)

    @property
    def shape(self) -> str:
        """The rows in words."""
        drawn = (
            f"{self.rows[0]}, groups at random" if len(self.rows) == 1 else f"{self.rows[0]} + {self.rows[1]}"
        )
        return drawn + ("" if len(self.labels) == 2 else ", one label")

    def tables(self) -> Integers:
        """Every table of counts: int64[tables, group, label, decision]."""
        used = [(y, d) for y in self.labels for d in (0, 1)]
        strata = [[(g, *c) for c in used] for g in (0, 1)]
        if len(self.rows) == 1:
            strata = [strata[0] + strata[1]]
        parts = [list(_compositions(n, len(cells))) for n, cells in zip(self.rows, strata, strict=True)]
        found = np.zeros((int(np.prod([len(p) for p in parts])), 2, 2, 2), dtype=np.int64)
        for cells, columns in zip(strata, _crossed(parts), strict=True):
            for j, cell in enumerate(cells):
                found[(slice(None), *cell)] = columns[:, j]
        return found


def _compositions(n: int, cells: int) -> Iterator[tuple[int, ...]]:
    for bars in combinations(range(n + cells - 1), cells - 1):
        edges = (-1, *bars, n + cells - 1)
        yield tuple(edges[i + 1] - edges[i] - 1 for i in range(cells))


def _crossed(parts: list[list[tuple[int, ...]]]) -> list[Integers]:
    chosen = np.array(list(product(*(range(len(p)) for p in parts))))
    return [np.array(part)[chosen[:, i]] for i, part in enumerate(parts)]


class Decided(NamedTuple):
    """Every table of a world with what the product and the point estimates decide."""

    tables: Integers
    certified: Booleans
    point: Booleans


def decided(world: World, rule: Rule | None = None) -> Decided:
    """Ask the product about every table, once for each that differs in what the criteria look at."""
    rule = rule or Rule(world.asked, world.alpha)
    tables = world.tables()
    seen = []
    for asked in world.asked:
        cells = tables if asked.across else tables.sum(axis=1, keepdims=True)
        seen += [np.concatenate(family(cells), axis=1) for family in SHAPES[asked.metric].families]
    _, first, inverse = np.unique(
        np.concatenate(seen, axis=1), axis=0, return_index=True, return_inverse=True
    )
    said = np.array([rule.says(tables[i]) for i in first], dtype=bool)[inverse.ravel()]
    return Decided(tables, said[:, 0], said[:, 1])


# --- populations -----------------------------------------------------------------------------------------------

Project = Callable[[Floats, Floats], Floats]
"""Populations float64[k, group, label, decision] moved to violate a criterion, by a distance (k) from its threshold."""


def violations(world: World) -> Iterator[tuple[str, Project]]:
    """Every way to violate a criterion, with the move that makes a population do it."""
    for asked in world.asked:
        names = SAME.get(asked.metric, (asked.metric,))
        for name in names:
            inside = f" ({name.partition('.')[2].replace('_', ' ')})" if len(names) > 1 else ""
            for who, project in _ways(world, asked, name):
                yield f"{asked}{inside}: {who}", project


def _ways(world: World, asked: Asked, name: str) -> Iterator[tuple[str, Project]]:
    tau = float(asked.threshold)
    sign = -1.0 if asked.comparator is Comparator.AT_LEAST else 1.0
    compare = SHAPES[asked.metric].compare
    if compare is Compare.EACH and not asked.across:
        yield (
            "over all rows",
            lambda p, beyond: _with_overall_rate(world, p, name, np.clip(tau + sign * beyond, 0, 1)),
        )
        return
    if compare is Compare.EACH:
        for group in (0, 1):

            def alone(p: Floats, beyond: Floats, group: int = group) -> Floats:
                return _with_rate(p, name, group, np.clip(tau + sign * beyond, 0, 1))

            yield f"group {group + 1}", alone
        return
    for a, b in ((0, 1), (1, 0)):

        def compared(p: Floats, beyond: Floats, a: int = a, b: int = b) -> Floats:
            events, trials = _masses(p, name, b)
            rate = events / trials
            if compare is Compare.RATIO:
                return _with_rate(p, name, a, np.clip(tau - beyond, 0, 1) * rate)
            gap = np.minimum(tau + beyond, 1)
            p = _with_rate(p, name, b, rate * (1 - gap))
            return _with_rate(p, name, a, rate * (1 - gap) + gap)

        said = (
            f"group {a + 1} over group {b + 1}"
            if compare is Compare.RATIO
            else f"group {a + 1} less group {b + 1}"
        )
        yield said, compared


def _cells(name: str, groups: Iterable[int]) -> tuple[list[int], list[int]]:
    events, trials = MASKS[name]

    def flat(cells: tuple[tuple[int, int], ...]) -> list[int]:
        return [g * 4 + y * 2 + d for g in groups for y, d in cells]

    return flat(events), flat(tuple(c for c in trials if c not in events))


def _masses(p: Floats, name: str, group: int) -> tuple[Floats, Floats]:
    hit, miss = _cells(name, (group,))
    events = p[:, hit].sum(axis=1)
    return events, events + p[:, miss].sum(axis=1)


def _with_rate(p: Floats, name: str, group: int, rate: Floats) -> Floats:
    """The populations with this rate in this group, everything else in proportion."""
    hit, miss = _cells(name, (group,))
    events, trials = _masses(p, name, group)
    moved = p.copy()
    moved[:, hit] *= (rate * trials / events)[:, None]
    moved[:, miss] *= ((1 - rate) * trials / (trials - events))[:, None]
    return moved


def _with_overall_rate(world: World, p: Floats, name: str, rate: Floats) -> Floats:
    """The populations with this rate over both groups: both groups' log odds are moved by the same amount."""
    share = np.array(world.rows if len(world.rows) == 2 else (1, 1), dtype=np.float64)
    masses = [_masses(p, name, g) for g in (0, 1)]
    odds = [logit(np.clip(events / trials, 1e-300, 1 - 1e-16)) for events, trials in masses]
    weight = [share[g] * masses[g][1] for g in (0, 1)]
    low, high = np.full(len(p), -800.0), np.full(len(p), 800.0)
    for _ in range(80):
        middle = (low + high) / 2
        reached = sum(w * expit(o + middle) for w, o in zip(weight, odds, strict=True)) / sum(weight)
        low, high = np.where(reached < rate, middle, low), np.where(reached < rate, high, middle)
    for g in (0, 1):
        p = _with_rate(p, name, g, expit(odds[g] + (low + high) / 2))
    return p


def _random(world: World, rng: np.random.Generator, k: int) -> Floats:
    """Populations float64[k, 8]; all cells in use are positive, many are nearly empty."""
    weight = rng.choice([0.1, 0.3, 1.0, 3.0], size=(k, 1))
    return _normal(world, np.maximum(rng.gamma(np.broadcast_to(weight, (k, CELLS))), 1e-12))


def _normal(world: World, mass: Floats) -> Floats:
    mass = mass.copy()
    mass.reshape(-1, 2, 2, 2)[:, :, [y for y in (0, 1) if y not in world.labels], :] = 0.0
    if len(world.rows) == 1:
        whole: Floats = mass / mass.sum(axis=1, keepdims=True)
        return whole
    halves = mass.reshape(-1, 2, 4)
    each: Floats = (halves / halves.sum(axis=2, keepdims=True)).reshape(-1, CELLS)
    return each


# --- the adversary ---------------------------------------------------------------------------------------------


class Worst(NamedTuple):
    """The largest probability found, and how the model violates there."""

    probability: float
    violated: str


class Chances:
    """The exact probability of a set of tables under populations."""

    def __init__(self, world: World, tables: Integers, chosen: NDArray[np.bool_]) -> None:
        self._tables = tables[chosen].reshape(-1, CELLS).astype(np.float64)
        self._ways = sum(gammaln(n + 1) for n in world.rows) - gammaln(self._tables + 1).sum(axis=1)

    def __call__(self, p: Floats) -> Floats:
        """float64[k] from populations float64[k, 8]."""
        found = np.zeros(len(p))
        with np.errstate(divide="ignore"):
            logs = np.maximum(np.log(p), -1e4)
        for start in range(0, len(p), 256):
            part = slice(start, start + 256)
            found[part] = np.exp(logs[part] @ self._tables.T + self._ways).sum(axis=1)
        return found


def worst(world: World, found: Decided, chosen: Booleans, *, effort: float = 1.0, seed: int = 0) -> Worst:
    """The largest P(chosen tables) over populations that violate a criterion."""
    if not chosen.any():
        return Worst(0.0, "never")
    chances = Chances(world, found.tables, chosen)
    best = Worst(-1.0, "")
    for i, (named, project) in enumerate(violations(world)):
        rng = np.random.default_rng((seed, i))
        value = _climb(world, chances, project, rng, effort)
        if value > best.probability:
            best = Worst(value, named)
    return best


def _climb(
    world: World, chances: Chances, project: Project, rng: np.random.Generator, effort: float
) -> float:
    starts = _random(world, rng, int(400 * effort))
    beyond = np.where(rng.random(len(starts)) < 0.7, 0.0, 0.2 * rng.random(len(starts)) ** 2)
    values = chances(project(starts, beyond))
    best = float(values.max())
    kept = starts[np.argsort(-values)[:6]]
    for step in np.geomspace(1.5, 0.02, int(30 * effort)):
        tried = np.repeat(kept, 16, axis=0)
        shaken = tried * np.exp(step * rng.standard_normal(tried.shape))
        everyone = np.concatenate((kept, _normal(world, np.maximum(shaken, 1e-12))))
        values = chances(project(everyone, np.zeros(len(everyone))))
        kept = everyone[np.argsort(-values)[:6]]
        best = max(best, float(values.max()))
    return best


# --- the worlds ------------------------------------------------------------------------------------------------

ACCURACY, RECALL, FALSE_ALARMS, PRECISION = (
    f"performance.{name}" for name in ("accuracy", "recall", "false_positive_rate", "precision")
)
PARITY, RATIO, OPPORTUNITY, ODDS = (
    f"fairness.{name}"
    for name in ("demographic_parity", "impact_ratio", "equal_opportunity", "equalized_odds")
)
WORLDS = (
    World((6, 6), (at_least(ACCURACY, "0.3", across=True), at_most(PARITY, "0.6", across=True)), labels=(1,)),
    World((6, 6), (at_least(ACCURACY, "0.5"), at_least(RATIO, "0.4", across=True)), labels=(1,)),
    World((4, 8), (at_least(ACCURACY, "0.3", across=True), at_least(RATIO, "0.3", across=True)), labels=(1,)),
    World((3, 9), (at_least(ACCURACY, "0.3"), at_most(PARITY, "0.7", across=True)), labels=(1,)),
    World(
        (5, 7),
        (at_least(RECALL, "0.25", across=True), at_most(OPPORTUNITY, "0.65", across=True)),
        labels=(1,),
    ),
    World((6, 6), (at_least(ACCURACY, "0.55"), at_most(PARITY, "0.7", across=True))),
    World((5, 7), (at_least(ACCURACY, "0.5"), at_least(RATIO, "0.3", across=True))),
    World((6, 6), (at_least(ACCURACY, "0.6"), at_least(RATIO, "0.6", across=True)), alpha=0.2),
    World((4, 6), (at_least(RECALL, "0.3"), at_most(OPPORTUNITY, "0.8", across=True)), alpha=0.2),
    World((4, 5), (at_most(FALSE_ALARMS, "0.7", across=True), at_most(ODDS, "0.85", across=True)), alpha=0.2),
    World((6, 6), (at_least(PRECISION, "0.4", across=True), at_most(PARITY, "0.7", across=True)), alpha=0.1),
    World((10,), (at_least(ACCURACY, "0.55"), at_least(RATIO, "0.3", across=True))),
    World((12,), (at_least(ACCURACY, "0.6"), at_most(PARITY, "0.7", across=True))),
    World((10,), (at_least(PRECISION, "0.5"), at_most(PARITY, "0.75", across=True)), alpha=0.1),
    World((12,), (at_least(RECALL, "0.4"), at_least(RATIO, "0.5", across=True)), alpha=0.1),
)


def tables(*, effort: float = 1.0, worlds: Iterable[World] = WORLDS) -> dict[str, list[dict[str, object]]]:
    """One row for each world: the worst probability of certifying a model that violates a criterion."""
    rows = []
    for world in worlds:
        found = decided(world)
        bound = worst(world, found, found.certified, effort=effort)
        point = worst(world, found, found.point, effort=effort)
        rows.append(
            {
                "criteria": f"{world.asked[0]}; {world.asked[1]}",
                "rows": world.shape,
                "alpha": world.alpha,
                "tables": len(found.tables),
                "certified": int(found.certified.sum()),
                "certified wrongly, at most": bound.probability,
                "worst violation": bound.violated,
                "point estimate certifies wrongly": point.probability,
            }
        )
    return {"Tiny worlds, every table enumerated through decide": rows}
