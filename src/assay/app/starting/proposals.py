"""The criteria that a new specification starts from: common ones, each a guess until its rationale is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assay.domain.metric import Catalogue
from assay.domain.vocabulary import Task


@dataclass(frozen=True, slots=True)
class CriterionProposal:
    """A criterion, of which ``rationale`` is empty until somebody writes it, or as a template gives it."""

    id: str
    metric: str
    comparator: str
    threshold: str
    tier: str
    owner: str
    mode: str
    across: str = ""
    column: str = ""
    rationale: str = ""
    reference: str = ""
    data: str = "test"
    confidence: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FailureModeProposal:
    """A failure mode; ``hint`` says what to think of where its ``harm`` is still to be written."""

    id: str
    severity: str
    hint: str
    criteria: tuple[str, ...] = ()
    harm: str = ""
    affected: tuple[str, ...] = ()


Proposals = tuple[tuple[FailureModeProposal, ...], tuple[CriterionProposal, ...]]


_MODES = (
    FailureModeProposal("wrong-data", "major", "the rows are not what the model was made for"),
    FailureModeProposal("wrong-decisions", "critical", "who is harmed by a wrong decision, and how"),
    FailureModeProposal("false-probabilities", "major", "what rests on the probability itself"),
    FailureModeProposal("brittle-decisions", "major", "a small change of an input flips a decision"),
    FailureModeProposal(
        "unequal-treatment", "critical", "which groups could be refused more often, and wrongly"
    ),
    FailureModeProposal("unanswerable-decisions", "major", "nobody can say why, and who answers for it"),
)
_CRITERIA = (
    CriterionProposal(
        "columns-as-documented",
        "data.dictionary_conformity",
        "at_most",
        "0",
        "critical",
        "data_steward",
        "wrong-data",
    ),
    CriterionProposal(
        "no-missing-values", "data.missing_values", "at_most", "0", "critical", "data_steward", "wrong-data"
    ),
    CriterionProposal(
        "few-duplicates", "data.duplicates", "at_most", "0.01", "supporting", "data_steward", "wrong-data"
    ),
    CriterionProposal(
        "ranking", "performance.auc", "at_least", "0.70", "critical", "validator", "wrong-decisions"
    ),
    CriterionProposal(
        "right-decisions",
        "performance.accuracy",
        "at_least",
        "0.70",
        "critical",
        "validator",
        "wrong-decisions",
    ),
    CriterionProposal(
        "small-errors", "performance.mae", "at_most", '""', "critical", "validator", "wrong-decisions"
    ),
    CriterionProposal(
        "no-large-errors", "performance.rmse", "at_most", '""', "supporting", "validator", "wrong-decisions"
    ),
    CriterionProposal(
        "right-classes",
        "performance.multiclass_accuracy",
        "at_least",
        "0.70",
        "critical",
        "validator",
        "wrong-decisions",
    ),
    CriterionProposal(
        "every-class",
        "performance.class_recall",
        "at_least",
        "0.50",
        "critical",
        "validator",
        "wrong-decisions",
    ),
    CriterionProposal(
        "classes-apart",
        "performance.multiclass_auc",
        "at_least",
        "0.70",
        "supporting",
        "validator",
        "wrong-decisions",
    ),
    CriterionProposal(
        "probabilities-true",
        "performance.ks_calibration",
        "at_most",
        "0.03",
        "supporting",
        "validator",
        "false-probabilities",
    ),
    CriterionProposal(
        "survives-noise",
        "robustness.noise",
        "at_most",
        "0.02",
        "supporting",
        "validator",
        "brittle-decisions",
    ),
    CriterionProposal(
        "required-sections",
        "documentation.required_sections",
        "at_most",
        "0",
        "critical",
        "risk_officer",
        "unanswerable-decisions",
    ),
)
_PER_ATTRIBUTE = (
    CriterionProposal(
        "equal-recall",
        "fairness.class_recall_gap",
        "at_most",
        "0.10",
        "critical",
        "validator",
        "unequal-treatment",
    ),
    CriterionProposal(
        "equal-errors", "fairness.mae_gap", "at_most", '""', "critical", "validator", "unequal-treatment"
    ),
    CriterionProposal(
        "impact-ratio",
        "fairness.impact_ratio",
        "at_least",
        "0.80",
        "critical",
        "risk_officer",
        "unequal-treatment",
    ),
    CriterionProposal(
        "equal-opportunity",
        "fairness.equal_opportunity",
        "at_most",
        "0.10",
        "critical",
        "validator",
        "unequal-treatment",
    ),
)


_OF_CODES = CriterionProposal(
    "codes-documented",
    "data.undocumented_codes",
    "at_most",
    "0",
    "supporting",
    "data_steward",
    "wrong-data",
)


def propose(
    attributes: Iterable[str],
    catalogue: Catalogue,
    *,
    model_at_hand: bool,
    coded: bool,
    task: Task,
) -> Proposals:
    """Failure modes and criteria for a model with these protected attributes, of the metrics that there are.

    ``coded`` says whether any column has codes: one that the dictionary does not list is a person in no group, or a value that nobody
    knows the meaning of. Without the model at hand, of which there are only scores, nothing that changes its inputs can be asked.
    A criterion whose threshold is in the unit of the label has none that anybody could guess: it is left empty.
    """
    compared = [
        replace(criterion, id=f"{criterion.id}-{name.replace('_', '-')}", across=name)
        for name in attributes
        for criterion in _PER_ATTRIBUTE
    ]
    criteria = tuple(
        c
        for c in (*_CRITERIA, *((_OF_CODES,) if coded else ()), *compared)
        if c.metric in catalogue
        and task in catalogue[c.metric].tasks
        and (model_at_hand or not catalogue[c.metric].changes_inputs)
    )
    modes = (replace(mode, criteria=tuple(c.id for c in criteria if c.mode == mode.id)) for mode in _MODES)
    return tuple(mode for mode in modes if mode.criteria), criteria
