"""How an attacker reads out of a model's answers who was in its training rows, and what one of their inputs was.

Each attack gives every row a number, the larger the likelier. What is wrong with a threshold on such numbers is counted
elsewhere; here only the numbers are made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.domain.answers import BINARY, Answers
from assay.domain.vocabulary import Task
from assay.tally.attacked import Attacked

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLIP = 1e-6
"""Confidences are kept this far from 0 and 1, whose logits are infinite."""
BINS = 8
"""Bins of numbers of which naive Bayes learns."""
ROUNDS = 50
"""Steps towards the likeliest spread."""
SMALLEST_SPREAD = 1e-6
"""A spread of logits, or of errors in units of their size, below this is taken as this: of a model that gives every row the same."""


def confidence(scores: Floats, labels: Integers, answers: Answers = BINARY) -> Floats:
    """float64[..., n]: the probability that a model gives to the true label of each row; of a task with labels that are told apart."""
    if answers.width == 1:
        return np.where(labels == 1, scores, 1 - scores)
    found: Floats = np.take_along_axis(
        scores, np.broadcast_to(labels[:, None], (*scores.shape[:-1], 1)), axis=-1
    )[..., 0]
    return found


def size_of(missed: Floats) -> float:
    """The root mean square of errors, 1 where none is off: the unit in which they are looked at. The declared range is none, for it may be a million times
    as wide as any error.
    """
    largest = float(np.abs(missed).max(initial=0.0))
    return largest * math.sqrt(float(((missed / largest) ** 2).mean())) if largest else 1.0


def likelihood_of_numbers(missed: Floats, spread: float) -> Floats:
    """The density of the true number around the predicted one, in units of the largest, of errors that are normal."""
    found: Floats = np.exp(-(missed**2) / (2 * max(spread, SMALLEST_SPREAD) ** 2))
    return found


def lira(target: Floats, shadows: Floats, member: Bools) -> Floats:
    """The likelihood-ratio attack, online (Carlini et al. 2022, IEEE S&P, algorithm 1), float64[n].

    The logit of a row's confidence is taken as normal, with one mean over the shadow models that trained on it and another over
    those that did not, and with one variance for all rows each, as its authors advise for fewer than 64 models.

    Args:
        target: float64[n], confidences of the model that is attacked. shadows: float64[s, n], of the shadow models.
        member: bool[s, n], which rows each shadow model was trained on; every row is on both sides.
    """
    return normal_ratio(_logit(target), _logit(shadows), member)


def normal_ratio(seen: Floats, shadows: Floats, member: Bools) -> Floats:
    """The same of what is normal as it is; arguments as :func:`lira`."""
    return _likelihood(seen, shadows, member) - _likelihood(seen, shadows, ~member)


def _likelihood(seen: Floats, logits: Floats, among: Bools) -> Floats:
    mean = np.where(among, logits, 0).sum(axis=0) / among.sum(axis=0)
    residuals = (logits - mean)[among]
    free = among.sum() - among.shape[1]
    spread = max(math.sqrt(float((residuals**2).sum()) / max(int(free), 1)), SMALLEST_SPREAD)
    found: Floats = -((seen - mean) ** 2) / (2 * spread**2) - math.log(spread)
    return found


def rmia(target: Floats, shadows: Floats, population: Floats, shadows_population: Floats) -> Floats:
    """The relative attack, online with gamma 1 (Zarifzadeh, Liu & Shokri 2024, ICML), float64[n].

    The confidence of a row under the target, over its mean under the reference models, is compared with the same ratio of rows of
    the population: the number is the share of these that it is at least as large as. With one population for all rows another
    gamma keeps their order.

    Args:
        target, shadows: as for `lira`. population, shadows_population: the same of rows that the target was not trained on.
    """
    ratio, others = _relative(target, shadows), np.sort(_relative(population, shadows_population))
    found: Floats = np.searchsorted(others, ratio, side="right") / len(others)
    return found


def _relative(target: Floats, shadows: Floats) -> Floats:
    found: Floats = np.clip(target, CLIP, 1) / np.clip(shadows, CLIP, 1).mean(axis=0)
    return found


def _logit(confidences: Floats) -> Floats:
    kept = np.clip(confidences, CLIP, 1 - CLIP)
    found: Floats = np.log(kept) - np.log1p(-kept)
    return found


def flagged(members: Floats, others: Floats, ties: tuple[Floats, Floats], rate: float) -> tuple[Bools, int]:
    """bool[members]: whom an attacker flags who would flag at most this share of people that the model was not trained on.

    The threshold is the k-th largest number among ``others``, with k the largest whole number of at most rate (n + 1): one more such
    person, exchangeable with them, is above it with probability k / (n + 1) exactly (Vovk, Gammerman & Shafer 2005, on conformal
    prediction). Equal numbers are put in order by ``ties``, drawn for members and others alike.

    Returns:
        Who is flagged, and k; nobody and 0 where the others are too few for the rate.
    """
    k = math.floor(rate * (len(others) + 1) + 1e-9)
    if k == 0:
        return np.zeros(len(members), dtype=bool), 0
    order = np.lexsort((ties[1], others))
    last = order[-k]
    above = (members > others[last]) | ((members == others[last]) & (ties[0] > ties[1][last]))
    return above, k


def naive_bayes(
    known: Sequence[Integers], wanted: Integers, among: Integers, asked: Integers, values: int
) -> Floats:
    """float64[asked, values]: ln P(value | the known columns) up to a constant, by naive Bayes with Laplace's rule.

    Args:
        known: int64[n] codes of each known column, -1 for missing. wanted: int64[n], the code that is guessed, below ``values``.
        among: places of the rows that it is learned from. asked: places of the rows of which it is guessed.
    """
    classes = wanted[among]
    totals = np.bincount(classes, minlength=values).astype(np.float64)
    found = np.tile(np.log((totals + 1) / (len(among) + values)), (len(asked), 1))
    for codes in known:
        shifted = codes + 1
        kinds = int(shifted.max()) + 1
        table = np.zeros((kinds, values))
        np.add.at(table, (shifted[among], classes), 1)
        found += np.log((table + 1) / (totals + kinds))[shifted[asked]]
    return found


def likeliest_spread(missed: Floats, before: Floats) -> float:
    """The spread of normal errors that makes what was missed likeliest, where nobody knows which value is the true one.

    By expectation and maximisation (Dempster, Laird & Rubin 1977, JRSS B 39): the mean of squared errors, each value weighted by its probability.

    Args:
        missed: float64[asked, values], the error if the value is the true one. before: the same shape, ln P(value) up to a constant.
    """
    spread = math.sqrt(float((missed**2).mean()))
    for _ in range(ROUNDS):
        wide = 2 * max(spread, SMALLEST_SPREAD) ** 2
        found = before - missed**2 / wide
        weights = np.exp(found - found.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        spread = math.sqrt(float((weights * missed**2).sum(axis=1).mean()))
    return spread


def binned(numbers: Floats) -> Integers:
    """int64[n]: in which of at most :data:`BINS` bins of as many rows each a number lies."""
    edges = np.unique(np.quantile(numbers, np.arange(1, BINS) / BINS))
    return np.searchsorted(edges, numbers, side="right").astype(np.int64)


ATTACKS = ("lira", "rmia")
"""The attacks on membership, by name."""


def membership(attacked: Attacked, attack: str) -> tuple[Floats, Floats]:
    """The numbers that an attack gives to the members of the target, and to the others who fix the threshold.

    Of predicted numbers ``lira`` takes the signed errors as normal, where it takes the logits of confidences, and ``rmia`` the density of the truth
    under normal errors in the place of its probability: their spread is that of the shadow models on rows that these have not seen.

    ``rmia`` compares with the remaining others, of whom none fixes the threshold: those who do are exchangeable with any other.
    """
    numbers = attacked.answers.task is Task.REGRESSION
    seen, shadows = _errors(attacked) if numbers else _confidences(attacked)
    if attack == "lira":
        return attacked.split((normal_ratio if numbers else lira)(seen, shadows, attacked.member))
    if numbers:
        seen, shadows = likelihood_of_numbers(seen, 1.0), likelihood_of_numbers(shadows, 1.0)
    rest = attacked.ends[1]
    return attacked.split(rmia(seen[:rest], shadows[:, :rest], seen[rest:], shadows[:, rest:]))


def _confidences(attacked: Attacked) -> tuple[Floats, Floats]:
    """Those of the target, and of the shadow models."""
    labels, answers = attacked.labels, attacked.answers
    return confidence(attacked.target, labels, answers), confidence(attacked.shadows, labels, answers)


def _errors(attacked: Attacked) -> tuple[Floats, Floats]:
    """The signed ones of both, in units of the size of those of rows that were not learnt."""
    seen, shadows = attacked.target - attacked.labels, attacked.shadows - attacked.labels
    unit = size_of(shadows[~attacked.member])
    return seen / unit, shadows / unit
