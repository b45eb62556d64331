"""What every kind of counts becomes: the pieces of one criterion, worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from assay.domain.assessment import NoValue, Piece
from assay.domain.vocabulary import Comparator

MOST_PRINTED = 100
"""Pieces that are kept one by one; the rest only count."""


@dataclass(frozen=True, slots=True)
class Target:
    """The threshold that pieces are held against, exactly and as a float, at level alpha."""

    comparator: Comparator
    threshold: Decimal
    alpha: float

    @property
    def tau(self) -> float:
        """The threshold as a float."""
        return float(self.threshold)

    @property
    def at_least(self) -> bool:
        """Whether the true value must be at least the threshold."""
        return self.comparator is Comparator.AT_LEAST

    def bound(self, piece: Piece) -> float | None:
        """The bound that must satisfy the threshold."""
        return piece.lower if self.at_least else piece.upper


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one criterion.

    Attributes:
        printed: at most :data:`MOST_PRINTED`, worst first. total: how many were judged.
        all_pass: whether every one passes. point_passes: whether every point estimate satisfies the threshold.
        undefined: pieces without a value.
        strictest: the strictest threshold that all of them support.
    """

    printed: tuple[Piece, ...]
    total: int
    all_pass: bool
    point_passes: bool | None
    undefined: tuple[NoValue, ...] = ()
    strictest: float | None = None


def gathered(pieces: Iterable[Piece], target: Target, undefined: tuple[NoValue, ...] = ()) -> Pieces:
    """Order pieces worst first and conclude over all of them."""
    ordered = sorted(pieces, key=lambda p: (-p.p_pass, -badness(p, target), p.label))
    bounds = [bound for bound in (target.bound(p) for p in ordered) if bound is not None]
    strictest = (min(bounds) if target.at_least else max(bounds)) if bounds else None
    points = [p.point_passes for p in ordered if p.point_passes is not None]
    return Pieces(
        printed=tuple(ordered[:MOST_PRINTED]),
        total=len(ordered),
        all_pass=bool(ordered) and not undefined and all(p.passes for p in ordered),
        point_passes=all(points) if points else None,
        undefined=undefined,
        strictest=strictest if not undefined else None,
    )


def badness(piece: Piece, target: Target) -> float:
    """How far the estimate lies towards the wrong side; only for ordering pieces that tie in evidence."""
    if piece.estimate is None:
        return float("inf")
    return -piece.estimate if target.at_least else piece.estimate
