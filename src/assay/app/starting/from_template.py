"""A template's judgement, filled in with the attributes that there are and the criteria that this model can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assay.app.starting.proposals import CriterionProposal, FailureModeProposal, Proposals
from assay.domain.metric import Catalogue
from assay.domain.nearest import listed
from assay.domain.specification import Criterion
from assay.domain.template import EACH, Template
from assay.reading.writing import written

COLUMN_OF_ATTRIBUTE = "*"
"""Written for a setting that names a column: once for the column of each protected attribute whose groups are codes."""


def propose_from(
    template: Template,
    attributes: Mapping[str, str],
    catalogue: Catalogue,
    *,
    model_at_hand: bool,
) -> Proposals:
    """The template's failure modes and criteria.

    Args:
        attributes: the column of each attribute whose groups are codes, and an empty text for the others.
        catalogue: every metric that can be measured. model_at_hand: whether its inputs can be changed.
    """
    made = {
        criterion.id: tuple(_written_for(criterion, attributes))
        for criterion in template.criteria
        if not _left_out(criterion, catalogue, model_at_hand)
    }
    modes = [
        FailureModeProposal(
            id=mode.id,
            severity=mode.severity,
            hint="",
            criteria=tuple(c.id for name in mode.criteria for c in made.get(name, ())),
            harm=mode.harm,
            affected=mode.affected,
        )
        for mode in template.failure_modes
    ]
    return tuple(mode for mode in modes if mode.criteria), tuple(c for group in made.values() for c in group)


def without_a_model(template: Template, catalogue: Catalogue) -> Iterator[str]:
    """That criteria are left out because there is no model whose inputs could be changed."""
    left = [c.id for c in template.criteria if _left_out(c, catalogue, model_at_hand=False)]
    if left:
        yield (
            f"Left out: {listed(left)}, for scores made elsewhere have no model whose inputs could be changed. Say under "
            "'out_of_scope' or 'tradeoffs' that robustness is not tested, or start again with the model file."
        )


def _left_out(criterion: Criterion, catalogue: Catalogue, model_at_hand: bool) -> bool:
    metric = catalogue.get(criterion.metric)
    return metric is not None and metric.changes_inputs and not model_at_hand


def _written_for(criterion: Criterion, attributes: Mapping[str, str]) -> Iterator[CriterionProposal]:
    settings = dict(criterion.parameters)
    if COLUMN_OF_ATTRIBUTE in settings.values():
        for name, column in attributes.items():
            if column:
                filled = {k: column if v == COLUMN_OF_ATTRIBUTE else v for k, v in settings.items()}
                yield _proposal(criterion, f"{criterion.id}-{_dashed(name)}", "", filled)
    elif criterion.across == EACH:
        for name in attributes:
            yield _proposal(criterion, f"{criterion.id}-{_dashed(name)}", name, settings)
    elif all(name in attributes for name in _crossed(criterion)):
        yield _proposal(criterion, criterion.id, criterion.across or "", settings)


def _crossed(criterion: Criterion) -> tuple[str, ...]:
    return tuple(criterion.across.split("*")) if criterion.across else ()


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _proposal(
    criterion: Criterion, name: str, across: str, settings: Mapping[str, object]
) -> CriterionProposal:
    return CriterionProposal(
        id=name,
        metric=criterion.metric,
        comparator=criterion.comparator.value,
        threshold=str(criterion.threshold),
        tier=criterion.tier.value,
        owner=criterion.owner,
        mode="",
        across=across,
        rationale=criterion.rationale,
        reference=criterion.reference or "",
        data=criterion.data,
        confidence=str(criterion.confidence),
        settings=tuple((name, written_setting(value)) for name, value in settings.items()),
        requirements=criterion.requirements,
    )


def written_setting(value: object) -> str:
    """A setting as YAML."""
    return written(value) if isinstance(value, str) else str(value)
