"""The power of criteria about losses: whether the exact bets would pass, by how losses are imagined to be spread."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from assay.domain.assessment import Asked
from assay.domain.evidence import Compare, LossCell, Losses, Summary
from assay.domain.vocabulary import Comparator
from assay.plan.power import Prospect, all_of
from assay.plan.scores import Spread
from assay.stats.contrast_power import Passes
from assay.stats.histogram import Floats
from assay.stats.losses import Losing, is_least
from assay.stats.means import log_capitals

SHAPE = np.abs(ndtri((np.arange(400) + 0.5) / 800))
"""Losses as the absolute value of a normal number, of 400 rows that stand for any number; their mean square is 1 but for .3 %."""
MEAN_OF_SHAPE = float(SHAPE.mean())
FEW = np.sqrt((SHAPE.reshape(20, -1) ** 2).mean(axis=1))
"""The same of fewer rows, with the same mean square, for what is worked out often."""
FAR, FINER = 5.0, 3
"""How far below nothing the difference of a sample is looked for, in standard errors; and to which part of one, in halvings."""
SPREAD = {Summary.MEAN: math.sqrt(math.pi / 2 - 1), Summary.ROOT_MEAN_SQUARE: math.sqrt(0.5)}
"""Standard error of the summary of such losses, as a multiple of its true value over the root of the rows."""
SAID = "the losses of rows are spread like the absolute value of a normal number"


def losses_prospect(counts: Losses, asked: Asked, _: Spread | None) -> Prospect | str:
    """The probability of passing as a function of the true value and the rows; a text when a group has no rows."""
    if not all(cell.n for cell in counts.cells):
        return "A group has no rows."
    if counts.compare is Compare.EACH:
        parts = [_alone(counts, cell.n, asked, _lost(counts, cell)) for cell in counts.cells]
        return Prospect(all_of([a for a, _ in parts]), all_of([b for _, b in parts]), SAID)
    level = max(_losing(counts, cell).estimate for cell in counts.cells)
    compared = [(one.n, two.n) for one in counts.cells for two in counts.cells if counts.compares(one, two)]
    # The smallest groups first: where they fail nothing else is worked out.
    pairs = [_compared(counts, n, m, level, asked) for n, m in sorted(compared, key=min)]
    said = f"rows lose {level:.3g} on average in each group, and {SAID}"
    return Prospect(all_of([a for a, _ in pairs]), all_of([b for _, b in pairs]), said)


def _losing(counts: Losses, cell: LossCell) -> Losing:
    return Losing.of(cell, counts.largest, counts.steps, counts.summary)


def _lost(counts: Losses, cell: LossCell) -> float:
    """The part of the rows that lose all that can be lost: cases of which nothing is known, for an imagined model is not as bad."""
    return sum(n for place, n in zip(cell.places, cell.rows, strict=True) if place == counts.steps) / cell.n


def _of_others(lost: float, largest: float, power: int, true: float) -> float:
    """The summary of the rows that are not lost, where that of all is the true one; nothing where less is left than the lost ones lose."""
    if not lost:
        return true
    left = (true**power - lost * largest**power) / (1 - lost)
    return float(max(left, 0.0) ** (1 / power))


def _alone(counts: Losses, n: int, asked: Asked, lost: float) -> tuple[Passes, Passes]:
    """Where a part of the rows is ``lost`` whatever the model is, the others are spread as they are supposed to be."""
    tau, at_most = float(asked.threshold), asked.comparator is Comparator.AT_MOST
    power = 2 if counts.summary is Summary.ROOT_MEAN_SQUARE else 1
    enough = -math.log(asked.alpha)

    def shows(shape: Floats, rows: float) -> bool:
        """Whether the bets of so many rows, with losses of this shape, show the criterion."""
        # Rounded to the worse side by half a step on average.
        rounding = (0.5 if at_most else -0.5) / counts.steps
        unit = np.clip(shape / counts.largest + rounding, 0.0, 1.0) ** power
        claimed = (tau / counts.largest) ** power
        if not 0 < claimed < 1:
            return claimed >= 1 if at_most else claimed <= 0
        each = np.full(len(unit), rows * (1 - lost) / len(unit))
        if lost:
            unit, each = np.append(unit, 1.0), np.append(each, rows * lost)
        bets = (unit, claimed) if at_most else (1 - unit, 1 - claimed)
        return bool(log_capitals(bets[0], each, np.array([bets[1]]))[0] >= enough)

    @functools.lru_cache(maxsize=256)
    def edge(rows: float) -> float:
        """The value of the summary that a sample passes with at the most (at the least), of the rows that are not lost."""
        low, high = 0.0, counts.largest
        for _ in range(30):
            middle = (low + high) / 2
            scale = middle if power == 2 else middle / MEAN_OF_SHAPE
            low, high = (middle, high) if shows(SHAPE * scale, rows) is at_most else (low, middle)
        return low

    of_others = functools.partial(_of_others, lost, counts.largest, power)

    def passes(true: float, factor: float) -> float:
        rows, others = n * factor, of_others(true)
        if others <= 0:
            return float(at_most and edge(rows) > 0)
        error = SPREAD[counts.summary] * others / math.sqrt(rows * (1 - lost))
        sign = 1 if at_most else -1
        return float(ndtr(sign * (edge(rows) - others) / error))

    def at_best(true: float, factor: float) -> float:
        return float(shows(np.array([max(of_others(true), 0.0)]), n * factor))

    return passes, at_best


def _compared(counts: Losses, n: int, m: int, level: float, asked: Asked) -> tuple[Passes, Passes]:
    tau, enough = float(asked.threshold), -math.log(asked.alpha)

    def sample(mean: float, rows: float) -> Losing:
        """So many rows with losses of the shape and of this summary, rounded to the worse side by half a step on average."""
        power = 2 if counts.summary is Summary.ROOT_MEAN_SQUARE else 1
        losses = (FEW if power == 2 else FEW / FEW.mean()) * mean / counts.largest
        up, down = (np.clip(losses + side / counts.steps, 0.0, 1.0) for side in (0.5, -0.5))
        # Parts of a row are allowed here, which no sample has.
        each: Any = np.full(len(FEW), rows / len(FEW))
        return Losing(up**power, down**power, each, counts.largest, power)

    def error(factor: float) -> float:
        return SPREAD[counts.summary] * level * math.sqrt((1 / n + 1 / m) / factor)

    @functools.lru_cache(maxsize=256)
    def edge(factor: float) -> float:
        """The largest difference with which a sample passes; no smaller than what no group of equals would have by chance."""
        low, high = min(tau, 0.0) - FAR * error(factor), tau
        for _ in range(math.ceil(math.log2((high - low) / error(factor))) + FINER):
            middle = (low + high) / 2
            second = max(level - max(middle, 0.0), -middle, 0.0)
            one, two = sample(second + middle, n * factor), sample(second, m * factor)
            low, high = (middle, high) if is_least(one, two, tau, enough) else (low, middle)
        return (low + high) / 2

    def passes(true: float, factor: float) -> float:
        if not level:
            return float(is_least(sample(max(true, 0.0), n * factor), sample(0.0, m * factor), tau, enough))
        return float(ndtr((edge(factor) - true) / error(factor)))

    def at_best(true: float, factor: float) -> float:
        """Where every row of a group loses alike, or as they are supposed to: bets on rows that all lose nothing can show less."""
        one, two = (
            _losing(counts, LossCell("", (place,), (max(round(rows * factor), 1),)))
            for place, rows in ((places(true), n), (0, m))
        )
        alike = is_least(one, two, tau, enough)
        return 1.0 if alike else passes(true, factor)

    def places(true: float) -> int:
        return min(math.ceil(max(true, 0.0) / counts.largest * counts.steps), counts.steps)

    return passes, at_best
