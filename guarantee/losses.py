"""Criteria about losses on samples so small that all of them are enumerated: how often a bad model is certified, exactly.

Losses lie on a grid of few steps, at their upper ends as the rule takes them when it certifies. All samples are listed, the
product's own p-values decide on each, and an adversary looks for the distribution of losses that violates the criterion and is
certified most often: on the boundary, from all distributions on two and on three of the places.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from assay.domain.assessment import TIE
from assay.domain.evidence import LossCell, Summary
from assay.stats.losses import Losing, difference_p, summary_p
from guarantee.bars import Tables

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
ALPHA = 0.05
SHARES = 41
"""Shares of a third place that are tried."""


@dataclass(frozen=True)
class Small:
    """A criterion about losses of so many rows, of one group or of two; losses lie on a grid of ``steps``."""

    rows: tuple[int, ...]
    steps: int
    threshold: str
    summary: Summary = Summary.MEAN

    @property
    def told(self) -> str:
        """What is asked, in words."""
        what = "gap in mean loss" if len(self.rows) > 1 else f"{self.summary.value.replace('_', ' ')} loss"
        return f"{what} at most {self.threshold} of {self.steps}"


SMALL = (
    Small((12,), 3, "0.9"),
    Small((30,), 3, "1.5"),
    Small((30,), 3, "0.6"),
    Small((20,), 4, "1.2", Summary.ROOT_MEAN_SQUARE),
    Small((60,), 2, "0.2"),
    Small((200,), 1, "0.05"),
    Small((8, 8), 2, "0.5"),
    Small((12, 6), 2, "0.2"),
    Small((40, 40), 1, "0.1"),
)


def tables(worlds: tuple[Small, ...] = SMALL) -> Tables:
    """One row for each criterion."""
    return {"Losses, all samples enumerated": [_row(small) for small in worlds]}


def _row(small: Small) -> dict[str, object]:
    passed, points, samples = _decided(small)
    worst = worst_point = 0.0
    for laws in _bad(small):
        mass = _masses(small, samples, laws)
        worst, worst_point = (
            max(worst, float(mass[passed].sum())),
            max(worst_point, float(mass[points].sum())),
        )
    return {
        "asked": small.told,
        "rows": " + ".join(map(str, small.rows)),
        "samples": len(passed),
        "certified wrongly": worst,
        "certified wrongly by point estimates": worst_point,
    }


def samples_of(rows: int, places: int) -> Integers:
    """int64[samples, places]: every way in which so many rows can lie at so many places."""
    bars = itertools.combinations(range(rows + places - 1), places - 1)
    ends = np.array(list(bars), dtype=np.int64).reshape(-1, places - 1)
    edges = np.column_stack([np.full(len(ends), -1), ends, np.full(len(ends), rows + places - 1)])
    return np.diff(edges, axis=1) - 1


def _decided(small: Small) -> tuple[NDArray[np.bool_], NDArray[np.bool_], list[Integers]]:
    """Which samples, or pairs of them, the product certifies, and which point estimates would."""
    samples = [samples_of(rows, small.steps + 1) for rows in small.rows]
    tau = float(small.threshold)
    known = [[_losing(small, counts) for counts in found] for found in samples]
    passed, points = [], []
    for each in itertools.product(*known):
        passed.append(_p(each, tau) <= ALPHA - TIE)
        points.append(_estimate(each) <= tau)
    return np.array(passed), np.array(points), samples


def _losing(small: Small, counts: Integers) -> Losing:
    return Losing.of(LossCell("", *_told(counts)), float(small.steps), small.steps, small.summary)


def _p(each: tuple[Losing, ...], tau: float) -> float:
    """The p-value that the product passes by: of a gap, that of the one direction in which the world is bad."""
    return summary_p(each[0], tau)[1] if len(each) == 1 else difference_p(each[0], each[1], tau)[1]


def _estimate(each: tuple[Losing, ...]) -> float:
    """The point estimate, of losses at the upper ends of their steps."""
    means = [one.largest * float(one.rows @ one.upper / one.rows.sum()) ** (1 / one.power) for one in each]
    return float(means[0] if len(means) == 1 else means[0] - means[1])


def _told(counts: Integers) -> tuple[tuple[int, ...], tuple[int, ...]]:
    found = np.flatnonzero(counts)
    return tuple(found.tolist()), tuple(counts[found].tolist())


def _masses(small: Small, samples: list[Integers], laws: tuple[Floats, ...]) -> Floats:
    """The probability of each sample, or pair of samples."""
    each = [
        np.exp(gammaln(rows + 1) + (xlogy(found, law) - gammaln(found + 1)).sum(axis=1))
        for rows, found, law in zip(small.rows, samples, laws, strict=True)
    ]
    masses: Floats = each[0] if len(each) == 1 else np.outer(*each).ravel()
    return masses


def _bad(small: Small) -> Iterator[tuple[Floats, ...]]:
    """Laws on the boundary: the summary, or the difference of the two means, is the threshold."""
    power = 2 if small.summary is Summary.ROOT_MEAN_SQUARE else 1
    worth = np.arange(small.steps + 1, dtype=np.float64) ** power
    tau = float(small.threshold)
    if len(small.rows) == 1:
        yield from ((law,) for law in _laws(worth, tau**power))
        return
    for second in np.linspace(0, small.steps - tau, SHARES):
        for one in _laws(worth, second + tau, thirds=5):
            for two in _laws(worth, float(second), thirds=5):
                yield one, two


def _laws(worth: Floats, mean: float, thirds: int = SHARES) -> Iterator[Floats]:
    """Distributions with this mean on two of the places, and a third one with every share."""
    for low, high in itertools.combinations(range(len(worth)), 2):
        for third in range(len(worth)):
            for share in np.linspace(0, 1, thirds, endpoint=False):
                rest = (mean - share * worth[third]) / (1 - share)
                if worth[low] <= rest <= worth[high]:
                    law = np.zeros(len(worth))
                    law[third] += share
                    of_high = (rest - worth[low]) / (worth[high] - worth[low])
                    law[low] += (1 - share) * (1 - of_high)
                    law[high] += (1 - share) * of_high
                    yield law
