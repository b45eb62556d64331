"""The power of a criterion by the kind of counts that its check gives: one line a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assay.domain.assessment import Asked
from assay.domain.evidence import (
    Averages,
    ByInput,
    Census,
    Changes,
    Combined,
    Counts,
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
from assay.plan.bands import histograms_prospect, sweep_prospect
from assay.plan.explained import explained_prospect
from assay.plan.limits import combined_prospect, effects_prospect, proxied_prospect, stratified_prospect
from assay.plan.losses import losses_prospect
from assay.plan.power import Prospect
from assay.plan.rates import (
    averages_prospect,
    found_prospect,
    ranked_prospect,
    rates_prospect,
    relative_prospect,
)
from assay.plan.scores import Spread, scores_prospect
from assay.plan.spreads import (
    changes_prospect,
    means_prospect,
    paired_prospect,
    paired_scores_prospect,
)


def prospect_of(counts: Counts, asked: Asked, spread: Spread | None) -> Prospect | str | None:
    """The probability of passing as a function of the true value and the rows.

    ``spread`` is that of the model's scores, where it was asked. A text says why the criterion cannot be evaluated on such rows; None that no probability is involved.
    """
    return PLANS[type(counts)](counts, asked, spread)


def _curve(counts: MeanCurve, asked: Asked, spread: Spread | None) -> Prospect | str:
    return means_prospect(counts.means, asked, spread)


def _by_input(counts: ByInput, asked: Asked, spread: Spread | None) -> Prospect | str | None:
    return PLANS[type(counts.lost)](counts.lost, asked, spread)


def _census(_: Census, __: Asked, ___: Spread | None) -> None:
    """A fact about the data in hand: it is as it is."""


def _trained(_: Folds | FoldLosses | Learned | LearnedLosses, __: Asked, ___: Spread | None) -> None:
    """What models will do that nobody has trained yet is not imagined."""


def _undefined(counts: Undefined, _: Asked, __: Spread | None) -> str:
    return counts.detail


PLANS: Mapping[type, Callable[[Any, Asked, Spread | None], Prospect | str | None]] = {
    Census: _census,
    Rates: rates_prospect,
    FoundRates: found_prospect,
    Averages: averages_prospect,
    Stratified: stratified_prospect,
    Combined: combined_prospect,
    Scores: scores_prospect,
    Paired: paired_prospect,
    Losses: losses_prospect,
    Explained: explained_prospect,
    Folds: _trained,
    FoldLosses: _trained,
    Learned: _trained,
    LearnedLosses: _trained,
    Means: means_prospect,
    MeanCurve: _curve,
    ByInput: _by_input,
    RelativeRates: relative_prospect,
    Sweep: sweep_prospect,
    Ranked: ranked_prospect,
    Histograms: histograms_prospect,
    PairedScores: paired_scores_prospect,
    Proxied: proxied_prospect,
    Effects: effects_prospect,
    Changes: changes_prospect,
    Undefined: _undefined,
}
"""By the type of the counts; each is handed counts of its own type."""
