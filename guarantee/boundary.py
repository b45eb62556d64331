"""Simulate a rule on a population that sits exactly at the threshold: how often does it decide wrongly?"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assay.stats.bound import Bound
from assay.stats.histogram import Undefined

Side = Literal["at_least", "at_most"]
ALPHA = 0.05


@dataclass(frozen=True)
class Design:
    """A population whose true value is `truth`, and a rule that is judged on samples of it.

    rule: key of `assay.stats.simulated_sizes`; size: rows (per class, clusters) that the table is indexed by;
    draw: one sample, judged at a level. Both directions of a criterion at the threshold are simulated at once:
    passing wrongly (`side`) and failing wrongly (the opposite limit).
    """

    rule: str
    shape: str
    rows: str
    size: int
    truth: float
    side: Side
    draw: Callable[[np.random.Generator, float], Bound]


def simulate(design: Design, reps: int, seed: int = 0) -> dict[str, object]:
    """One row of a table: shares of `reps` samples on which the rule, or the point estimate, decides wrongly.

    A sample on which the rule gives no limit counts as not decided. The random stream depends on the design alone.
    """
    name = f"{design.rule}/{design.shape}/{design.rows}/{design.truth:.9g}"
    rng = np.random.default_rng((seed, zlib.crc32(name.encode())))
    above = below = point = undecided = 0
    slack = 1e-12 * max(abs(design.truth), 1.0)
    for _ in range(reps):
        try:
            bound = design.draw(rng, ALPHA)
        except Undefined:
            undecided += 1
            continue
        above += bound.lower > design.truth + slack
        below += bound.upper < design.truth - slack
        signed = bound.estimate - design.truth if design.side == "at_least" else design.truth - bound.estimate
        point += signed >= -slack
    certified, failed = (above, below) if design.side == "at_least" else (below, above)
    return {
        "rule": design.rule,
        "shape": design.shape,
        "rows": design.rows,
        "size": design.size,
        "criterion": design.side,
        "truth": round(design.truth, 5),
        "certified wrongly": certified / reps,
        "point estimate certifies": point / reps,
        "failed wrongly": failed / reps,
        "no limit": undecided / reps,
    }


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
