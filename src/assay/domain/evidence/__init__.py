"""What a check measured: counts without a threshold, from which every verdict can be judged again.

A statistic is a set of *pieces* joined by "and": a maximum gap over groups is at most t exactly when every
ordered pair of groups differs by at most t. Certifying is therefore pointwise (each piece at level alpha, by
the intersection-union principle; Berger 1982), failing is uniform (Holm over the pieces).
"""

from __future__ import annotations

from assay.domain.evidence.causes import ABOUT_CAUSES, Effect, Effects, Proxied, ProxiedCell
from assay.domain.evidence.changes import ChangeCell, Changes, Paired, PairedCell
from assay.domain.evidence.combined import CUTS, MEDIAN_MISSED, Combination, Combined
from assay.domain.evidence.distances import Distance, HistogramPair, Histograms
from assay.domain.evidence.found import FoundRates
from assay.domain.evidence.losses import (
    ByInput,
    Explained,
    ExplainedCell,
    LossCell,
    Losses,
    MeanCell,
    MeanCurve,
    Means,
    Summary,
)
from assay.domain.evidence.rates import (
    GIVEN_LABEL,
    Averages,
    Census,
    Compare,
    Mean,
    Rate,
    Rates,
    RelativeRate,
    RelativeRates,
)
from assay.domain.evidence.scores import (
    Functional,
    PairedScoreCell,
    PairedScores,
    Ranked,
    ScoreCell,
    Scores,
    Sweep,
    Top,
)
from assay.domain.evidence.statistic import Counts, Statistic, Undefined, aside_of
from assay.domain.evidence.strata import AGAINST_ALL_OTHERS, Composite, Stratified
from assay.domain.evidence.told import Counted, Of, Told
from assay.domain.evidence.trained import FoldLosses, Folds, Learned, LearnedLosses

__all__ = [
    "ABOUT_CAUSES",
    "AGAINST_ALL_OTHERS",
    "CUTS",
    "GIVEN_LABEL",
    "MEDIAN_MISSED",
    "Averages",
    "ByInput",
    "Census",
    "ChangeCell",
    "Changes",
    "Combination",
    "Combined",
    "Compare",
    "Composite",
    "Counted",
    "Counts",
    "Distance",
    "Effect",
    "Effects",
    "Explained",
    "ExplainedCell",
    "FoldLosses",
    "Folds",
    "FoundRates",
    "Functional",
    "HistogramPair",
    "Histograms",
    "Learned",
    "LearnedLosses",
    "LossCell",
    "Losses",
    "Mean",
    "MeanCell",
    "MeanCurve",
    "Means",
    "Of",
    "Paired",
    "PairedCell",
    "PairedScoreCell",
    "PairedScores",
    "Proxied",
    "ProxiedCell",
    "Ranked",
    "Rate",
    "Rates",
    "RelativeRate",
    "RelativeRates",
    "ScoreCell",
    "Scores",
    "Statistic",
    "Stratified",
    "Summary",
    "Sweep",
    "Told",
    "Top",
    "Undefined",
    "aside_of",
]
