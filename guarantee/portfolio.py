"""Two portfolios of 20,000 random models: who is certified, and how often wrongly?

What the level alpha bounds is the chance that one bad model is certified. How many certificates of a whole portfolio
are wrong depends on the portfolio, so there are two. In the first half of the models are bad. The second has less variety, so that fewer models are bad and more of the bad ones are nearly good. It was
tried first, on 1,000 models, with its outcome in view; the first was made from it by widening two ranges until half
of the models were bad. Neither was touched again.

Twenty test sets of each size are drawn, and a thousand models decide on each; every model is judged by the same five
critical criteria, through check, assess, judge and decide (tables that a wider bound already rules out are skipped,
and that no such table would have been certified is shown on a sample in the same run). The point-estimate pipeline
judges the same samples.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assay.domain.vocabulary import Comparator
from guarantee.populations import decided, values_of_decisions
from guarantee.rule import Booleans, Floats, Integers, Rule, at_least, at_most

MODELS = 20_000
SETS = 20
ROWS = (2_000, 5_000, 20_000)
SHARES = np.array([0.50, 0.25, 0.15, 0.10])
NEAR = 0.02
"""A bad model is near the boundary when it misses every threshold by less than this."""
ASKED = (
    at_least("performance.accuracy", "0.75"),
    at_least("performance.recall", "0.60", across=True),
    at_least("performance.precision", "0.45"),
    at_most("fairness.equalized_odds", "0.15", across=True),
    at_least("fairness.impact_ratio", "0.75", across=True),
)
SAMPLE = 400
"""Tables of each size that are judged without screening."""


class Variety(NamedTuple):
    """How models differ: the lowest recall, and the widest departure of a group from its model's own rates."""

    name: str
    lowest_recall: float
    widest: float


HALF_BAD = Variety("half bad", 0.55, 0.15)
NARROW = Variety("less variety, tried first", 0.60, 0.09)


class Portfolio(NamedTuple):
    """Models and what they are judged on.

    base: float64[set, group], event rates of each test set's population. recall, alarms: float64[set, model, group],
    of the models that are judged on that set. missed: float64[set, model], by how much a model misses a threshold.
    """

    base: Floats
    recall: Floats
    alarms: Floats
    missed: Floats

    @property
    def bad(self) -> Booleans:
        """Which models violate a criterion."""
        found: Booleans = self.missed.ravel() > 0
        return found


def portfolio(count: int, seed: int, variety: Variety = HALF_BAD) -> Portfolio:
    """Random models: overall quality, and per group departures from it, both drawn uniformly wide."""
    rng = np.random.default_rng(seed)
    sets = (SETS, count // SETS, 1)
    groups = (*sets[:2], SHARES.size)
    base = rng.uniform(0.25, 0.40, (SETS, 1)) + rng.uniform(-0.03, 0.03, (SETS, SHARES.size))
    uneven = rng.uniform(0, variety.widest, sets)  # some models treat groups alike, some do not
    recall = np.clip(
        rng.uniform(variety.lowest_recall, 0.90, sets) + uneven * rng.uniform(-1, 1, groups), 0.01, 0.99
    )
    alarms = np.clip(rng.uniform(0.05, 0.25, sets) + uneven * rng.uniform(-1, 1, groups), 0.01, 0.99)
    models = decided(SHARES, base[:, None, :], recall, alarms).mass.reshape(-1, SHARES.size, 2, 2)
    missed = []
    for asked in ASKED:
        value, tau = values_of_decisions(models, asked), float(asked.threshold)
        missed.append(tau - value if asked.comparator is Comparator.AT_LEAST else value - tau)
    return Portfolio(base, recall, alarms, np.max(missed, axis=0).reshape(sets[:2]))


def tables(
    models: int = MODELS, *, sample: int = SAMPLE, seed: int = 20_261_124
) -> dict[str, list[dict[str, object]]]:
    """One row for each size of the test data, and one for each on how the screening agrees with the product."""
    shares, agreement = [], []
    for variety in (HALF_BAD, NARROW):
        drawn = portfolio(models, seed, variety)
        for n in ROWS:
            rng = np.random.default_rng((seed, n))
            counts = _samples(drawn, n, rng)
            rule = Rule(ASKED)
            certified = _certified(rule, counts)
            point = rule.point_certifies(counts)
            named = {"portfolio": variety.name}
            shares.append(named | _shares(drawn, n, certified, point))
            agreement.append(named | _agreement(n, counts, certified, point, sample, rng))
    return {
        f"Portfolios of {models:,} random models": shares,
        "Portfolios: screening against check, assess, judge, decide on every table": agreement,
    }


def _samples(drawn: Portfolio, n: int, rng: np.random.Generator) -> Integers:
    """int64[model, group, label, decision]: each set's rows are drawn once, then every model decides on them."""
    counts = []
    for base, recall, alarms in zip(drawn.base, drawn.recall, drawn.alarms, strict=True):
        group = rng.multinomial(n, SHARES)
        one = rng.binomial(group, base)
        labelled = np.stack((group - one, one), axis=-1)
        ones = rng.binomial(labelled, np.stack((alarms, recall), axis=-1))
        counts.append(np.stack((labelled - ones, ones), axis=-1))
    return np.concatenate(counts)


def _certified(rule: Rule, counts: Integers) -> Booleans:
    found = rule.may_certify(counts)
    for at in np.flatnonzero(found):
        found[at] = rule.says(counts[at]).certified
        rule.forget()
    return found


def _shares(drawn: Portfolio, n: int, certified: Booleans, point: Booleans) -> dict[str, object]:
    bad, near = drawn.bad, drawn.bad & (drawn.missed.ravel() < NEAR)
    row: dict[str, object] = {"rows": n, "bad models": float(bad.mean())}
    for who, said in (("bounds", certified), ("point estimate", point)):
        row |= {
            f"bad models certified, {who}": float(said[bad].mean()),
            f"near-boundary bad certified, {who}": float(said[near].mean()),
            f"wrong certificates, {who}": float(bad[said].mean()) if said.any() else 0.0,
            f"good models certified, {who}": float(said[~bad].mean()),
        }
    return row


def _agreement(
    n: int, counts: Integers, certified: Booleans, point: Booleans, sample: int, rng: np.random.Generator
) -> dict[str, object]:
    """Ask the product without any screening about random models and about as many that point estimates certify."""
    liked = np.flatnonzero(point & ~certified)
    half = sample // 2
    chosen = np.concatenate(
        (rng.choice(len(counts), half, replace=False), rng.permutation(liked)[:half])
    ).astype(np.intp)
    rule = Rule(ASKED)
    same = []
    for at in chosen:
        said = rule.says(counts[at])
        same.append(said.certified == certified[at] and said.point == point[at])
        rule.forget()
    return {"rows": n, "models asked again": len(same), "agreement": float(np.mean(same))}
