"""Simulate a rule on a population that sits exactly at the threshold: how often does it decide wrongly?"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assay.stats.bound import Bound
from assay.stats.histogram import Undefined

Side = Literal["at_least", "at_most"]
ALPHA = 0.05
TOLD = "p-values at the truth"
AT_ONCE = 1000
"""Samples of which p-values are computed together."""
Floats = NDArray[np.float64]
Limits = Callable[[float], Bound]
"""The limits of one sample at any level."""


@dataclass(frozen=True)
class Design:
    """A population whose true value is `truth`, and a rule that is judged on samples of it.

    rule: key of `assay.stats.simulated_sizes`; size: rows (per class, clusters) that the table is indexed by;
    draw: the limits of one sample at any level. p: the p-values that the limits invert, for "at least the truth" and for
    "at most the truth", of many samples at once: many levels are simulated by them. Both directions of a criterion at the threshold are simulated at once:
    passing wrongly (`side`) and failing wrongly (the opposite limit).
    """

    rule: str
    shape: str
    rows: str
    size: int
    truth: float
    side: Side
    draw: Callable[[np.random.Generator], Limits]
    p: Callable[[np.random.Generator, int], tuple[Floats, Floats]] | None = None


def beyond(estimate: float, p_values: tuple[float, float], truth: float, alpha: float) -> Bound:
    """Limits that lie beyond the truth exactly where p-values at the truth do, which takes no search for the limits themselves."""
    at_least, at_most = p_values
    if at_least <= alpha:
        return Bound(estimate, truth + 1, truth + 2, TOLD, "A")
    if at_most <= alpha:
        return Bound(estimate, truth - 2, truth - 1, TOLD, "A")
    return Bound(estimate, truth - 1, truth + 1, TOLD, "A")


def simulate(design: Design, reps: int, seed: int = 0) -> dict[str, object]:
    """One row of a table, at level .05: that of `simulate_at`."""
    return simulate_at(design, reps, (ALPHA,), seed)[0]


def simulate_at(design: Design, reps: int, levels: Sequence[float], seed: int = 0) -> list[dict[str, object]]:
    """A row for each level: shares of `reps` samples on which the rule, or the point estimate, decides wrongly.

    All levels are judged on the same samples, from the largest down, until neither limit is wrong any more: limits nest.
    Of p-values there is no point estimate to tell of. A sample on which the rule gives no limit counts as not decided. The random stream depends on the design alone.
    """
    name = f"{design.rule}/{design.shape}/{design.rows}/{design.truth:.9g}"
    rng = np.random.default_rng((seed, zlib.crc32(name.encode())))
    above, below, point, undecided = (np.zeros(len(levels)) for _ in range(4))
    downwards = sorted(range(len(levels)), key=lambda i: -levels[i])
    slack = 1e-12 * max(abs(design.truth), 1.0)
    by_p = design.p if len(levels) > 1 else None
    if by_p is not None:
        for first in range(0, reps, AT_ONCE):
            at_least, at_most = by_p(rng, min(AT_ONCE, reps - first))
            above += (at_least[:, None] < np.array(levels)).sum(axis=0)
            below += (at_most[:, None] < np.array(levels)).sum(axis=0)
    for _ in range(reps if by_p is None else 0):
        limits = design.draw(rng)
        try:
            for i in downwards:
                bound = limits(levels[i])
                too_high, too_low = bound.lower > design.truth + slack, bound.upper < design.truth - slack
                above[i] += too_high
                below[i] += too_low
                up = bound.estimate - design.truth
                point += (up if design.side == "at_least" else -up) >= -slack if i == downwards[0] else 0
                if not (too_high or too_low):
                    break
        except Undefined:
            undecided += 1
    certified, failed = (above, below) if design.side == "at_least" else (below, above)
    return [
        {
            "rule": design.rule,
            "shape": design.shape,
            "rows": design.rows,
            "size": design.size,
            "criterion": design.side,
            "truth": round(design.truth, 5),
            "certified wrongly": float(certified[i]) / reps,
            "point estimate certifies": float(point[i]) / reps,
            "failed wrongly": float(failed[i]) / reps,
            "no limit": float(undecided[i]) / reps,
        }
        for i in range(len(levels))
    ]


def wrong(row: dict[str, object]) -> float:
    """The larger share of wrong decisions of a row, certified or failed."""
    return max(float(str(row[key])) for key in ("certified wrongly", "failed wrongly"))


def worst(rows: Iterable[dict[str, object]]) -> dict[str, tuple[tuple[int, float], ...]]:
    """Per rule, size -> largest share of wrong decisions, either way, at that size or a larger one."""
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        at = found.setdefault(str(row["rule"]), {})
        size, share = int(str(row["size"])), wrong(row)
        at[size] = max(at.get(size, 0.0), share)
    return {
        rule: tuple((n, max(v for m, v in at.items() if m >= n)) for n in sorted(at))
        for rule, at in found.items()
    }
