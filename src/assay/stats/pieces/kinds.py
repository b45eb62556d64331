"""How each kind of counts becomes pieces. The rules of a kind are imported when the first counts of it are assessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assay.domain.assessment import NoValue
from assay.domain.evidence import (
    Averages,
    ByInput,
    Census,
    Changes,
    Effects,
    Explained,
    Folds,
    Histograms,
    Learned,
    Losses,
    MeanCurve,
    Means,
    Paired,
    PairedScores,
    Proxied,
    Ranked,
    Rates,
    RelativeRates,
    Scores,
    Stratified,
    Sweep,
    Undefined,
)
from assay.stats.pieces.pieces import Pieces, Target


def _census_pieces(counts: Census, target: Target) -> Pieces:
    from assay.stats.pieces.census import census_pieces

    return census_pieces(counts, target)


def _rates_pieces(counts: Rates, target: Target) -> Pieces:
    from assay.stats.pieces.rates import rates_pieces

    return rates_pieces(counts, target)


def _averages_pieces(counts: Averages, target: Target) -> Pieces:
    from assay.stats.pieces.averages import averages_pieces

    return averages_pieces(counts, target)


def _stratified_pieces(counts: Stratified, target: Target) -> Pieces:
    from assay.stats.pieces.stratified import stratified_pieces

    return stratified_pieces(counts, target)


def _scores_pieces(counts: Scores, target: Target) -> Pieces:
    from assay.stats.pieces.scores import scores_pieces

    return scores_pieces(counts, target)


def _paired_pieces(counts: Paired, target: Target) -> Pieces:
    from assay.stats.pieces.paired import paired_pieces

    return paired_pieces(counts, target)


def _losses_pieces(counts: Losses, target: Target) -> Pieces:
    from assay.stats.pieces.losses import losses_pieces

    return losses_pieces(counts, target)


def _explained_pieces(counts: Explained, target: Target) -> Pieces:
    from assay.stats.pieces.explained import explained_pieces

    return explained_pieces(counts, target)


def _means_pieces(counts: Means, target: Target) -> Pieces:
    from assay.stats.pieces.means import means_pieces

    return means_pieces(counts, target)


def _curve_pieces(counts: MeanCurve, target: Target) -> Pieces:
    return _means_pieces(counts.means, target)


def _by_input_pieces(counts: ByInput, target: Target) -> Pieces:
    return PIECES[type(counts.lost)](counts.lost, target)


def _folds_pieces(counts: Folds, target: Target) -> Pieces:
    from assay.stats.pieces.refits import folds_pieces

    return folds_pieces(counts, target)


def _learned_pieces(counts: Learned, target: Target) -> Pieces:
    from assay.stats.pieces.refits import learned_pieces

    return learned_pieces(counts, target)


def _relative_pieces(counts: RelativeRates, target: Target) -> Pieces:
    from assay.stats.pieces.relative import relative_pieces

    return relative_pieces(counts, target)


def _sweep_pieces(counts: Sweep, target: Target) -> Pieces:
    from assay.stats.pieces.swept import sweep_pieces

    return sweep_pieces(counts, target)


def _ranked_pieces(counts: Ranked, target: Target) -> Pieces:
    from assay.stats.pieces.ranked import ranked_pieces

    return ranked_pieces(counts, target)


def _histograms_pieces(counts: Histograms, target: Target) -> Pieces:
    from assay.stats.pieces.histograms import histograms_pieces

    return histograms_pieces(counts, target)


def _paired_scores_pieces(counts: PairedScores, target: Target) -> Pieces:
    from assay.stats.pieces.paired_scores import paired_scores_pieces

    return paired_scores_pieces(counts, target)


def _proxied_pieces(counts: Proxied, target: Target) -> Pieces:
    from assay.stats.pieces.proxied import proxied_pieces

    return proxied_pieces(counts, target)


def _effects_pieces(counts: Effects, target: Target) -> Pieces:
    from assay.stats.pieces.effects import effects_pieces

    return effects_pieces(counts, target)


def _changes_pieces(counts: Changes, target: Target) -> Pieces:
    from assay.stats.pieces.changes import changes_pieces

    return changes_pieces(counts, target)


def _undefined_pieces(counts: Undefined, _: Target) -> Pieces:
    undefined = (NoValue("", counts.reason, counts.detail),)
    return Pieces((), 0, all_pass=False, point_passes=None, undefined=undefined)


PIECES: Mapping[type, Callable[[Any, Target], Pieces]] = {
    Census: _census_pieces,
    Rates: _rates_pieces,
    Averages: _averages_pieces,
    Stratified: _stratified_pieces,
    Scores: _scores_pieces,
    Paired: _paired_pieces,
    Losses: _losses_pieces,
    Explained: _explained_pieces,
    Folds: _folds_pieces,
    Learned: _learned_pieces,
    Means: _means_pieces,
    MeanCurve: _curve_pieces,
    ByInput: _by_input_pieces,
    RelativeRates: _relative_pieces,
    Sweep: _sweep_pieces,
    Ranked: _ranked_pieces,
    Histograms: _histograms_pieces,
    PairedScores: _paired_scores_pieces,
    Proxied: _proxied_pieces,
    Effects: _effects_pieces,
    Changes: _changes_pieces,
    Undefined: _undefined_pieces,
}
"""By the type of the counts; each is handed counts of its own type."""
