"""A statistic held against a criterion: counts, a threshold and alpha become estimates, bounds and p-values."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy.special import ndtri

from assay.domain.assessment import Asked, Assessment, Broken, Piece, headlined
from assay.domain.evidence import Statistic
from assay.stats.pieces.kinds import PIECES
from assay.stats.pieces.pieces import Pieces, Target

POWER = 0.90
MOST_ROWS = 10_000_000_000
"""More rows than this are not a plan."""


def assess(statistic: Statistic, asked: Asked, *, rows: int | None = None) -> Assessment:
    """Hold a statistic against a threshold at level alpha; says nothing about passing.

    Args:
        rows: rows of the data set, for "rows still needed"; by default those behind the binding piece.
    """
    target = Target(asked.comparator, asked.threshold, asked.alpha)
    found = PIECES[type(statistic.counts)](statistic.counts, target)
    binding = found.printed[0] if found.printed else None
    inferred = binding is not None and binding.exact is None
    base = rows if rows is not None else (binding.n if binding else 0)
    empty = _empty(asked, metric=statistic.metric, across=statistic.across, data=statistic.data)
    made = replace(
        empty,
        pieces=found.printed,
        pieces_total=found.total,
        all_pass=found.all_pass,
        point_passes=found.point_passes,
        undefined=found.undefined,
        strictest=found.strictest,
        rows=base,
        rows_needed=_rows_needed(found, target, base) if inferred else None,
    )
    return headlined(made)


def failed(broken: Broken, asked: Asked, *, metric: str, across: str, data: str) -> Assessment:
    """The assessment of a criterion whose check or model gave no counts."""
    return replace(_empty(asked, metric=metric, across=across, data=data), error=broken)


def _empty(asked: Asked, *, metric: str, across: str, data: str) -> Assessment:
    return Assessment(
        criterion=asked.criterion,
        metric=metric,
        across=across,
        data=data,
        tier=asked.tier,
        comparator=asked.comparator,
        threshold=asked.threshold,
        alpha=asked.alpha,
        pieces=(),
        pieces_total=0,
        all_pass=False,
        definition=asked.definition,
    )


def _rows_needed(found: Pieces, target: Target, rows: int) -> int | None:
    """Rows of the whole data set with which every piece would pass with 90 % probability.

    If the estimates are the truth and the mix of groups stays: half-widths shrink with the root of the rows, and
    the distance to the threshold must be (1 + z_power / z_alpha) of them. An approximation for readers; None when
    an estimate lies on the wrong side. (The usual normal sample-size argument, as in methods for non-inferiority;
    Chow, Shao & Wang 2008, chapter 3.)
    """
    if not found.printed or found.all_pass or found.undefined:
        return None
    factors = [_factor(piece, target) for piece in found.printed if not piece.passes]
    if not factors or any(factor is None for factor in factors):
        return None
    needed = rows * max(factor for factor in factors if factor is not None)
    return math.ceil(needed) if needed <= MOST_ROWS else None


def _factor(piece: Piece, target: Target) -> float | None:
    bound = target.bound(piece)
    if piece.estimate is None or bound is None:
        return None
    distance = piece.estimate - target.tau if target.at_least else target.tau - piece.estimate
    if distance <= 0:
        return None
    z_alpha, z_power = -float(ndtri(target.alpha)), float(ndtri(POWER))
    half_widths = abs(piece.estimate - bound) * (1 + z_power / z_alpha) / distance
    return max(half_widths * half_widths, 1.0)
