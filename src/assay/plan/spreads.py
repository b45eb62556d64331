"""The power of criteria whose estimate is taken as normal, by how widely a plan imagines that rows lie."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import ndtr

from assay.domain.assessment import TIE, Asked
from assay.domain.evidence import ChangeCell, Changes, MeanCell, Means, Paired, PairedScores
from assay.domain.vocabulary import Comparator
from assay.plan.imagined import DISCORDANCE
from assay.plan.power import Prospect, all_of
from assay.plan.scores import Spread
from assay.stats.auc import LEAST_PER_CLASS
from assay.stats.contrast_power import Passes, normal_power
from assay.stats.means import mean_bound
from assay.stats.paired import paired_p_at_least, paired_p_at_most

PLACEMENTS = 0.1
"""How far a row's place among the other label's rows is imagined to differ between two models, as a standard deviation."""


def paired_prospect(counts: Paired, asked: Asked, _: Spread | None) -> Prospect | str:
    """As if so many decisions changed as a plan imagines, or as many as the drop needs."""
    if not all(cell.n for cell in counts.cells):
        return "A group has no rows."
    parts = [_power(asked)(_drop(DISCORDANCE, cell.n)) for cell in counts.cells]
    at_best = [_no_more_change(cell.n, asked) for cell in counts.cells]
    return Prospect(all_of(parts), all_of(at_best), f"{DISCORDANCE:.0%} of the decisions change")


def _power(asked: Asked, parts: int = 1) -> Callable[[Callable[[float], float]], Passes]:
    """The power of the asymptotic rule of a criterion by the standard error at a true value, where its level is shared by so many parts."""
    at_least = asked.comparator is Comparator.AT_LEAST
    return lambda error: normal_power(error, float(asked.threshold), asked.alpha / parts, at_least=at_least)


def _drop(discordance: float, n: int) -> Callable[[float], float]:
    """The standard error of a paired drop over ``n`` rows of which this share changes, or as much as the drop itself."""
    return lambda true: math.sqrt(max(discordance, abs(true)) / n)


def _no_more_change(n: int, asked: Asked) -> Passes:
    """Whether so many rows pass on which no more decisions change, or differ, than the true value says."""
    p_value = paired_p_at_least if asked.comparator is Comparator.AT_LEAST else paired_p_at_most

    def passes(true: float, factor: float) -> float:
        rows = round(n * factor)
        worse, better = round(max(true, 0.0) * rows), round(max(-true, 0.0) * rows)
        found = rows and p_value(worse, better, rows, float(asked.threshold)) <= asked.alpha - TIE
        return float(bool(found))

    return passes


def paired_scores_prospect(counts: PairedScores, asked: Asked, _: Spread | None) -> Prospect | str:
    """As if a row's place among the other label's rows differed so much between the two models."""
    power = _power(asked)
    supposed, at_best = [], []
    for cell in counts.cells:
        negatives, positives = sum(cell.negatives), sum(cell.positives)
        rarer = min(negatives, positives)
        if rarer < LEAST_PER_CLASS:
            return few(cell.label, f"{rarer:,} rows of a label", LEAST_PER_CLASS)
        error = PLACEMENTS * math.sqrt(1 / negatives + 1 / positives)
        supposed.append(from_least(rarer, LEAST_PER_CLASS, power(partial(same, error))))
        at_best.append(from_least(rarer, LEAST_PER_CLASS, power(partial(same, 0.0))))
    return Prospect(
        all_of(supposed),
        all_of(at_best),
        f"a row's place among the other label's differs by {PLACEMENTS} between the two",
    )


def means_prospect(counts: Means, asked: Asked, _: Spread | None) -> Prospect | str:
    """As if values were spread as those that a plan imagines, with the width that the rule gives such rows."""
    if not all(sum(cell.rows) for cell in counts.cells):
        return "A group has no rows."
    spread = all_of([_of_mean(cell, counts, asked) for cell in counts.cells])
    power = _power(asked)
    at_best = all_of([power(lambda _: 0.0) for _ in counts.cells])
    return Prospect(spread, at_best, "values spread as those of the answers that a plan imagines")


def _of_mean(cell: MeanCell, counts: Means, asked: Asked) -> Passes:
    """The probability that the mean found is as far from the threshold as its limit lies from it, where the rule pays for the range."""
    values, rows = np.array(cell.values), np.array(cell.rows)
    n = float(rows.sum())
    variance = float(rows @ (values - float(rows @ values) / n) ** 2) / n
    sign = 1 if asked.comparator is Comparator.AT_LEAST else -1

    @functools.lru_cache(maxsize=256)
    def width(factor: float) -> float:
        """How far the limit that decides lies from the mean found."""
        times = np.maximum(np.rint(rows * factor), 1).astype(np.int64)
        bound = mean_bound(values, times, low=counts.low, high=counts.high, alpha=asked.alpha)
        return bound.estimate - bound.lower if sign > 0 else bound.upper - bound.estimate

    def passes(true: float, factor: float) -> float:
        room = sign * (true - float(asked.threshold)) - width(factor)
        error = math.sqrt(variance / (n * factor))
        return float(ndtr(room / error)) if error else float(room >= 0)

    return passes


def few(label: str, rows: str, least: int) -> str:
    """Why a rule is not used on so many rows."""
    of = f"{label}: " if label else ""
    return f"{of}{rows} are too few: the error rate of the method is known from {least:,} on."


def from_least(n: int, least: int, passes: Passes) -> Passes:
    """The same where a rule is used on so many rows and more alone."""
    return lambda true, factor: passes(true, factor) if round(n * factor) >= least else 0.0


def changes_prospect(counts: Changes, asked: Asked, _: Spread | None) -> Prospect | str:
    """As if so many decisions changed as a plan imagines of changed inputs, half of them either way."""
    if not all(cell.n for cell in counts.cells):
        return "A group has no rows."
    half = DISCORDANCE / 2
    parts = [
        _power(asked, 4)(partial(same, _error_of_change(one, two, half)))
        for one in counts.cells
        for two in counts.cells
        if counts.compares(one, two)
    ]
    return Prospect(all_of(parts), all_of(parts), f"{DISCORDANCE:.0%} of the decisions change")


def _error_of_change(one: ChangeCell, two: ChangeCell, rate: float) -> float:
    """The sum of the four standard errors, as a box adds them."""
    return sum(2 * math.sqrt(rate * (1 - rate) / cell.n) for cell in (one, two))


def same(error: float, _: float) -> float:
    """A standard error that does not depend on the true value."""
    return error
