"""Populations of scored and labelled rows in groups, with the true value of every metric as a sum.

A population is a probability for each (group, label, score) of a finite list of scores, so nothing is integrated
numerically and a sample is one multinomial draw: rows are independent and identically distributed, group membership
and labels included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from assay.domain.evidence import Compare
from assay.domain.vocabulary import Comparator
from guarantee.rule import SHAPES, Asked, Floats, Integers

LEVELS = tuple((np.arange(25) + 0.5) / 25)
"""The scores of a scored population; decided at .5, between the 12th and the 13th."""
BINARY = (0.0, 1.0)


@dataclass(frozen=True)
class Population:
    """float64[group, label, score] of probabilities that sum to one, the scores, and where rows are decided as 1."""

    mass: Floats
    scores: tuple[float, ...] = BINARY
    decide_at: float = 0.5

    def draw(self, n: int, reps: int, rng: np.random.Generator) -> Integers:
        """int64[reps, group, label, score]: that many samples of n rows."""
        return rng.multinomial(n, self.mass.ravel(), size=reps).reshape(reps, *self.mass.shape)

    @property
    def decisions(self) -> Floats:
        """float64[group, label, decision]."""
        cut = int(np.searchsorted(self.scores, self.decide_at))
        return np.stack((self.mass[..., :cut].sum(axis=-1), self.mass[..., cut:].sum(axis=-1)), axis=-1)

    def value(self, asked: Asked) -> float:
        """The true value of a criterion's metric: of the worst group or pair where groups are named."""
        if asked.metric in SHAPES:
            return float(values_of_decisions(self.decisions[None], asked)[0])
        cells = self.mass if asked.across else self.mass.sum(axis=0, keepdims=True)
        each = [score_value(asked.metric, np.array(self.scores), cell) for cell in cells]
        return min(each) if asked.comparator is Comparator.AT_LEAST else max(each)


def values_of_decisions(decisions: Floats, asked: Asked) -> Floats:
    """float64[k] from float64[k, group, label, decision]: the true value, as `Population.value`."""
    shape = SHAPES[asked.metric]
    cells = decisions if asked.across else decisions.sum(axis=1, keepdims=True)
    worst = []
    for family in shape.families:
        events, trials = family(cells)
        rates = events / trials
        if shape.compare is Compare.DIFFERENCE:
            worst.append(rates.max(axis=1) - rates.min(axis=1))
        elif shape.compare is Compare.RATIO:
            worst.append(rates.min(axis=1) / rates.max(axis=1))
        else:
            at_least = asked.comparator is Comparator.AT_LEAST
            worst.append(rates.min(axis=1) if at_least else rates.max(axis=1))
    found: Floats = np.max(worst, axis=0)
    return found


def score_value(metric: str, scores: Floats, cell: Floats) -> float:
    """The true value of a functional of scores; cell: float64[label, score]."""
    negatives, positives = cell / cell.sum()
    if metric in ("performance.auc", "performance.gini"):
        below = np.cumsum(negatives) - negatives / 2
        auc = float(positives @ below / (negatives.sum() * positives.sum()))
        return auc if metric == "performance.auc" else 2 * auc - 1
    if metric == "performance.brier":
        return float(negatives @ scores**2 + positives @ (1 - scores) ** 2)
    if metric == "performance.log_loss":
        return float(-negatives @ np.log1p(-scores) - positives @ np.log(scores))
    if metric == "performance.observed_expected":
        return float(positives.sum() / ((negatives + positives) @ scores))
    if metric == "performance.ks_calibration":
        return float(np.abs(np.cumsum((negatives + positives) * scores - positives)).max())
    raise ValueError(f"no true value is written down for {metric}")


def decided(shares: Floats, base: Floats, recall: Floats, alarms: Floats) -> Population:
    """A population of decisions alone: shares of groups, and per group the base rate, recall and false-alarm rate."""
    one, zero = shares * base, shares * (1 - base)
    mass = np.stack(
        (
            np.stack((zero * (1 - alarms), zero * alarms), axis=-1),
            np.stack((one * (1 - recall), one * recall), axis=-1),
        ),
        axis=-2,
    )
    return Population(mass)


def scored(shares: Floats, base: Floats, apart: float, *, tilt: float = 1.0) -> Population:
    """A scored population: normal scores `apart` between the labels, spread over the levels by calibration.

    The score of each level is the event rate that a group of base rate .5 has there when tilt is 1; a tilt other
    than 1 makes the scores too bold (above) or too timid (below).
    """
    logits = np.log(np.array(LEVELS) / (1 - np.array(LEVELS)))
    edges = np.concatenate(([-np.inf], (logits[1:] + logits[:-1]) / 2, [np.inf])) / (apart * tilt)
    groups = []
    for share, rate in zip(shares, base, strict=True):
        shift = np.log(rate / (1 - rate)) / apart
        zero = np.diff(ndtr(edges - shift + apart / 2))
        one = np.diff(ndtr(edges - shift - apart / 2))
        groups.append(np.stack((share * (1 - rate) * zero, share * rate * one)))
    return Population(np.array(groups), LEVELS)
