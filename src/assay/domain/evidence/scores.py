"""Histograms of scores, of one model or of two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from assay.domain.evidence.told import OfGroups, Told, labelled


class Functional(StrEnum):
    """What is computed from the scores and labels of :class:`Scores`."""

    AUC = "auc"
    GINI = "gini"
    AVERAGE_PRECISION = "average_precision"
    BRIER = "brier"
    LOG_LOSS = "log_loss"
    KS_CALIBRATION = "ks_calibration"
    ECE = "ece"
    OBSERVED_EXPECTED = "observed_expected"


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """The score histogram of one group: strictly increasing ``scores``, rows per label at each.

    Without ``edges`` the scores are exact. With them scores were kept on a grid: each is the mean score of the rows of a
    label in a bin [edge, next edge), the last bin closed.
    """

    label: str
    scores: tuple[float, ...]
    negatives: tuple[int, ...]
    positives: tuple[int, ...]
    edges: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.scores) == len(self.negatives) == len(self.positives):
            raise ValueError("a cell of scores needs as many negatives and positives as scores")

    @property
    def told(self) -> tuple[Told, ...]:
        """The rows of the group with each label."""
        return labelled(self.label, self.negatives, self.positives)


@dataclass(frozen=True, slots=True)
class Scores(OfGroups):
    """Score histograms of one or more groups and the functional that each group must satisfy."""

    cells: tuple[ScoreCell, ...]
    functional: Functional
    bins: int = 15


class Top(StrEnum):
    """What is asked of the rows with the highest scores."""

    PRECISION = "precision"
    LIFT = "lift"


@dataclass(frozen=True, slots=True)
class Ranked(OfGroups):
    """Score histograms of one or more groups, of whose rows with the highest scores something is asked: of the ``share`` at the top."""

    cells: tuple[ScoreCell, ...]
    top: Top
    share: float

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError("the rows at the top are a share between 0 and 1")


@dataclass(frozen=True, slots=True)
class Sweep(OfGroups):
    """Rows by label from each threshold of the score on, in one or more groups; what the threshold ``at`` costs above the best is judged for each.

    ``cost_fp``, ``cost_fn``: what an error of each kind costs.
    """

    cells: tuple[ScoreCell, ...]
    at: float
    cost_fp: float
    cost_fn: float

    def __post_init__(self) -> None:
        if any(self.at not in cell.scores for cell in self.cells):
            raise ValueError("a sweep needs the declared threshold among the others")
        if (
            not all(0 <= cost < math.inf for cost in (self.cost_fp, self.cost_fn))
            or not self.cost_fp + self.cost_fn
        ):
            raise ValueError("a sweep needs costs of at least 0, not both 0")


@dataclass(frozen=True, slots=True)
class PairedScoreCell:
    """The rows of one group by their two scores: rows per label at each pair."""

    label: str
    incumbent: tuple[float, ...]
    candidate: tuple[float, ...]
    negatives: tuple[int, ...]
    positives: tuple[int, ...]

    def __post_init__(self) -> None:
        columns = (self.incumbent, self.candidate, self.negatives, self.positives)
        if len({len(column) for column in columns}) != 1:
            raise ValueError("paired scores need as many rows of each label as pairs of scores")
        if any(type(n) is not int or n < 0 for n in (*self.negatives, *self.positives)):
            raise ValueError("paired scores need whole numbers of rows")

    @property
    def told(self) -> tuple[Told, ...]:
        """The rows of the group with each label."""
        return labelled(self.label, self.negatives, self.positives)


@dataclass(frozen=True, slots=True)
class PairedScores(OfGroups):
    """Two models' scores of the same rows; the AUC of the candidate less that of the incumbent is judged for each group."""

    cells: tuple[PairedScoreCell, ...]
