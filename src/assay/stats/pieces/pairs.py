"""Every ordered pair of cells, looked through block by block: which pairs may bind, and what all of them support."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.domain.evidence import Compare, Rate, Rates
from assay.stats.contrasts import RateLimits, contrast_width, rate_limits, ratio_floor
from assay.stats.pieces.pieces import MOST_PRINTED, Target

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
NEAR = 1e-6
BLOCK = 16_000
"""Pairs in a block: its tables stay in the processor's cache, and memory does not grow with the square of the cells."""


class Pairs(NamedTuple):
    """Ordered pairs of cells: for a gap p1 - p2 is to be small, for a ratio p1 / p2 large.

    x, n: float[k], events and trials of each cell. family: int[k]; pairs are compared inside a family only.
    counts: what further restricts the pairs, a reference or a focus.
    """

    cells: tuple[Rate, ...]
    x: Floats
    n: Floats
    family: NDArray[np.intp]
    counts: Rates

    @classmethod
    def of(cls, cells: tuple[Rate, ...], counts: Rates) -> Pairs:
        """The pairs of these cells, which all have trials."""
        _, family = np.unique([cell.family for cell in cells], return_inverse=True)
        x = np.array([cell.events for cell in cells], dtype=np.float64)
        return cls(cells, x, np.array([cell.trials for cell in cells], dtype=np.float64), family, counts)

    @property
    def ratio(self) -> bool:
        """Whether ratios are compared, and not differences."""
        return self.counts.compare is Compare.RATIO

    def spans(self) -> Iterator[slice]:
        """Blocks of first cells; each is compared with every second cell."""
        step = max(1, BLOCK // max(len(self.cells), 1))
        return (slice(start, start + step) for start in range(0, len(self.cells), step))

    def barred(self, span: slice) -> Indices:
        """int[m]: the places of a block, row by row, whose pairs are not compared."""
        cells = len(self.cells)
        own = np.arange(span.start, min(span.stop, cells), dtype=np.intp)
        themselves: Indices = (own - span.start) * cells + own
        restricted = self.counts.focus or self.counts.reference is not None
        if not restricted and not self.family.any():  # one family, whose number is 0
            return themselves
        barred: NDArray[np.bool_] = self.family[span, None] != self.family[None, :]
        np.put(barred, themselves, v=True)
        if restricted:
            allowed = [[self.counts.compares(a, b) for b in self.cells] for a in self.cells[span]]
            barred |= ~np.array(allowed).reshape(barred.shape)
        return np.flatnonzero(barred)

    def total(self) -> int:
        """How many pairs are compared."""
        return len(self.cells) ** 2 - sum(self.barred(span).size for span in self.spans())


class Survey(NamedTuple):
    """What a look over all pairs found.

    first, second: the pairs that may bind. points: bool, whether the estimate of each of them satisfies the
    threshold. point_passes: whether all estimates satisfy the threshold.
    """

    first: Indices
    second: Indices
    points: NDArray[np.bool_]
    point_passes: bool


def survey(pairs: Pairs, each: RateLimits, target: Target) -> Survey:
    """Find the pairs that may bind: those with the least evidence, the worst estimates, the worst bounds, and, when all
    pass nominally, every pair that the Bonferroni box does not clear.

    A gap of at most tau is "p2 - p1 is at least -tau" for every ordered pair; a ratio of at least r is
    "p1 - r p2 is at least 0". ``each`` holds the limits of the cells at the level of the target.
    """
    ratio = pairs.ratio
    r, margin = (target.tau, 0.0) if ratio else (1.0, -target.tau)
    least, worst, strictest = (_Lowest(len(pairs.cells)) for _ in range(3))
    clear, satisfied = True, True
    for span in pairs.spans():
        barred = pairs.barred(span)
        one, two = _sides(each, span, ratio=ratio)
        slack = one.rate - r * two.rate
        slack -= margin
        np.put(slack, barred, np.inf)
        width = contrast_width(one, two, r)
        beyond = slack - width
        least.see(_widths(slack, width), span)
        worst.see(_ratios(one, two, barred) if ratio else slack, span)
        floor = ratio_floor(one, two) if ratio else beyond
        np.put(floor, barred, np.inf)
        strictest.see(floor, span)
        clear = clear and float(beyond.min()) >= 0
        satisfied = satisfied and _satisfied(pairs, span, slack, target)
    places = [least.places, worst.places, strictest.places]
    if clear:
        places += _not_boxed(pairs, target.alpha / 2, r, margin)
    first, second = np.divmod(np.unique(np.concatenate(places)), len(pairs.cells))
    left, right = (first, second) if ratio else (second, first)
    slack = each.rate[left] - r * each.rate[right] - margin
    points = slack >= 0
    for place in np.flatnonzero(np.abs(slack) < NEAR):
        points[place] = _point(pairs, first[place], second[place], target)
    return Survey(first, second, points, satisfied)


def _sides(each: RateLimits, span: slice, *, ratio: bool) -> tuple[RateLimits, RateLimits]:
    first, second = each.at(span).along(0), each.along(1)
    return (first, second) if ratio else (second, first)


def _widths(distance: Floats, width: Floats) -> Floats:
    """How many half-widths each estimate lies above the margin; a pair passes at the nominal level from 1 on.

    A width is zero only for a rate of 0 against a rate of 1, which lies on or below every margin. Written over the
    widths.
    """
    np.maximum(width, np.finfo(np.float64).tiny, out=width)
    return np.divide(distance, width, out=width)


def _ratios(one: RateLimits, two: RateLimits, barred: Indices) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = one.rate / two.rate
    np.put(found, barred, np.inf)
    return found


def _not_boxed(pairs: Pairs, alpha: float, r: float, margin: float) -> list[Indices]:
    half, k = rate_limits(pairs.x, pairs.n, alpha), len(pairs.cells)
    found = []
    for span in pairs.spans():
        one, two = _sides(half, span, ratio=pairs.ratio)
        low = one.lower - r * two.upper < margin + NEAR
        np.put(low, pairs.barred(span), v=False)
        found.append(np.flatnonzero(low) + span.start * k)
    return found


def _satisfied(pairs: Pairs, span: slice, slack: Floats, target: Target) -> bool:
    """Whether every estimate of a block satisfies the threshold; near ties are decided in integers."""
    lowest = float(slack.min())
    if abs(lowest) >= NEAR:
        return lowest > 0
    near = np.divmod(np.flatnonzero(slack < NEAR), len(pairs.cells))
    return all(_point(pairs, i + span.start, j, target) for i, j in zip(*near, strict=True))


def _point(pairs: Pairs, first: int, second: int, target: Target) -> bool:
    """Whether an estimate satisfies the threshold, by cross-multiplied integers."""
    a, b, asked = pairs.cells[first], pairs.cells[second], Fraction(target.threshold)
    up, down = asked.numerator, asked.denominator
    if pairs.ratio:
        return a.events * b.trials * down >= up * b.events * a.trials
    return (a.events * b.trials - b.events * a.trials) * down <= up * a.trials * b.trials


class _Lowest:
    """The places of the lowest values seen so far: as many as are printed, and all that tie with the last."""

    def __init__(self, cells: int) -> None:
        self._cells = cells
        self._values: Floats = np.empty(0)
        self.places: Indices = np.empty(0, dtype=np.intp)

    def see(self, values: Floats, span: slice) -> None:
        """Look at a table of a block; infinite values are not places."""
        flat = values.ravel()
        most = float(self._values.max()) if self._values.size >= MOST_PRINTED else np.finfo(np.float64).max
        near = np.flatnonzero(flat <= most)
        if not near.size:
            return
        found = np.concatenate([self._values, flat[near]])
        places = np.concatenate([self.places, near + span.start * self._cells])
        if found.size > MOST_PRINTED:
            keep = found <= np.partition(found, MOST_PRINTED - 1)[MOST_PRINTED - 1]
            found, places = found[keep], places[keep]
        self._values, self.places = found, places
