"""What the binomial rules really do: enumerated false-certification rates, and power against the plan.

Every size here is a sum over all tables, maximised over the nuisance parameter by a rigorous bound; nothing is
simulated but the realised power. The rule "the point estimate satisfies the threshold" is enumerated beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from assay.stats.contrasts import p_contrast_at_least
from assay.stats.exact_size import Staircase, audited_level, nominal_size
from assay.stats.paired_size import PairedRegion, audited_paired_level, paired_region, paired_size
from assay.stats.power import (
    power_contrast_audited,
    power_paired,
    power_rate,
    rows_for_contrast,
    rows_for_paired,
    rows_for_rate,
)
from assay.stats.rates import p_at_least, tail_above
from guarantee.folds import folds

Row = dict[str, object]
ALPHA = 0.05
ORDINARY_RATE = 0.5
ORDINARY_SHARE = 0.05
"""Where the point-estimate rule is enumerated. Its worst case is 1 (no events at all), which would be unfair."""
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is enumerated: rows per group, thresholds, and samples per design for realised power."""

    rate_rows: tuple[int, ...]
    taus: tuple[float, ...]
    group_rows: tuple[int, ...]
    margins: tuple[float, ...]
    ratios: tuple[float, ...]
    paired_rows: tuple[int, ...]
    drops: tuple[float, ...]
    samples: int


FULL = Extent(
    rate_rows=(20, 50, 100, 300, 1000, 3000, 10_000, 100_000),
    taus=(0.01, 0.05, 0.20, 0.50, 0.80, 0.90, 0.95, 0.99),
    group_rows=(20, 50, 100, 300, 1000, 3000, 10_000),
    margins=(0.02, 0.05, 0.10, 0.20),
    ratios=(0.70, 0.80, 0.90),
    paired_rows=(20, 100, 300, 1000, 3000, 10_000, 100_000),
    drops=(0.0, 0.01, 0.02, 0.05, 0.10),
    samples=40_000,
)
QUICK = Extent(
    rate_rows=(20, 300, 3000),
    taus=(0.05, 0.50, 0.80, 0.95),
    group_rows=(20, 100, 1000),
    margins=(0.05, 0.10),
    ratios=(0.80,),
    paired_rows=(20, 300),
    drops=(0.0, 0.02),
    samples=10_000,
)


def tables(extent: Extent = FULL, *, seed: int = 20_261_124) -> dict[str, list[Row]]:
    """All tables by title: lists of rows, each a mapping from a column's name to a number or a text.

    FULL takes a few minutes on one core, QUICK a few seconds. `seed` is for realised power only.
    """
    differences = [("difference", 1.0, -margin) for margin in extent.margins]
    quotients = [("ratio", ratio, 0.0) for ratio in extent.ratios]
    return {
        "One rate: enumerated false-certification rate at the threshold": list(_rates(extent)),
        "Two rates, difference: enumerated false-certification rate, worst over the nuisance rate": list(
            _contrasts(extent, differences)
        ),
        "Two rates, ratio: enumerated false-certification rate, worst over the nuisance rate": list(
            _contrasts(extent, quotients)
        ),
        "Paired decisions: enumerated false-certification rate, worst over the nuisance share": list(
            _paired(extent)
        ),
        "Mean over folds: enumerated false-certification rate at the threshold": list(
            folds(extent.rate_rows, extent.taus)
        ),
        "Planner: realised power at the planned number of rows": list(_power(extent, seed)),
    }


def _rates(extent: Extent) -> Iterator[Row]:
    """At p = tau, the worst point of H0 because the tail rises with p."""
    for n, tau in product(extent.rate_rows, extent.taus):
        reached = np.array([np.ceil(n * tau - _TIE)])
        yield {
            "rows": n,
            "threshold": tau,
            "bound": float(power_rate(n, tau, tau, ALPHA)),
            "point estimate": float(tail_above(reached, np.array([float(n)]), np.array([tau]))[0]),
        }


def _contrasts(extent: Extent, rules: list[tuple[str, float, float]]) -> Iterator[Row]:
    for (_, ratio, margin), (n1, n2) in product(rules, product(extent.group_rows, extent.group_rows)):
        if ratio == 1 and n1 > n2:  # its complement is listed
            continue
        audit = audited_level(n1, n2, ratio=ratio, margin=margin, alpha=ALPHA)
        x2 = np.arange(n2 + 1)
        reached = np.clip(np.ceil(n1 * (margin + ratio * x2 / n2) - _TIE), 0, n1 + 1)
        point = Staircase(n1, n2, reached.astype(np.int64))
        p2 = np.array([ORDINARY_RATE])
        yield {
            "rows, group 1": n1,
            "rows, group 2": n2,
            "threshold": -margin if ratio == 1 else ratio,
            "nominal level": audit.level,
            "bound, nominal 0.05": nominal_size(n1, n2, ratio=ratio, margin=margin, level=ALPHA).bound,
            "bound, audited": audit.size_bound,
            "rule": "box" if audit.fallback else "MOVER",
            f"point estimate, at a rate of {ORDINARY_RATE}": float(
                point.probability(margin + ratio * p2, p2)[0]
            ),
        }


def _paired(extent: Extent) -> Iterator[Row]:
    for n, drop in product(extent.paired_rows, extent.drops):
        audit = audited_paired_level(n, margin=-drop, alpha=ALPHA)
        better = np.arange(n + 1)
        most = np.minimum(np.floor(better + n * drop + _TIE), n - better)
        point, share = PairedRegion(n, most.astype(np.int64)), np.array([ORDINARY_SHARE])
        yield {
            "rows": n,
            "largest drop": drop,
            "nominal level": audit.level,
            "bound, nominal 0.05": paired_size(n, margin=-drop, level=ALPHA).bound,
            "bound, audited": audit.size_bound,
            "rule": "box" if audit.fallback else "MOVER",
            f"point estimate, at a share of {ORDINARY_SHARE}": float(
                point.probability(share + drop, share)[0]
            ),
        }


