"""Bounds whose error rate is known, the levels that keep it, and how many rows a claim takes.

Each rule names its source and its grade: A holds for every finite sample, B was simulated. Limits are one-sided at
the level asked; counts go in, rates come out. Each name below is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay._lazy import lazy

if TYPE_CHECKING:
    from assay.stats.auc import auc_bound, gini_bound
    from assay.stats.auc_difference import PairedScoreCounts, paired_auc_difference
    from assay.stats.bound import Bound
    from assay.stats.calibration import ReliabilityBin, ece_bound, ks_calibration_bound, reliability_curve
    from assay.stats.clustered import TooFewClusters, clustered_bound
    from assay.stats.contrasts import (
        Limits,
        contrast_limits,
        difference_limits,
        p_box_at_least,
        p_box_at_most,
        p_contrast_at_least,
        p_contrast_at_most,
        ratio_limits,
    )
    from assay.stats.exact_p import p_exact_at_least, p_exact_at_most
    from assay.stats.exact_size import Audit, audited_level
    from assay.stats.histogram import ScoreCounts, Undefined
    from assay.stats.means import brier_bound, log_loss_bound, mean_bound, mixture_bound
    from assay.stats.observed_expected import observed_expected_bound
    from assay.stats.paired import paired_bound, paired_limits, paired_p_at_least, paired_p_at_most
    from assay.stats.power import (
        power_contrast,
        power_contrast_audited,
        power_paired,
        power_rate,
        rows_for_contrast,
        rows_for_paired,
        rows_for_rate,
    )
    from assay.stats.rates import p_at_least, p_at_most, rate_bound
    from assay.stats.score_power import (
        power_auc,
        power_brier,
        power_calibration,
        power_ece,
        power_mean,
        power_observed_expected,
        rows_for_auc,
        smallest_rows,
    )
    from assay.stats.simulated_sizes import simulated_size
    from assay.stats.weighted import WeightedCount, weighted_bound

__all__ = [
    "Audit",
    "Bound",
    "Limits",
    "PairedScoreCounts",
    "ReliabilityBin",
    "ScoreCounts",
    "TooFewClusters",
    "Undefined",
    "WeightedCount",
    "auc_bound",
    "audited_level",
    "brier_bound",
    "clustered_bound",
    "contrast_limits",
    "difference_limits",
    "ece_bound",
    "gini_bound",
    "ks_calibration_bound",
    "log_loss_bound",
    "mean_bound",
    "mixture_bound",
    "observed_expected_bound",
    "p_at_least",
    "p_at_most",
    "p_box_at_least",
    "p_box_at_most",
    "p_contrast_at_least",
    "p_contrast_at_most",
    "p_exact_at_least",
    "p_exact_at_most",
    "paired_auc_difference",
    "paired_bound",
    "paired_limits",
    "paired_p_at_least",
    "paired_p_at_most",
    "power_auc",
    "power_brier",
    "power_calibration",
    "power_contrast",
    "power_contrast_audited",
    "power_ece",
    "power_mean",
    "power_observed_expected",
    "power_paired",
    "power_rate",
    "rate_bound",
    "ratio_limits",
    "reliability_curve",
    "rows_for_auc",
    "rows_for_contrast",
    "rows_for_paired",
    "rows_for_rate",
    "simulated_size",
    "smallest_rows",
    "weighted_bound",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "assay.stats.auc": ("auc_bound", "gini_bound"),
        "assay.stats.auc_difference": ("PairedScoreCounts", "paired_auc_difference"),
        "assay.stats.bound": ("Bound",),
        "assay.stats.calibration": (
            "ReliabilityBin",
            "ece_bound",
            "ks_calibration_bound",
            "reliability_curve",
        ),
        "assay.stats.clustered": ("TooFewClusters", "clustered_bound"),
        "assay.stats.contrasts": (
            "Limits",
            "contrast_limits",
            "difference_limits",
            "p_box_at_least",
            "p_box_at_most",
            "p_contrast_at_least",
            "p_contrast_at_most",
            "ratio_limits",
        ),
        "assay.stats.exact_p": ("p_exact_at_least", "p_exact_at_most"),
        "assay.stats.exact_size": ("Audit", "audited_level"),
        "assay.stats.histogram": ("ScoreCounts", "Undefined"),
        "assay.stats.means": ("brier_bound", "log_loss_bound", "mean_bound", "mixture_bound"),
        "assay.stats.observed_expected": ("observed_expected_bound",),
        "assay.stats.paired": ("paired_bound", "paired_limits", "paired_p_at_least", "paired_p_at_most"),
        "assay.stats.power": (
            "power_contrast",
            "power_contrast_audited",
            "power_paired",
            "power_rate",
            "rows_for_contrast",
            "rows_for_paired",
            "rows_for_rate",
        ),
        "assay.stats.rates": ("p_at_least", "p_at_most", "rate_bound"),
        "assay.stats.score_power": (
            "power_auc",
            "power_brier",
            "power_calibration",
            "power_ece",
            "power_mean",
            "power_observed_expected",
            "rows_for_auc",
            "smallest_rows",
        ),
        "assay.stats.simulated_sizes": ("simulated_size",),
        "assay.stats.weighted": ("WeightedCount", "weighted_bound"),
    },
)
