"""Populations of scores and labels with known true values, for the score rules.

Every population is finite (a few hundred distinct scores), so its true AUC, loss or calibration error is a sum and
a sample is a multinomial draw of counts: the design is exactly at the boundary, without numerical integration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, ndtr, ndtri

from assay.stats.auc import auc_bound
from assay.stats.auc_difference import PairedScoreCounts, paired_auc_difference
from assay.stats.bound import Bound
from assay.stats.calibration import ece_bound, ks_calibration_bound
from assay.stats.histogram import ScoreCounts
from assay.stats.means import brier_bound, mean_bound
from assay.stats.observed_expected import observed_expected_bound
from guarantee.boundary import Design

Floats = NDArray[np.float64]
POINTS = 300


@dataclass(frozen=True)
class Classes:
    """Scores with their probabilities among negatives and among positives."""

    scores: Floats
    negatives: Floats
    positives: Floats

    @property
    def auc(self) -> float:
        """The true AUC, ties half."""
        below = np.cumsum(self.negatives) - self.negatives / 2
        return float(self.positives @ below)

    def sample(self, rng: np.random.Generator, n_pos: int, n_neg: int) -> ScoreCounts:
        """Counts of a sample with that many rows of each class."""
        return ScoreCounts(
            self.scores, rng.multinomial(n_neg, self.negatives), rng.multinomial(n_pos, self.positives)
        )


@dataclass(frozen=True)
class Population:
    """Scores with their probabilities and the true event rate at each."""

    scores: Floats
    mass: Floats
    rate: Floats

    def sample(self, rng: np.random.Generator, n: int) -> ScoreCounts:
        """Counts of a sample of n rows."""
        cells = rng.multinomial(n, np.concatenate((self.mass * (1 - self.rate), self.mass * self.rate)))
        return ScoreCounts(self.scores, cells[: self.scores.size], cells[self.scores.size :])

    def mean(self, if_negative: Floats, if_positive: Floats) -> float:
        """The expectation of a value that depends on score and label."""
        return float(self.mass @ ((1 - self.rate) * if_negative + self.rate * if_positive))

    @property
    def brier(self) -> float:
        """The true Brier score."""
        return self.mean(self.scores**2, (1 - self.scores) ** 2)

    @property
    def gaps(self) -> Floats:
        """Score less event rate, times the mass, at each score."""
        return self.mass * (self.scores - self.rate)

    @property
    def ks(self) -> float:
        """The true KS calibration error."""
        return float(np.abs(np.cumsum(self.gaps)).max())

    def ece(self, bins: int) -> float:
        """The true binned ECE."""
        place = np.searchsorted(np.arange(1, bins) / bins, self.scores, side="right")
        return float(np.abs(np.bincount(place, weights=self.gaps)).sum())

    @property
    def ratio(self) -> float:
        """The true observed over expected."""
        return float(self.mass @ self.rate) / float(self.mass @ self.scores)


# --- AUC -------------------------------------------------------------------------------------------------------


def _binned(
    cdf_neg: Callable[[Floats], Floats], cdf_pos: Callable[[Floats], Floats], edges: Floats
) -> Classes:
    def mass(cdf: Callable[[Floats], Floats]) -> Floats:
        return np.diff(np.concatenate(([0.0], cdf(edges), [1.0])))

    return Classes(np.arange(edges.size + 1, dtype=np.float64), mass(cdf_neg), mass(cdf_pos))


def binormal(area: float, sd: float) -> Classes:
    """Negatives N(0, 1), positives N(d, sd) with the distance that gives the AUC."""
    d = float(ndtri(area)) * np.sqrt(1 + sd**2)
    edges = np.linspace(min(-4.0, d - 4 * sd), max(4.0, d + 4 * sd), POINTS)
    return _binned(ndtr, lambda x: ndtr((x - d) / sd), edges)


def exponential(area: float, *, mirrored: bool) -> Classes:
    """Negatives Exp(1), positives exponential with mean A / (1 - A); mirrored: with the classes exchanged."""
    scale = area / (1 - area)
    edges = np.concatenate(
        (np.geomspace(1e-3, 8, POINTS // 2), np.geomspace(8.1, 8 * max(scale, 1.1), POINTS // 2))
    )
    found = _binned(lambda x: -np.expm1(-x), lambda x: -np.expm1(-x / scale), edges)
    return Classes(found.scores, found.positives[::-1], found.negatives[::-1]) if mirrored else found


def contaminated(area: float, *, positives: bool) -> Classes:
    """One class looks like the other with probability 2 (1 - A) and is perfectly separated otherwise."""
    share = 2 * (1 - area)
    flat = np.full(POINTS, 1 / POINTS)
    low, high = np.zeros(2 * POINTS), np.zeros(2 * POINTS)
    low[:POINTS], high[POINTS:] = flat, flat
    scores = np.arange(2.0 * POINTS)
    if positives:
        return Classes(scores, low, share * low + (1 - share) * high)
    return Classes(scores, share * high + (1 - share) * low, high)


def five_grades(area: float) -> Classes:
    """A scorecard of five grades: coarse ties; binormal underneath. The AUC is a little below the one asked."""
    d = float(ndtri(area)) * np.sqrt(2)
    return _binned(ndtr, lambda x: ndtr(x - d), np.linspace(-0.5, d + 0.5, 4))


AUC_SHAPES: dict[str, Callable[[float], Classes]] = {
    "binormal": partial(binormal, sd=1.0),
    "binormal, wide positives": partial(binormal, sd=2.0),
    "binormal, narrow positives": partial(binormal, sd=0.5),
    "exponential": partial(exponential, mirrored=False),
    "exponential, mirrored": partial(exponential, mirrored=True),
    "positives hidden among negatives": partial(contaminated, positives=True),
    "negatives hidden among positives": partial(contaminated, positives=False),
    "five grades": five_grades,
}
AUC_SIZES = ((50, 50), (50, 500), (500, 50), (100, 100), (100, 1000), (1000, 100), (300, 300), (1000, 1000))


def auc_designs() -> Iterator[Design]:
    """Lower limit of the AUC over shapes, class sizes and levels of discrimination."""
    for n_pos, n_neg in AUC_SIZES:
        for shape, build in AUC_SHAPES.items():
            for area in (0.7, 0.9, 0.97, 0.99):
                classes = build(area)
                yield Design(
                    rule="auc",
                    shape=shape,
                    rows=f"{n_pos} + {n_neg}",
                    size=min(n_pos, n_neg),
                    truth=classes.auc,
                    side="at_least",
                    draw=partial(_draw_auc, classes, n_pos, n_neg),
                )


def _draw_auc(classes: Classes, n_pos: int, n_neg: int, rng: np.random.Generator, alpha: float) -> Bound:
    return auc_bound(classes.sample(rng, n_pos, n_neg), alpha)


# --- AUC differences -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pairs:
    """Equally likely pairs of scores of positives and of negatives: float64[k, 2] each."""

    positives: Floats
    negatives: Floats

    def area(self, model: int) -> float:
        """The true AUC of the incumbent (0) or the candidate (1)."""
        p, n = self.positives[:, model][:, None], self.negatives[:, model]
        return float(((p > n) + 0.5 * (p == n)).mean())

    def draw(self, n_pos: int, n_neg: int, rng: np.random.Generator, alpha: float) -> Bound:
        """The difference judged on one sample."""
        p = rng.multinomial(n_pos, np.full(len(self.positives), 1 / len(self.positives)))
        n = rng.multinomial(n_neg, np.full(len(self.negatives), 1 / len(self.negatives)))
        both = np.concatenate((self.positives, self.negatives))
        return paired_auc_difference(
            PairedScoreCounts(
                both[:, 0],
                both[:, 1],
                np.concatenate((np.zeros_like(p), n)),
                np.concatenate((p, np.zeros_like(n))),
            ),
            alpha,
        )


def noisier(area: float, noise: float) -> Pairs:
    """The candidate is the incumbent with noise added to its scores."""
    rng = np.random.default_rng(1)
    d = float(ndtri(area)) * np.sqrt(2)
    positives, negatives = rng.normal(d, 1, POINTS), rng.normal(0, 1, POINTS)
    return Pairs(
        np.stack((positives, positives + noise * rng.normal(size=POINTS)), axis=1),
        np.stack((negatives, negatives + noise * rng.normal(size=POINTS)), axis=1),
    )


def some_lost(area: float, lost: int) -> Pairs:
    """The candidate is the incumbent except that `lost` of 300 kinds of positives fall to the bottom."""
    rng = np.random.default_rng(1)
    d = float(ndtri(area)) * np.sqrt(2)
    positives, negatives = rng.normal(d, 1, POINTS), rng.normal(0, 1, POINTS)
    changed = positives.copy()
    changed[rng.permutation(POINTS)[:lost]] = -10
    return Pairs(np.stack((positives, changed), axis=1), np.stack((negatives, negatives), axis=1))


def auc_difference_designs() -> Iterator[Design]:
    """Non-inferiority at a margin equal to the true loss: small noise everywhere, or grave changes of few rows."""
    shapes = {
        **{f"noise {z}, incumbent {a}": noisier(a, z) for a in (0.7, 0.9) for z in (0.2, 0.7)},
        **{
            f"{k} of 300 positives lost, incumbent {a}": some_lost(a, k)
            for a in (0.7, 0.97)
            for k in (2, 6, 15)
        },
    }
    for n_pos, n_neg in ((50, 50), (100, 100), (100, 1000), (1000, 100), (300, 300)):
        for shape, pairs in shapes.items():
            yield Design(
                rule="auc_difference",
                shape=shape,
                rows=f"{n_pos} + {n_neg}",
                size=min(n_pos, n_neg),
                truth=pairs.area(1) - pairs.area(0),
                side="at_least",
                draw=partial(pairs.draw, n_pos, n_neg),
            )


# --- means and calibration -------------------------------------------------------------------------------------


def beta_scores(base_rate: float, weight: float) -> tuple[Floats, Floats]:
    """Scores Beta(weight * base_rate, weight * (1 - base_rate)) as equally likely quantile midpoints."""
    middle = (np.arange(POINTS) + 0.5) / POINTS
    values = betaincinv(weight * base_rate, weight * (1 - base_rate), middle)
    scores, rows = np.unique(np.clip(values, 1e-9, 1 - 1e-9), return_counts=True)
    return scores, rows / POINTS


def calibrated(base_rate: float, weight: float = 4.0) -> Population:
    """Event rates equal to the scores."""
    scores, mass = beta_scores(base_rate, weight)
    return Population(scores, mass, scores)


def distorted(base_rate: float, *, shift: float = 0.0, slope: float = 1.0, weight: float = 4.0) -> Population:
    """logit(event rate) = shift + slope logit(score)."""
    scores, mass = beta_scores(base_rate, weight)
    return Population(scores, mass, expit(shift + slope * logit(scores)))


def only_at_the_top(base_rate: float) -> Population:
    """Calibrated except in the highest 5 % of the scores, where a third of the events is missing."""
    scores, mass = beta_scores(base_rate, 4.0)
    top = np.cumsum(mass) > 0.95
    return Population(scores, mass, np.where(top, scores * 2 / 3, scores))


def rarely_fatal(error: float) -> Population:
    """Two confident scores, .01 and .99, each wrong with probability `error`: rare, large losses."""
    return Population(np.array([0.01, 0.99]), np.array([0.5, 0.5]), np.array([error, 1 - error]))


def fatal_in_a_bulk() -> Population:
    """Two broad scores and one that is next to 0 and, once in a thousand rows, as wrong as can be.

    Found by an attacker: samples without such a row look so good that a skew-corrected limit of the log loss passed
    .07 of them.
    """
    negatives = np.array([0.056509, 0.071087, 0.00193])
    positives = np.array([0.000953, 0.589834, 0.279687])
    mass = negatives + positives
    return Population(np.array([1e-9, 0.7, 0.99]), mass / mass.sum(), positives / mass)


def unpromised_events(rate: float) -> Population:
    """A model that scores everyone almost 0 while events happen."""
    return Population(np.array([1e-4]), np.array([1.0]), np.array([rate]))


POPULATIONS: dict[str, Population] = {
    "calibrated, base rate .5": calibrated(0.5),
    "calibrated, base rate .2": calibrated(0.2),
    "calibrated, base rate .05": calibrated(0.05),
    "calibrated, base rate .01": calibrated(0.01, 20.0),
    "calibrated, sharp, base rate .3": calibrated(0.3, 0.3),
    "overconfident, base rate .3": distorted(0.3, slope=0.5),
    "underconfident, base rate .3": distorted(0.3, slope=2.0),
    "too low, base rate .2": distorted(0.2, shift=0.4),
    "too high, base rate .2": distorted(0.2, shift=-0.4),
    "events doubled, base rate .03": distorted(0.03, shift=0.75, weight=20.0),
    "only the top 5 % is wrong": only_at_the_top(0.3),
    "one in a thousand is fatal": fatal_in_a_bulk(),
    "confident, 1 % wrong": rarely_fatal(0.01),
    "confident, 5 % wrong": rarely_fatal(0.05),
    "events that nobody promised, 1 %": unpromised_events(0.01),
    "events that nobody promised, 5 %": unpromised_events(0.05),
}
SIZES = (100, 300, 1000, 5000)
ECE_BINS = (1, 15)

Rule = Callable[[ScoreCounts, float], Bound]


def mean_designs() -> Iterator[Design]:
    """Upper limits of the Brier score and of plain bounded means, which share a rule. The log loss is exact."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            yield _design("mean", f"Brier: {shape}", population, n, population.brier, brier_bound)
        for shape, (values, mass) in BOUNDED.items():
            yield Design(
                rule="mean",
                shape=f"mean: {shape}",
                rows=str(n),
                size=n,
                truth=float(values @ mass),
                side="at_most",
                draw=partial(_draw_mean, values, mass, n),
            )


