"""The power of criteria whose limits are those of the imagined counts, as if the error behind each did not depend on the true value."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from scipy.special import ndtri

from assay.domain.assessment import Asked, Piece
from assay.domain.evidence import Combined, Composite, Effects, Proxied, Stratified
from assay.domain.vocabulary import Comparator
from assay.plan.power import Prospect, all_of
from assay.plan.reversals import reversals_prospect
from assay.plan.scores import Spread
from assay.plan.spreads import same
from assay.stats.contrast_power import normal_power
from assay.stats.inversion import LARGEST
from assay.stats.pieces.combined import combined_pieces
from assay.stats.pieces.effects import effects_pieces
from assay.stats.pieces.pieces import Pieces, Target
from assay.stats.pieces.proxied import proxied_pieces
from assay.stats.pieces.stratified import stratified_pieces


def stratified_prospect(counts: Stratified, asked: Asked, _: Spread | None) -> Prospect | str:
    """By the limits of the imagined rates within strata; whether a gap turns round, by how likely it is that none does."""
    found = stratified_pieces(counts, Target(asked.comparator, asked.threshold, asked.alpha))
    if counts.composite is Composite.REVERSAL and not found.undefined:
        return reversals_prospect(counts, asked)
    return _of_limits(found, asked)


def combined_prospect(counts: Combined, asked: Asked, _: Spread | None) -> Prospect | str:
    """By the limits of the imagined combinations of rates."""
    return _of_limits(combined_pieces(counts, Target(asked.comparator, asked.threshold, asked.alpha)), asked)


def effects_prospect(counts: Effects, asked: Asked, _: Spread | None) -> Prospect | str:
    """By the limits of the imagined effects."""
    return _of_limits(effects_pieces(counts, Target(asked.comparator, asked.threshold, asked.alpha)), asked)


def _of_limits(found: Pieces, asked: Asked) -> Prospect | str:
    """As if the standard error behind each limit did not depend on the true value."""
    at_least = asked.comparator is Comparator.AT_LEAST
    if found.undefined:
        return f"{found.undefined[0].label}: {found.undefined[0].detail}"
    parts = [
        normal_power(
            _error_of(piece, asked.alpha, of_ratio=at_least),
            float(asked.threshold),
            asked.alpha,
            at_least=at_least,
        )
        for piece in found.printed
    ]
    return Prospect.plain(all_of(parts))


def _error_of(piece: Piece, alpha: float, *, of_ratio: bool) -> Callable[[float], float]:
    """The standard error behind the limit that decides; of a ratio it grows with the ratio."""
    estimate, z = piece.estimate or 0.0, -float(ndtri(alpha))
    limit = piece.lower if of_ratio else piece.upper
    error = abs(estimate - (estimate if limit is None else limit)) / z
    return lambda true: error * true / estimate if of_ratio and estimate else error


def proxied_prospect(counts: Proxied, asked: Asked, _: Spread | None) -> Prospect | str:
    """What is not identified is paid at any number of rows: it is as far from the true value as from the imagined estimate."""
    at_least = asked.comparator is Comparator.AT_LEAST
    found, without = (
        proxied_pieces(counts, Target(asked.comparator, asked.threshold, alpha))
        for alpha in (asked.alpha, LARGEST)
    )
    if found.undefined:
        return found.undefined[0].detail
    parts = []
    for piece, unsampled in zip(
        sorted(found.printed, key=_label_of), sorted(without.printed, key=_label_of), strict=True
    ):
        limit, end = (p.lower if at_least else p.upper for p in (piece, unsampled))
        if limit is None or end is None or piece.estimate is None:
            return "The probabilities leave the gap open altogether."
        error, wanted = abs(end - limit) / -float(ndtri(asked.alpha)), float(asked.threshold)
        parts.append(
            partial(_identified, end - piece.estimate, error, wanted, alpha=asked.alpha, at_least=at_least)
        )
    return Prospect.plain(all_of(parts))


def _identified(
    shift: float, error: float, threshold: float, true: float, factor: float, *, alpha: float, at_least: bool
) -> float:
    """The power where the end of what is identified lies this far from the true value; none if it lies beyond the threshold."""
    room = true + shift - threshold if at_least else threshold - true - shift
    if room <= 0:
        return 0.0
    return normal_power(partial(same, error), 0.0, alpha, at_least=True)(room, factor)


def _label_of(piece: Piece) -> str:
    return piece.label
