"""A template's judgement, filled in with the attributes that there are and the criteria that this model can be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from assay.app.starting.proposals import CriterionProposal, FailureModeProposal, Proposals
from assay.domain.metric import Catalogue
from assay.domain.nearest import listed
from assay.domain.specification import Criterion
from assay.domain.template import EACH, Template
from assay.reading.writing import written

COLUMN_OF_ATTRIBUTE = "*"
"""Written for a setting that names a column: once for the column of each protected attribute whose groups are codes."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """What there is to ask: the column of each protected attribute whose groups are codes (else an empty text), the roles
    that columns have, whether there is a model whose inputs can be changed, and what can be measured.
    """

    attributes: Mapping[str, str]
    roles: Collection[str]
    model: bool
    catalogue: Catalogue

    def lacks_model(self, criterion: Criterion) -> bool:
        """Whether a criterion changes the inputs of a model of which there are only scores."""
        metric = self.catalogue.get(criterion.metric)
        return metric is not None and metric.changes_inputs and not self.model


def propose_from(template: Template, at_hand: AtHand) -> Proposals:
    """The template's failure modes and criteria, as far as they can be asked."""
    made = {
        criterion.id: tuple(_written_for(criterion, at_hand.attributes))
        for criterion in template.criteria
        if not at_hand.lacks_model(criterion) and not _lacking_role(criterion, template, at_hand)
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


def left_out(template: Template, at_hand: AtHand) -> Iterator[str]:
    """Which criteria are left out, and what would bring them in."""
    changed = [c.id for c in template.criteria if at_hand.lacks_model(c)]
    if changed:
        yield (
            f"Left out: {listed(changed)}, for scores made elsewhere have no model whose inputs could be changed. Say under "
            "'out_of_scope' or 'tradeoffs' that robustness is not tested, or start again with the model file."
        )
    for role in sorted(set(template.only_with.values())):
        ids = [c.id for c in template.criteria if _lacking_role(c, template, at_hand) == role]
        if ids:
            yield (
                f"Left out: {listed(ids)}, for no column was found that is the {role}. Start again with --column {role}=COLUMN "
                "if there is one."
            )


def _lacking_role(criterion: Criterion, template: Template, at_hand: AtHand) -> str:
    role = template.only_with.get(criterion.id, "")
    return role if role and role not in at_hand.roles else ""


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
