"""Two models scored on the same rows: the difference of their AUCs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.auc import LEAST_PER_CLASS
from assay.stats.bound import Bound
from assay.stats.delong import placed, placements, weighed_upper
from assay.stats.histogram import Floats, Integers, ScoreCounts, Undefined, require_level
from assay.stats.simulated_sizes import simulated_size


@dataclass(frozen=True, slots=True, eq=False)
class PairedScoreCounts:
    """Rows per pair of scores: incumbent, candidate float64[k] (pairs in any order); negatives, positives int64[k].

    A pair may occur more than once, so histograms of disjoint rows add by concatenation.
    Raises ValueError for other shapes, negative counts or scores that are not finite.
    """

    incumbent: Floats
    candidate: Floats
    negatives: Integers
    positives: Integers

    def __post_init__(self) -> None:
        kinds = (("incumbent", float), ("candidate", float), ("negatives", np.int64), ("positives", np.int64))
        for name, kind in kinds:
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=kind))
        columns = [getattr(self, name) for name, _ in kinds]
        if any(c.ndim != 1 or c.shape != columns[0].shape for c in columns):
            raise ValueError("expected four one-dimensional columns of one length")
        if not all(np.all(np.isfinite(c)) for c in columns[:2]) or any(np.any(c < 0) for c in columns[2:]):
            raise ValueError("expected finite scores and counts of at least 0")

    @classmethod
    def of_rows(cls, incumbent: ArrayLike, candidate: ArrayLike, labels: ArrayLike) -> PairedScoreCounts:
        """One pair for each row; labels int or bool[n] of 0 and 1."""
        label = np.asarray(labels).astype(np.int64)
        return cls(np.asarray(incumbent), np.asarray(candidate), 1 - label, label)

    def __add__(self, other: PairedScoreCounts) -> PairedScoreCounts:
        """The pairs of both."""
        return PairedScoreCounts(
            np.concatenate((self.incumbent, other.incumbent)),
            np.concatenate((self.candidate, other.candidate)),
            np.concatenate((self.negatives, other.negatives)),
            np.concatenate((self.positives, other.positives)),
        )


def paired_auc_difference(counts: PairedScoreCounts, alpha: float) -> Bound:
    """AUC of the candidate less that of the incumbent between one-sided limits at level alpha, grade B.

    DeLong's paired variance (DeLong et al. 1988) with Welch's t, whose degrees of freedom count only the rows that
    make up the variance (`skew.contributions`); against rare but grave changes, seen or not, also Gaffke's limit from
    the first three moments of the differences of placements: the more cautious of the two.
    Raises Undefined when a class is empty or has fewer than 50 rows, ValueError unless 0 < alpha < 1.
    """
    require_level(alpha)
    n_pos, n_neg = int(counts.positives.sum()), int(counts.negatives.sum())
    _require_classes(n_pos, n_neg)
    first, second = _placements(counts.incumbent, counts), _placements(counts.candidate, counts)
    parts = placed(second[0] - first[0], counts.positives, second[1] - first[1], counts.negatives)
    estimate = float(parts.pos.mean)
    return Bound(
        estimate=estimate,
        lower=-weighed_upper(parts.mirrored(), -estimate, 1.0, alpha),
        upper=weighed_upper(parts, estimate, 1.0, alpha),
        method="paired DeLong: Welch t and Gaffke's randomly weighted mean, the more cautious",
        grade="B",
        simulated_size=simulated_size("auc_difference", min(n_pos, n_neg), alpha),
    )


def _require_classes(n_pos: int, n_neg: int) -> None:
    if min(n_pos, n_neg) == 0:
        reason = "no_rows" if n_pos + n_neg == 0 else "one_class_only"
        raise Undefined(
            f"expected rows of both labels, found {n_neg} of label 0, {n_pos} of label 1", reason=reason
        )
    if min(n_pos, n_neg) < LEAST_PER_CLASS:
        raise Undefined(
            f"a difference of AUCs needs at least {LEAST_PER_CLASS} rows per class, found {min(n_pos, n_neg)}",
            reason="too_few_rows_for_method",
        )


def _placements(scores: Floats, counts: PairedScoreCounts) -> tuple[Floats, Floats]:
    """Placements of one model at each pair: share of negatives below, share of positives above."""
    distinct, place = np.unique(scores, return_inverse=True)
    per_score = ScoreCounts(
        distinct,
        np.bincount(place, weights=counts.negatives, minlength=distinct.size).astype(np.int64),
        np.bincount(place, weights=counts.positives, minlength=distinct.size).astype(np.int64),
    )
    below, above = placements(per_score.negatives, per_score.positives)
    return below[place], above[place]
