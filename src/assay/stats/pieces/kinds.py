"""How each kind of counts becomes pieces. The rules of a kind are imported when the first counts of it are assessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from assay.domain.assessment import NoValue
from assay.domain.evidence import (
    Averages,
    ByInput,
    Census,
    Changes,
    Combined,
    Effects,
    Explained,
    FoldLosses,
    Folds,
    FoundRates,
    Histograms,
    Learned,
    LearnedLosses,
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
from assay.stats.pieces.pieces import Pieces, Target, none_of


def _by(module: str, function: str) -> Callable[[Any, Target], Pieces]:
    """The rules of a kind, in a module beside this one that is imported when they are asked for."""

    def pieces(counts: Any, target: Target) -> Pieces:
        found: Pieces = getattr(import_module(f"assay.stats.pieces.{module}"), function)(counts, target)
        return found

    return pieces


def _curve_pieces(counts: MeanCurve, target: Target) -> Pieces:
    return PIECES[Means](counts.means, target)


def _by_input_pieces(counts: ByInput, target: Target) -> Pieces:
    return PIECES[type(counts.lost)](counts.lost, target)


def _undefined_pieces(counts: Undefined, _: Target) -> Pieces:
    return none_of(NoValue("", counts.reason, counts.detail))


PIECES: Mapping[type, Callable[[Any, Target], Pieces]] = {
    Census: _by("census", "census_pieces"),
    Rates: _by("rates", "rates_pieces"),
    FoundRates: _by("found", "found_pieces"),
    Averages: _by("averages", "averages_pieces"),
    Stratified: _by("stratified", "stratified_pieces"),
    Combined: _by("combined", "combined_pieces"),
    Scores: _by("scores", "scores_pieces"),
    Paired: _by("paired", "paired_pieces"),
    Losses: _by("losses", "losses_pieces"),
    Explained: _by("explained", "explained_pieces"),
    Folds: _by("refits", "folds_pieces"),
    FoldLosses: _by("refits", "fold_losses_pieces"),
    Learned: _by("refits", "learned_pieces"),
    LearnedLosses: _by("refits", "learned_losses_pieces"),
    Means: _by("means", "means_pieces"),
    MeanCurve: _curve_pieces,
    ByInput: _by_input_pieces,
    RelativeRates: _by("relative", "relative_pieces"),
    Sweep: _by("swept", "sweep_pieces"),
    Ranked: _by("ranked", "ranked_pieces"),
    Histograms: _by("histograms", "histograms_pieces"),
    PairedScores: _by("paired_scores", "paired_scores_pieces"),
    Proxied: _by("proxied", "proxied_pieces"),
    Effects: _by("effects", "effects_pieces"),
    Changes: _by("changes", "changes_pieces"),
    Undefined: _undefined_pieces,
}
"""By the type of the counts; each is handed counts of its own type."""
