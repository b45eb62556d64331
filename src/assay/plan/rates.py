"""The power of criteria about rates: exact, or by the planning formula of contrasts."""

from __future__ import annotations

import hashlib
import math
from functools import partial

import numpy as np
from scipy.special import ndtr

from assay.domain.assessment import Asked
from assay.domain.evidence import Averages, FoundRates, Mean, Ranked, Rates, RelativeRates, Top
from assay.domain.evidence.found import group_of, place_of
from assay.domain.vocabulary import Comparator
from assay.plan.power import Prospect, all_of
from assay.plan.scores import Spread
from assay.stats.contrast_power import Passes, rates_power
from assay.stats.histogram import Floats
from assay.stats.pieces.averages import AVERAGES
from assay.stats.power import power_rate


def rates_prospect(counts: Rates, asked: Asked, _: Spread | None) -> Prospect:
    """By the power of contrasts of rates; what is drawn for it follows from the name of the criterion."""
    seed = int.from_bytes(hashlib.sha256(asked.criterion.encode()).digest()[:4], "big")
    return Prospect.plain(rates_power(counts, asked.comparator, float(asked.threshold), asked.alpha, seed))


def found_prospect(counts: FoundRates, asked: Asked, _: Spread | None) -> Prospect | str:
    """The exact power of as many parts as are found, each as good as expected: of the smallest of all that are searched, since nobody knows
    which they will be, and at best of the largest."""
    smallest: list[Passes] = []
    largest: list[Passes] = []
    for sizes in _sizes(counts):
        each = [_of_rate(n, 1.0, asked, asked.alpha) for n in sizes]
        smallest += each[: counts.worst]
        largest += each[-counts.worst :]
    if not all(cell.trials for cell in counts.cells):
        return "A slice that is found would have no rows."
    return Prospect(
        all_of(smallest), all_of(largest), "the slices that are found are the smallest that are searched"
    )


def _sizes(counts: FoundRates) -> list[list[int]]:
    """The judged rows that each part of a group would have, by the searched rows that it has, in ascending order."""
    there = {place_of(cell): cell.trials for cell in counts.searched}
    found = sum(there[place_of(cell)] for cell in counts.cells)
    scale = sum(cell.trials for cell in counts.cells) / max(found, 1)
    by_group: dict[str, list[int]] = {}
    for cell in counts.searched:
        by_group.setdefault(group_of(cell), []).append(round(cell.trials * scale))
    return [sorted(sizes) for sizes in by_group.values()]


def relative_prospect(counts: RelativeRates, asked: Asked, _: Spread | None) -> Prospect | str:
    """The exact power of each rate, as if all were of as many rows."""
    each = sum(cell.trials for cell in counts.cells) // max(len(counts.cells), 1)
    if not each:
        return "There are fewer rows than rates."
    parts = [_of_rate(each, cell.expected, asked, asked.alpha) for cell in counts.cells]
    found = all_of(parts)
    return Prospect(found, found, "each rate is of as many rows")


def ranked_prospect(counts: Ranked, asked: Asked, _: Spread | None) -> Prospect | str:
    """As if the score that so many rows reach were known: what is paid for it is little against the level that is halved."""
    parts = []
    for cell in counts.cells:
        events, n = sum(cell.positives), sum(cell.negatives) + sum(cell.positives)
        if not events:
            return "A group has no row with label 1."
        unit = events / n if counts.top is Top.LIFT else 1.0
        parts.append(_of_rate(max(round(n * counts.share), 1), unit, asked, asked.alpha / 2))
    return Prospect.plain(all_of(parts))


def _of_rate(n: int, unit: float, asked: Asked, alpha: float) -> Passes:
    """The exact power of a rate that is told in multiples of ``unit``."""
    at_least, tau = asked.comparator is Comparator.AT_LEAST, min(float(asked.threshold) * unit, 1.0)

    def passes(true: float, factor: float) -> float:
        rows = max(round(n * factor), 1)
        return float(power_rate(rows, tau, min(true * unit, 1.0), alpha, at_least=at_least))

    return passes


def averages_prospect(counts: Averages, asked: Asked, _: Spread | None) -> Prospect | str:
    """Whether rates alike in all classes would pass, were they found as they truly are, less what chance takes."""
    parts = []
    for label in counts.labels:
        trials = np.array([cell.trials for cell in counts.cells if cell.label == label], dtype=np.float64)
        if not trials.all():
            return "A class has no rows."
        parts.append(partial(_average_passes, trials, counts.mean, asked))
    return Prospect(all_of(parts), all_of(parts), "every class is recognised as often")


def _average_passes(trials: Floats, mean: Mean, asked: Asked, true: float, factor: float) -> float:
    """The probability that the mean found is as large as its limit asks: normal, with the width of the rule at the true value."""
    rows = np.maximum(np.rint(trials * factor), 1)
    rate = min(max(true, 0.0), 1.0)
    each = rate if mean is Mean.RECALL else rate / (2 - rate)
    bound = AVERAGES[mean](np.rint(each * rows), rows, asked.alpha)
    slope = 1.0 if mean is Mean.RECALL else 2 / (1 + each) ** 2
    error = slope * math.sqrt(each * (1 - each) * float((1 / rows).sum())) / len(rows)
    room = bound.lower - float(asked.threshold)
    return float(ndtr(room / error)) if error else float(room >= 0)
