"""What a check may return, and one measurement."""

from __future__ import annotations

from dataclasses import dataclass

from assay.domain.evidence.causes import Effects, Proxied
from assay.domain.evidence.changes import Changes, Paired
from assay.domain.evidence.combined import Combined
from assay.domain.evidence.distances import Histograms
from assay.domain.evidence.found import FoundRates
from assay.domain.evidence.losses import ByInput, Explained, Losses, MeanCurve, Means
from assay.domain.evidence.rates import Averages, Census, Rates, RelativeRates
from assay.domain.evidence.scores import PairedScores, Ranked, Scores, Sweep
from assay.domain.evidence.strata import Stratified
from assay.domain.evidence.told import Counted
from assay.domain.evidence.trained import FoldLosses, Folds, Learned, LearnedLosses
from assay.domain.vocabulary import UNDEFINED_REASONS, Reason


@dataclass(frozen=True, slots=True)
class Undefined(Counted):
    """The check ran and the estimand does not exist on these rows; the reason says why."""

    reason: Reason
    detail: str

    def __post_init__(self) -> None:
        if not isinstance(self.reason, Reason):
            raise TypeError(f"a reason code of Assay is expected, not {type(self.reason).__name__}")
        if self.reason not in UNDEFINED_REASONS:
            raise ValueError(f"{self.reason.value} is no reason why an estimand does not exist")


Counts = (
    Census
    | Rates
    | FoundRates
    | Averages
    | Stratified
    | Combined
    | Scores
    | Paired
    | Losses
    | Explained
    | Folds
    | FoldLosses
    | Learned
    | LearnedLosses
    | Means
    | MeanCurve
    | ByInput
    | RelativeRates
    | Sweep
    | Ranked
    | Histograms
    | PairedScores
    | Proxied
    | Effects
    | Changes
    | Undefined
)
"""What a check may return; the rule that assesses it follows from its type."""


def aside_of(criterion: str) -> str:
    """The name of a criterion's second assessment, of the groups that the small-group rule set aside."""
    return f"{criterion}.small-groups"


@dataclass(frozen=True, slots=True)
class Statistic:
    """One measurement: what was counted, on which rows, by which check. Knows no threshold and no alpha.

    Attributes:
        metric: the check's id, for example ``fairness.impact_ratio``.
        across: the attribute (or ``a*b`` intersection) whose groups were compared, or empty.
        data: the data set that was read, for example ``test``.
        counts: the sufficient counts.
        parameters: the bound parameters of the check, as text.
        criterion: the id of the criterion that asked. aside: about the groups that the small-group rule set aside.
    """

    metric: str
    across: str
    data: str
    counts: Counts
    parameters: tuple[tuple[str, str], ...] = ()
    criterion: str = ""
    aside: bool = False

    @property
    def answers(self) -> str:
        """The name of the assessment that is made of it."""
        return aside_of(self.criterion) if self.aside else self.criterion
