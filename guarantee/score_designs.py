"""Populations of scores and labels with known true values, for the score rules.

Every population is finite (a few hundred distinct scores), so its true AUC, loss or calibration error is a sum and
a sample is a multinomial draw of counts: the design is exactly at the boundary, without numerical integration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, ndtr, ndtri

from assay.stats import skew
from assay.stats.auc import auc_bound
from assay.stats.auc_difference import PairedScoreCounts, paired_auc_difference
from assay.stats.bound import Bound
from assay.stats.calibration import ece_bound, ks_calibration_bound
from assay.stats.histogram import ScoreCounts
from assay.stats.means import brier_bound, mean_bound
from assay.stats.observed_expected import observed_expected_bound
from guarantee.boundary import Design, Limits, Side

Floats = NDArray[np.float64]
POINTS = 300
RANKS = 100


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

    def exchanged(self) -> Classes:
        """The classes exchanged and the scores turned round; the AUC stays."""
        return Classes(self.scores, self.positives[::-1], self.negatives[::-1])

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
        cells = rng.multinomial(n, self.cells)
        return ScoreCounts(self.scores, cells[: self.scores.size], cells[self.scores.size :])

    @property
    def cells(self) -> Floats:
        """Probabilities of each score without an event, then of each with one."""
        return np.concatenate((self.mass * (1 - self.rate), self.mass * self.rate))

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

    for n in (100, 300, 1000):
        for shape, ladder in LADDERS.items():
            for many in (n, 10 * n):
                classes = ranked_ladder(*ladder.at(n))
                yield from _auc_ladder(f"{shape}, positives", classes, n, many)
                yield from _auc_ladder(f"{shape}, negatives", classes.exchanged(), many, n)


def _auc_ladder(shape: str, classes: Classes, n_pos: int, n_neg: int) -> Iterator[Design]:
    draw, size = partial(_draw_auc, classes, n_pos, n_neg), min(n_pos, n_neg)
    yield Design("auc", shape, f"{n_pos} + {n_neg}", size, classes.auc, "at_least", draw)


def ranked_ladder(values: Floats, mass: Floats) -> Classes:
    """Positives of which a ladder of shares of the negatives, all alike, stands above."""
    place = np.rint((1 - values) * RANKS).astype(np.int64) * 2
    negatives = np.zeros(2 * RANKS + 1)
    negatives[1::2] = 1 / RANKS
    positives: Floats = np.bincount(place, weights=mass, minlength=negatives.size).astype(np.float64)
    return Classes(np.arange(negatives.size, dtype=np.float64), negatives, positives)


def _draw_auc(classes: Classes, n_pos: int, n_neg: int, rng: np.random.Generator) -> Limits:
    return partial(auc_bound, classes.sample(rng, n_pos, n_neg))


# --- AUC differences -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pairs:
    """Pairs of scores of positives and of negatives, float64[k, 2] each, with their probabilities, float64[k]."""

    positives: Floats
    negatives: Floats
    p_mass: Floats
    n_mass: Floats

    @classmethod
    def alike(cls, positives: Floats, negatives: Floats) -> Pairs:
        """Equally likely pairs."""
        masses = (np.full(len(pairs), 1 / len(pairs)) for pairs in (positives, negatives))
        return cls(positives, negatives, *masses)

    def area(self, model: int) -> float:
        """The true AUC of the incumbent (0) or the candidate (1)."""
        p, n = self.positives[:, model][:, None], self.negatives[:, model]
        return float(self.p_mass @ ((p > n) + 0.5 * (p == n)) @ self.n_mass)

    def exchanged(self) -> Pairs:
        """The classes exchanged and the scores turned round; both AUCs stay."""
        return Pairs(-self.negatives, -self.positives, self.n_mass, self.p_mass)

    def draw(self, n_pos: int, n_neg: int, rng: np.random.Generator) -> Limits:
        """The difference judged on one sample."""
        p, n = rng.multinomial(n_pos, self.p_mass), rng.multinomial(n_neg, self.n_mass)
        both = np.concatenate((self.positives, self.negatives))
        counts = PairedScoreCounts(
            both[:, 0],
            both[:, 1],
            np.concatenate((np.zeros_like(p), n)),
            np.concatenate((p, np.zeros_like(n))),
        )
        return partial(paired_auc_difference, counts)


def noisier(area: float, noise: float) -> Pairs:
    """The candidate is the incumbent with noise added to its scores."""
    rng = np.random.default_rng(1)
    d = float(ndtri(area)) * np.sqrt(2)
    positives, negatives = rng.normal(d, 1, POINTS), rng.normal(0, 1, POINTS)
    return Pairs.alike(
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
    return Pairs.alike(np.stack((positives, changed), axis=1), np.stack((negatives, negatives), axis=1))


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
    for n_pos, n_neg in ((50, 50), (100, 100), (100, 1000), (1000, 100), (300, 300), (1000, 1000)):
        for shape, pairs in shapes.items():
            yield _pairs_design(shape, pairs, n_pos, n_neg)
    for n in (100, 300, 1000):
        for shape, ladder in LADDERS.items():
            yield _pairs_design(f"{shape}, positives", fallen(*ladder.at(n)), n, 10 * n)
            yield _pairs_design(f"{shape}, negatives", fallen(*ladder.at(n)).exchanged(), 10 * n, n)


def _pairs_design(shape: str, pairs: Pairs, n_pos: int, n_neg: int) -> Design:
    return Design(
        rule="auc_difference",
        shape=shape,
        rows=f"{n_pos} + {n_neg}",
        size=min(n_pos, n_neg),
        truth=pairs.area(1) - pairs.area(0),
        side="at_least",
        draw=partial(pairs.draw, n_pos, n_neg),
    )


def fallen(values: Floats, mass: Floats) -> Pairs:
    """The incumbent is perfect; in the candidate a ladder of shares of the negatives stands above the positives."""
    negatives = np.arange(RANKS) + 0.5
    candidate = np.rint((1 - values) * RANKS)
    return Pairs(
        np.stack((np.full_like(values, RANKS), candidate), axis=1),
        np.stack((negatives, negatives), axis=1),
        mass,
        np.full(RANKS, 1 / RANKS),
    )


# --- ladders -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ladder:
    """Losses of which most are small, a few middling and fewer grave: where a sample lacks the grave ones it looks good.

    base: the loss of most rows. rungs: further losses, with the rows expected there, or the share of all rows where it is
    below `SHARE`. Found by attackers who climbed to the population that is passed most often, by this rule and by the
    one before it.
    """

    base: float
    rungs: tuple[tuple[float, float], ...]

    def at(self, n: int) -> tuple[Floats, Floats]:
        """Losses and their probabilities on n rows."""
        values = np.array([self.base, *(value for value, _ in self.rungs)])
        shares = np.array([many if many < SHARE else many / n for _, many in self.rungs])
        shares *= min(1.0, 0.9 / float(shares.sum()))
        return values, np.concatenate(([1 - shares.sum()], shares))


SHARE = 0.95
LADDERS: dict[str, Ladder] = {
    "three rungs, .07, .38": Ladder(0.0686, ((0.3847, 6.572), (1.0, 1.79))),
    "three rungs, .01, .35": Ladder(0.01, ((0.3527, 5.13), (1.0, 1.99))),
    "three rungs, .03, .35": Ladder(0.0317, ((0.3514, 7.57), (1.0, 2.1))),
    "three rungs, .02, .3": Ladder(0.02, ((0.3, 9.0), (1.0, 1.8))),
    "three rungs, 0, .12": Ladder(0.0, ((0.1178, 0.224), (1.0, 1.87))),
    "three rungs, half at .5": Ladder(0.1, ((0.5, 0.5), (1.0, 1.7))),
    "three rungs, two grave": Ladder(0.05, ((0.9, 4.0), (1.0, 1.7))),
    "four rungs": Ladder(0.0, ((0.0449, 0.0274), (0.398, 3.885), (1.0, 1.642))),
    "four rungs, fine": Ladder(0.0085, ((0.1435, 0.0252), (0.2311, 2.24), (1.0, 1.7))),
    "five rungs": Ladder(0.0, ((0.02, 0.3), (0.05, 30.0), (0.15, 8.0), (0.4, 4.0), (1.0, 1.7))),
    "five rungs, even": Ladder(0.01, ((0.1, 12.0), (0.2, 8.0), (0.4, 4.0), (0.7, 2.0), (1.0, 1.2))),
    "two rungs, a third": Ladder(0.0507, ((1.0, 0.73),)),
    "two rungs, a twelfth": Ladder(0.0, ((0.9445, 0.08),)),
}


def brier_ladder(values: Floats, mass: Floats) -> Population:
    """Squared errors that are a ladder: the base among both labels, the rungs among rows without an event."""
    error = np.sqrt(values)
    without, with_event = mass.copy(), np.zeros_like(mass)
    without[0] = with_event[0] = mass[0] / 2
    return labelled(
        np.concatenate((error, 1 - error)),
        np.concatenate((without, np.zeros_like(mass))),
        np.concatenate((np.zeros_like(mass), with_event)),
    )


def promise_ladder(values: Floats, mass: Floats, *, events: float) -> Population:
    """Scores that are a ladder and come to nothing, beside a share of certain events that come."""
    return labelled(
        np.append(values, 1.0), np.append(mass * (1 - events), 0.0), np.append(np.zeros_like(mass), events)
    )


def labelled(scores: Floats, without: Floats, with_event: Floats) -> Population:
    """The population with these probabilities of each score without and with an event; equal scores are merged."""
    distinct, place = np.unique(scores, return_inverse=True)
    zero, one = (np.bincount(place, weights=mass).astype(np.float64) for mass in (without, with_event))
    mass = zero + one
    some = mass > 0
    return Population(distinct[some], mass[some], one[some] / mass[some])


def mirrored(population: Population) -> Population:
    """Scores and labels turned round: what was promised and did not come has come without a promise."""
    return Population(1 - population.scores[::-1], population.mass[::-1], 1 - population.rate[::-1])


def _promise_ladders(n: int) -> Iterator[tuple[str, Population]]:
    for shape, ladder in LADDERS.items():
        for events in (0.1, 0.4):
            # the rows expected on a rung are those without an event
            values, mass = ladder.at(round(n * (1 - events)))
            population = promise_ladder(values, mass, events=events)
            yield f"{shape}, {events} events", population
            yield f"{shape}, {events} events, mirrored", mirrored(population)


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
LADDER_SIZES = (*SIZES, 20_000)
ECE_BINS = (1, 15)
SIDES: tuple[Side, ...] = ("at_most", "at_least")

Rule = Callable[[ScoreCounts, float], Bound]


def mean_designs() -> Iterator[Design]:
    """Upper limits of the Brier score and of plain bounded means, which share a rule. The log loss is exact."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            yield _brier_design(shape, population, n)
        for shape, (values, mass) in BOUNDED.items():
            yield _mean_design(f"mean: {shape}", values, mass, n)
    for n in LADDER_SIZES:
        for shape, ladder in LADDERS.items():
            values, mass = ladder.at(n)
            yield _mean_design(f"mean: {shape}", values, mass, n)
            yield _mean_design(f"mean: {shape}, mirrored", 1 - values, mass, n)
            population = brier_ladder(values, mass)
            yield _brier_design(shape, population, n)