RATES = (
    (0.80, 0.85, 0.8),
    (0.80, 0.85, 0.9),
    (0.85, 0.90, 0.9),
    (0.90, 0.95, 0.9),
    (0.95, 0.97, 0.8),
    (0.95, 0.97, 0.9),
    (0.70, 0.72, 0.8),
    (0.80, 0.82, 0.9),
    (0.99, 0.995, 0.9),
)
CONTRASTS = (  # p1, p2, share of group 1, share of group 2, ratio, margin, power
    (0.50, 0.50, 0.5, 0.5, 1.0, -0.10, 0.8),
    (0.80, 0.80, 0.5, 0.5, 1.0, -0.10, 0.9),
    (0.80, 0.83, 0.5, 0.5, 1.0, -0.10, 0.8),
    (0.80, 0.80, 0.5, 0.5, 1.0, -0.05, 0.8),
    (0.90, 0.90, 0.3, 0.7, 1.0, -0.05, 0.9),
    (0.90, 0.90, 0.1, 0.9, 1.0, -0.10, 0.8),
    (0.90, 0.90, 0.9, 0.1, 1.0, -0.10, 0.9),
    (0.30, 0.30, 0.5, 0.5, 0.8, 0.0, 0.8),
    (0.50, 0.50, 0.2, 0.8, 0.8, 0.0, 0.9),
    (0.45, 0.50, 0.5, 0.5, 0.8, 0.0, 0.8),
    (0.10, 0.10, 0.4, 0.6, 0.8, 0.0, 0.9),
)
PAIRED = ((0.05, 0.05, 0.02, 0.8), (0.05, 0.05, 0.02, 0.9), (0.03, 0.06, 0.0, 0.8), (0.10, 0.10, 0.05, 0.9))


def _power(extent: Extent, seed: int) -> Iterator[Row]:
    """Predicted by the planner, realised by sampling whole data sets and asking the rule that verdicts use."""
    rng = np.random.default_rng(seed)
    for tau, true, power in RATES:
        n = rows_for_rate(tau, true, alpha=ALPHA, power=power)
        predicted = float(power_rate(n or 1, tau, true, ALPHA))
        yield _realised(
            f"rate >= {tau}, true {true}",
            n,
            power,
            predicted,
            partial(_rate_passes, rng, extent.samples, tau, true),
        )
    for design in CONTRASTS:
        yield _contrast_power(rng, extent.samples, design)
    for worse, better, drop, power in PAIRED:
        n = rows_for_paired(worse, better, tau=drop, alpha=ALPHA, power=power)
        predicted = power_paired(n or 1, worse, better, tau=drop, alpha=ALPHA)
        name = f"drop <= {drop}, true shares worse {worse}, better {better}"
        yield _realised(
            name, n, power, predicted, partial(_paired_passes, rng, extent.samples, worse, better, drop)
        )


def _contrast_power(
    rng: np.random.Generator, samples: int, design: tuple[float, float, float, float, float, float, float]
) -> Row:
    p1, p2, share1, share2, ratio, margin, power = design
    rule: dict[str, float] = {"ratio": ratio, "margin": margin, "alpha": ALPHA}
    n = rows_for_contrast(p1, p2, share1=share1, share2=share2, power=power, **rule)
    n1, n2 = round((n or 2) * share1), round((n or 2) * share2)
    predicted = power_contrast_audited(n1, n2, p1, p2, **rule)
    asks = f"gap <= {-margin}" if ratio == 1 else f"ratio >= {ratio}"
    name = f"{asks}, true {p1} ({share1:.0%} of rows) and {p2} ({share2:.0%})"

    def passes(_: int) -> float:
        level = audited_level(n1, n2, ratio=ratio, margin=margin, alpha=ALPHA).level
        x1, x2 = rng.binomial(n1, p1, samples), rng.binomial(n2, p2, samples)
        return float(np.mean(p_contrast_at_least(x1, n1, x2, n2, ratio=ratio, margin=margin) <= level - _TIE))

    return _realised(name, n, power, predicted, passes)


def _rate_passes(rng: np.random.Generator, samples: int, tau: float, true: float, n: int) -> float:
    return float(np.mean(p_at_least(rng.binomial(n, true, samples), n, tau) <= ALPHA - _TIE))


def _paired_passes(
    rng: np.random.Generator, samples: int, worse: float, better: float, drop: float, n: int
) -> float:
    """The exact p-value is at most alpha where the nominal one is at most the largest level of that size."""
    low, high = ALPHA / 2, 2 * ALPHA
    for _ in range(20):
        middle = (low + high) / 2
        small = paired_size(n, margin=-drop, level=middle).bound <= ALPHA
        low, high = (middle, high) if small else (low, middle)
    region = paired_region(n, margin=-drop, level=low)
    drawn = rng.multinomial(n, [worse, better, 1 - worse - better], samples)
    return float(np.mean(drawn[:, 0] <= region.last[drawn[:, 1]]))


def _realised(
    name: str, n: int | None, target: float, predicted: float, passes: Callable[[int], float]
) -> Row:
    if n is None:
        raise ValueError(f"{name}: the planner found no number of rows; choose a design that can pass")
    realised = passes(n)
    return {
        "design": name,
        "rows": n,
        "asked": target,
        "predicted": predicted,
        "realised": realised,
        "off the prediction, points": 100 * (realised - predicted),
        "off the asked, points": 100 * (realised - target),
    }
