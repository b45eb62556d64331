"""How likely a good model is to pass a criterion on the rows at hand, before anything is measured.

A good model is one whose true value is the one that the specification expects (``expected``) or, where it says
nothing, the ideal of the metric (a gap of 0, a ratio of 1) where that satisfies the threshold, and half-way from the threshold to the best possible value otherwise:
what a model that is always right has on such rows, where that can be imagined.
The power of rates is that of :mod:`assay.stats.contrast_power`; functionals of scores use their planning formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from assay.domain.metric import Metric
from assay.domain.vocabulary import Comparator
from assay.stats.contrast_power import Passes

HOPELESS = 0.05
"""A good model that passes with less than this probability: the criterion cannot do its work on these rows."""
AIM = 0.90
MOST_FACTOR = 4096


@dataclass(frozen=True, slots=True)
class Prospect:
    """The probability of passing under an assumption, the same at its most favourable, and the assumption for a reader."""

    passes: Passes
    at_best: Passes
    assumed: str = ""

    @classmethod
    def plain(cls, passes: Passes) -> Prospect:
        """Of a criterion for which nothing is assumed of the model but its value."""
        return cls(passes, passes)


@dataclass(frozen=True)
class Power:
    """What the rows can do for one criterion; ``factor`` and ``margin`` are searched for when somebody asks.

    Attributes:
        passes: the probability that a good model passes. expected: the true value that was assumed of it.
        at_best: ``passes`` whatever is only assumed of the model, at its most favourable.
        assumed: what that is, for a reader; empty when nothing is.
        threshold, best: what is asked, and the best value that there can be.
    """

    passes: float
    expected: float
    at_best: float
    assumed: str
    threshold: float
    best: float
    _prospect: Prospect = field(repr=False, compare=False)

    @classmethod
    def of(cls, prospect: Prospect, *, expected: float, threshold: float, best: float) -> Power:
        """Of a criterion whose good model has the value ``expected``."""
        passes = prospect.passes(expected, 1.0)
        plain = prospect.at_best is prospect.passes
        return cls(
            passes=passes,
            expected=expected,
            at_best=passes if plain else max(passes, prospect.at_best(expected, 1.0)),
            assumed=prospect.assumed,
            threshold=threshold,
            best=best,
            _prospect=prospect,
        )

    @property
    def hopeless(self) -> bool:
        """Whether a model as good as expected would hardly ever pass, whatever else is assumed of it."""
        return self.at_best < HOPELESS

    @cached_property
    def factor(self) -> float | None:
        """How many times these rows would give 90 %; 1 or less is enough, None when no number is."""
        return _factor(self._prospect.passes, self.expected)

    @cached_property
    def margin(self) -> float | None:
        """The smallest distance from the threshold that passes with 90 % on these rows; None when none does."""
        return _margin(self._prospect.passes, self.threshold, self.best)


def _factor(passes: Passes, expected: float) -> float | None:
    if passes(expected, MOST_FACTOR) < AIM:
        return None
    low, high = 1 / 64, float(MOST_FACTOR)
    if passes(expected, low) >= AIM:
        return low
    while high / low > 1.05:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if passes(expected, middle) >= AIM else (middle, high)
    return high


def _margin(passes: Passes, threshold: float, best: float) -> float | None:
    if passes(best, 1.0) < AIM:
        return None
    low, high = 0.0, 1.0
    for _ in range(10):
        middle = (low + high) / 2
        enough = passes(threshold + middle * (best - threshold), 1.0) >= AIM
        low, high = (low, middle) if enough else (middle, high)
    return abs(high * (best - threshold))


def expected_value(
    metric: Metric, comparator: Comparator, threshold: Decimal, stated: Decimal | None, best: float
) -> float:
    """The true value assumed of a good model, where ``best`` is the best that there can be."""
    if stated is not None:
        return float(stated)
    if metric.ideal is not None and _better(float(metric.ideal), comparator, threshold):
        return float(metric.ideal)
    return (float(threshold) + best) / 2 if _better(best, comparator, threshold) else best


def _better(value: float, comparator: Comparator, threshold: Decimal) -> bool:
    """Whether a value satisfies a threshold with room to spare: an O/E of 1 shows nothing where at least 1.2 is asked."""
    return value > float(threshold) if comparator is Comparator.AT_LEAST else value < float(threshold)


def best_value(
    metric: Metric,
    comparator: Comparator,
    threshold: Decimal,
    always_right: float | None,
    declared: Metric | None = None,
) -> float:
    """The best value that the metric can have: that of a model which is always right on such rows, or by the metric's range.

    For an unlimited one it is as far again as the threshold from zero; what should be small is not supposed to lie beyond zero. Where the
    threshold itself does, it is the end of the range that follows from what is ``declared``, beyond which nothing is supposed anyhow.
    """
    if always_right is not None:
        return always_right
    at_least = comparator is Comparator.AT_LEAST
    end = None if declared is None else declared.high if at_least else declared.low
    best = _supposed_best(metric, comparator, threshold, declared)
    return best if end is None else min(best, float(end)) if at_least else max(best, float(end))


def _supposed_best(
    metric: Metric, comparator: Comparator, threshold: Decimal, declared: Metric | None
) -> float:
    limit = metric.high if comparator is Comparator.AT_LEAST else metric.low
    if limit is None:
        far = float(threshold) * (2 if comparator is Comparator.AT_LEAST else 0)
        if declared is None or _better(far, comparator, threshold):
            return far
        return _supposed_best(declared, comparator, threshold, None)
    return max(float(limit), 0.0) if comparator is Comparator.AT_MOST and threshold > 0 else float(limit)


def all_of(parts: Sequence[Passes]) -> Passes:
    """At least 1 - sum(1 - power of each): every piece must pass, however they depend on each other."""

    def passes(true: float, factor: float) -> float:
        fails = 0.0
        for part in parts:
            fails += 1 - part(true, factor)
            if fails >= 1:
                return 0.0
        return 1 - fails

    return passes
