"""The specification as a whole: one document that is agreed before any result exists."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assay.domain.specification.base import Block, Exact, Identifier, Text
from assay.domain.specification.criteria import Criterion, FailureMode
from assay.domain.specification.people import Approval, Charter, Owners
from assay.domain.specification.protected import Attribute, SmallGroups
from assay.domain.specification.subject import Data, Prediction, Subject
from assay.domain.specification.use_case import UseCase
from assay.domain.vocabulary import Stage


class Attempts(Block):
    """How many judged runs the test rows may be spent on, and the share of alpha that the first one takes."""

    count: int = Field(default=1, ge=1, le=100, strict=True)
    first: Exact | None = Field(default=None, gt=0, lt=1)


class Monitoring(Block):
    """What is watched in production, by whom, and what happens then."""

    watch: Text
    cadence: Text
    recertify_when: Text


class Safety(Block):
    """What the system does when the model must not decide."""

    constraints: tuple[Text, ...] = ()
    fallback: Text


class Compliance(Block):
    """On which ground the data is used and for how long it is kept."""

    purposes: Text
    retention: Text
    consent: Text


class Documentation(Block):
    """The sections of this document that must be filled."""

    required: tuple[Text, ...]


class Specification(Block):
    """What must hold, for whom, why, at which threshold, and who answers for it.

    ``protected`` maps an attribute's name to its groups; ``intersections`` lists the attributes to be crossed.
    ``stages`` are those that must have a verdict; by default each stage that has a critical or supporting criterion.
    """

    assay: Literal[1]
    name: Identifier
    use_case: UseCase
    charter: Charter
    roles: dict[Identifier, tuple[Text, ...]]
    owners: Owners
    approval: Approval
    attempts: Attempts = Attempts()
    subject: Subject
    prediction: Prediction
    data: Data
    protected: dict[Identifier, Attribute] = Field(default_factory=dict)
    intersections: tuple[tuple[Identifier, ...], ...] = ()
    small_groups: SmallGroups | None = None
    stages: tuple[Stage, ...] = ()
    failure_modes: tuple[FailureMode, ...]
    criteria: tuple[Criterion, ...]
    monitoring: Monitoring | None = None
    safety: Safety | None = None
    compliance: Compliance | None = None
    documentation: Documentation | None = None

    def groupings(self) -> dict[str, tuple[str, ...]]:
        """Every name that ``across`` may take, with the attributes that make it up; ``a*b`` for intersections."""
        single = {name: (name,) for name in self.protected}
        crossed = {"*".join(names): tuple(names) for names in self.intersections}
        return single | crossed