def calibration_designs() -> Iterator[Design]:
    """Upper limits of the KS calibration error and of the binned ECE at the true error."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            if population.ks > 1e-9:
                yield _design("ks_calibration", shape, population, n, population.ks, ks_calibration_bound)
            for bins in ECE_BINS:
                if population.ece(bins) > 1e-9:
                    rule = partial(ece_bound, bins=bins)
                    yield _design("ece", f"{shape}; {bins} bins", population, n, population.ece(bins), rule)


def observed_expected_designs() -> Iterator[Design]:
    """Upper limits of observed over expected; failing wrongly is the lower limit."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            yield _design(
                "observed_expected", shape, population, n, population.ratio, observed_expected_bound
            )


def _design(rule: str, shape: str, population: Population, n: int, truth: float, bound: Rule) -> Design:
    def draw(rng: np.random.Generator, alpha: float) -> Bound:
        return bound(population.sample(rng, n), alpha)

    return Design(rule, shape, str(n), n, truth, "at_most", draw)


def _draw_mean(values: Floats, mass: Floats, n: int, rng: np.random.Generator, alpha: float) -> Bound:
    return mean_bound(values, rng.multinomial(n, mass), low=0.0, high=1.0, alpha=alpha)


def _two_parts(bulk: Floats, share: float, value: float) -> tuple[Floats, Floats]:
    return np.append(bulk, value), np.append(np.full(bulk.size, (1 - share) / bulk.size), share)


_GRID = (np.arange(POINTS) + 0.5) / POINTS
BOUNDED: dict[str, tuple[Floats, Floats]] = {
    "uniform": (_GRID, np.full(POINTS, 1 / POINTS)),
    "Bernoulli .01": (np.array([0.0, 1.0]), np.array([0.99, 0.01])),
    "Bernoulli .1": (np.array([0.0, 1.0]), np.array([0.9, 0.1])),
    "Beta(.2, .8)": (betaincinv(0.2, 0.8, _GRID), np.full(POINTS, 1 / POINTS)),
    "Beta(.1, 10)": (betaincinv(0.1, 10.0, _GRID), np.full(POINTS, 1 / POINTS)),
    "bulk .1-.3 and 1 % of 1": _two_parts(0.1 + 0.2 * _GRID, 0.01, 1.0),
    "bulk .1-.3 and .3 % of 1": _two_parts(0.1 + 0.2 * _GRID, 0.003, 1.0),
    "bulk 0-.02 and 2 % of .6": _two_parts(0.02 * _GRID, 0.02, 0.6),
}