def calibration_designs() -> Iterator[Design]:
    """Upper limits of the KS calibration error and of the binned ECE at the true error."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            if population.ks > 1e-9:
                yield from _calibration_designs(shape, population, n)
    for n in LADDER_SIZES:
        for shape, population in _promise_ladders(n):
            yield from _calibration_designs(shape, population, n)


def _calibration_designs(shape: str, population: Population, n: int) -> Iterator[Design]:
    design = _design("ks_calibration", shape, population, n, population.ks, ks_calibration_bound)
    yield replace(design, p=partial(_ks_p, population, n))
    for bins in ECE_BINS:
        if population.ece(bins) > 1e-9:
            rule = partial(ece_bound, bins=bins)
            design = _design("ece", f"{shape}; {bins} bins", population, n, population.ece(bins), rule)
            yield replace(design, p=partial(_ece_p, population, n, bins))


def observed_expected_designs() -> Iterator[Design]:
    """Upper and lower limits of observed over expected: passing wrongly by one is failing wrongly by the other."""
    for n in SIZES:
        for shape, population in POPULATIONS.items():
            yield _ratio_design(shape, population, n)
    for n in LADDER_SIZES:
        for shape, population in _promise_ladders(n):
            for side in SIDES:
                yield _ratio_design(shape, population, n, side)


def _ratio_design(shape: str, population: Population, n: int, side: Side = "at_most") -> Design:
    """Its p-values are those of the mean of label - ratio * score, which is 0."""
    s, ratio = population.scores, population.ratio
    p = partial(_mean_p, np.concatenate((-ratio * s, 1 - ratio * s)), population.cells, n, (-ratio, 1.0))
    design = _design("observed_expected", shape, population, n, ratio, observed_expected_bound, side)
    return replace(design, p=p)


def _design(
    rule: str, shape: str, population: Population, n: int, truth: float, bound: Rule, side: Side = "at_most"
) -> Design:
    def draw(rng: np.random.Generator) -> Limits:
        return partial(bound, population.sample(rng, n))

    return Design(rule, shape, str(n), n, truth, side, draw)


def _brier_design(shape: str, population: Population, n: int) -> Design:
    losses = np.concatenate((population.scores**2, (1 - population.scores) ** 2))
    design = _design("mean", f"Brier: {shape}", population, n, population.brier, brier_bound)
    return replace(design, p=partial(_mean_p, losses, population.cells, n, (0.0, 1.0)))


def _mean_design(shape: str, values: Floats, mass: Floats, n: int) -> Design:
    draw, p = partial(_draw_mean, values, mass, n), partial(_mean_p, values, mass, n, (0.0, 1.0))
    return Design("mean", shape, str(n), n, float(values @ mass), "at_most", draw, p)


# --- p-values of many samples, computed apart from the rules whose limits invert them -----------------------------------


def _mean_p(
    values: Floats, mass: Floats, n: int, ends: tuple[float, float], rng: np.random.Generator, reps: int
) -> tuple[Floats, Floats]:
    rows, truth = rng.multinomial(n, mass, size=reps).astype(np.float64), float(values @ mass)
    m = skew.moments(n, *(rows @ (values - truth) ** k / n for k in (1, 2, 3)))
    return (
        np.asarray(skew.p_below(m.mirrored(), truth - ends[0], 0.0)),
        np.asarray(skew.p_below(m, ends[1] - truth, 0.0)),
    )


def _gap_rows(population: Population, n: int, rng: np.random.Generator, reps: int) -> tuple[Floats, Floats]:
    """Rows without and with an event at each score: float64[reps, k] each."""
    rows = rng.multinomial(n, population.cells, size=reps).astype(np.float64)
    return rows[:, : population.scores.size], rows[:, population.scores.size :]


def _variances(s: Floats, without: Floats, events: Floats) -> Floats:
    """Sum over rows of squared gaps at each score, or of what is expected of calibrated scores if that is more in all."""
    observed, expected = without * s**2 + events * (1 - s) ** 2, (without + events) * (s * (1 - s))
    more = observed.sum(axis=1) >= expected.sum(axis=1)
    return np.where(more[:, None], observed, expected)


def _ks_p(population: Population, n: int, rng: np.random.Generator, reps: int) -> tuple[Floats, Floats]:
    s, truth = population.scores, population.ks
    without, events = _gap_rows(population, n, rng, reps)
    first, second, third = (np.cumsum(s**k * without + (s - 1) ** k * events, axis=1) / n for k in (1, 2, 3))
    over = skew.moments(n, first, second, third)
    at_most = np.maximum(
        np.max(skew.p_below(over, s, truth), axis=1),
        np.max(skew.p_below(over.mirrored(), 1.0, truth), axis=1),
    )
    error = np.sqrt(_variances(s, without, events).sum(axis=1)) / n
    found = np.abs(first).max(axis=1)
    return 4 * ndtr((truth - found) / error), np.where(found > truth, 1.0, at_most)


def _ece_p(
    population: Population, n: int, bins: int, rng: np.random.Generator, reps: int
) -> tuple[Floats, Floats]:
    s, truth = population.scores, population.ece(bins)
    without, events = _gap_rows(population, n, rng, reps)
    in_bin = np.eye(bins)[np.searchsorted(np.arange(1, bins) / bins, s, side="right")]
    gaps = without * s - events * (1 - s)
    signs = np.where((gaps @ in_bin) < 0, -1.0, 1.0) @ in_bin.T
    powers = (signs**k * (without * s**k + events * (s - 1) ** k) for k in (1, 2, 3))
    m = skew.moments(n, *(power.sum(axis=1) / n for power in powers))
    parts = _variances(s, without, events) @ in_bin
    z = (np.asarray(m.mean) - truth) * n - np.sqrt(2 / np.pi) * np.sqrt(parts).sum(axis=1)
    at_least = ndtr(-z / np.sqrt(parts.sum(axis=1)))
    return at_least, np.asarray(skew.p_below(m, 1.0, truth))


def _draw_mean(values: Floats, mass: Floats, n: int, rng: np.random.Generator) -> Limits:
    counts = rng.multinomial(n, mass)
    return lambda alpha: mean_bound(values, counts, low=0.0, high=1.0, alpha=alpha)


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
