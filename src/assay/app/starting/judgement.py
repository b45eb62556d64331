"""What a specification starts from beside its files and columns: a template's judgement, or blanks with what to write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assay.app.starting.from_template import AtHand, left_out, propose_from
from assay.app.starting.guess import AttributeGuess
from assay.app.starting.proposals import CriterionProposal, FailureModeProposal, propose
from assay.domain.metric import Catalogue
from assay.domain.specification.people import Approval, Owners
from assay.domain.specification.protected import SmallGroups
from assay.domain.template import Template
from assay.domain.vocabulary import Task
from assay.reading.writing import listed_below, said

OVERLAP = "data.split_overlap"
_ROLES = ("developer", "data_steward", "validator", "risk_officer")
_OWNERS = Owners(data="data_steward", updates="developer", monitoring="validator", incidents="risk_officer")
_APPROVAL = Approval.model_validate(
    {
        "lock": {"validator": 1, "risk_officer": 1},
        "quorum": {"validator": 1, "risk_officer": 1},
        "valid_for": "180 days",
        "review_every": "90 days",
    }
)
_REQUIRED = (
    "use_case.purpose",
    "use_case.misuse",
    "charter.tradeoffs",
    "owners",
    "monitoring",
    "safety.fallback",
    "compliance",
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Texts, people, harms and criteria, as they are written into a specification."""

    template: Template | None
    failure_modes: tuple[FailureModeProposal, ...]
    criteria: tuple[CriterionProposal, ...]
    intersections: tuple[tuple[str, ...], ...] = ()
    warnings: tuple[str, ...] = ()

    def text(self, key: str, hint: str) -> str:
        """The text behind a key such as use_case.purpose, or a blank with what to write."""
        found = self.template.text(key) if self.template else ""
        return said(found, 4) if isinstance(found, str) and found else f' ""  # {self._asked(key, hint)}'

    def texts(self, key: str, hint: str) -> str:
        """The list behind a key such as use_case.misuse, or a blank with what to write."""
        found = self.template.text(key) if self.template else ()
        return (
            listed_below(found, 4)
            if isinstance(found, tuple) and found
            else f' [""]  # {self._asked(key, hint)}'
        )

    def _asked(self, key: str, hint: str) -> str:
        return " ".join((self.template.ask.get(key, hint) if self.template else hint).split())

    def why(self, attribute: str) -> str:
        """Why a protected attribute is asked for."""
        asked = self.template.protected.get(attribute) if self.template else None
        return " ".join(asked.why.split()) if asked else ""

    @property
    def roles(self) -> dict[str, int]:
        """The roles that persons are named for, and how many at least."""
        asked = self.template.roles if self.template else _ROLES
        approval = self.approval
        return {role: max(1, approval.lock.get(role, 0), approval.quorum.get(role, 0)) for role in asked}

    @property
    def owners(self) -> Owners:
        """Who answers for what."""
        return self.template.owners if self.template else _OWNERS

    @property
    def approval(self) -> Approval:
        """Who must agree, and for how long it holds."""
        return self.template.approval if self.template else _APPROVAL

    @property
    def small_groups(self) -> SmallGroups | None:
        """From which share on a group is too small to gate."""
        return self.template.small_groups if self.template else None

    @property
    def required(self) -> tuple[str, ...]:
        """The sections that must be filled."""
        found = self.template.text("documentation.required") if self.template else ()
        return found if isinstance(found, tuple) and found else _REQUIRED

    @property
    def asks_for_train(self) -> bool:
        """Whether a criterion needs the rows from which the model learned."""
        return any(criterion.metric == OVERLAP for criterion in self.criteria)


def begin(
    template: Template | None,
    protected: Sequence[AttributeGuess],
    catalogue: Catalogue,
    *,
    roles: Collection[str],
    model_at_hand: bool,
    codes: bool,
    task: Task,
) -> Judgement:
    """The judgement of a template, or the common criteria without their rationale.

    ``roles`` are those that columns have, as unit and time. Without the model at hand, of which there are only scores, nothing
    that changes its inputs can be asked. ``codes`` says whether any column has codes.
    """
    coded = {attribute.name: attribute.column if attribute.coded else "" for attribute in protected}
    if template is None:
        return Judgement(
            None, *propose(coded, catalogue, model_at_hand=model_at_hand, coded=codes, task=task)
        )
    at_hand = AtHand(coded, roles, model_at_hand, catalogue)
    modes, criteria = propose_from(template, at_hand)
    return Judgement(
        template,
        modes,
        criteria,
        tuple(names for names in template.intersections if set(names) <= set(coded)),
        tuple(left_out(template, at_hand)),
    )
