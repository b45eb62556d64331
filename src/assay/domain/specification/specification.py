"""The specification as a whole: one document that is agreed before any result exists."""

from __future__ import annotations

import itertools
from typing import Literal

from pydantic import Field

from assay.domain.specification.base import Block, Exact, Identifier, Text
from assay.domain.specification.causal import CausalGraph
from assay.domain.specification.criteria import Criterion, FailureMode
from assay.domain.specification.people import Approval, Charter, Owners
from assay.domain.specification.protected import CROSS, Attribute, SmallGroups
from assay.domain.specification.subject import Data, Prediction, Subject
from assay.domain.specification.use_case import UseCase
from assay.domain.vocabulary import Stage


class Attempts(Block):
    """How many judged runs the test rows may be spent on, and the share of alpha that the first one takes."""

    count: int = Field(default=1, ge=1, le=100, strict=True)
    """How many judged runs there may be."""
    first: Exact | None = Field(default=None, gt=0, lt=1)
    """The share of alpha that the first run takes, when there may be several."""

    def share(self, attempt: int) -> float:
        """The share of alpha that a judged run is made at; the shares of a schedule add to at most 1.

        All of it for a single run; of several the first takes ``first`` and the others share the rest evenly. Without
        ``first`` all are equal (Bonferroni).
        """
        if self.count == 1:
            return 1.0
        first = 1.0 / self.count if self.first is None else float(self.first)
        return first if attempt == 1 else (1.0 - first) / (self.count - 1)

    def alike(self) -> tuple[range, ...]:
        """The declared attempts in order, those together that take the same share."""
        if self.count == 1 or self.first is None or self.first * self.count == 1:
            return (range(1, self.count + 1),)
        return (range(1, 2), range(2, self.count + 1))


class Monitoring(Block):
    """What is watched in production, by whom, and what happens then."""

    watch: Text
    """What is watched."""
    cadence: Text
    """How often."""
    recertify_when: Text
    """What makes the certificate end early."""


class Safety(Block):
    """What the system does when the model must not decide."""

    constraints: tuple[Text, ...] = ()
    """When the model must not decide."""
    fallback: Text
    """What happens then."""


class Compliance(Block):
    """On which ground the data is used and for how long it is kept."""

    purposes: Text
    """The purposes for which the data may be used, and their legal ground."""
    retention: Text
    """For how long it is kept."""
    consent: Text
    """What the people were told and agreed to."""


class Documentation(Block):
    """The sections of this document that must be filled."""

    required: tuple[Text, ...]
    """Blocks, or fields such as use_case.misuse, that must not be empty."""


class Specification(Block):
    """What must hold, for whom, why, at which threshold, and who answers for it."""

    assay: Literal[1]
    """The version of this document's form."""
    name: Identifier
    """The name of the use case, for file names and certificates."""
    use_case: UseCase
    """What the model is for, on whom, and what it must not be used for."""
    charter: Charter
    """Why the model exists and what was given up for what."""
    roles: dict[Identifier, tuple[Text, ...]]
    """Each role with the persons who hold it."""
    owners: Owners
    """The role that answers for each duty."""
    approval: Approval
    """Who must agree before a result exists and after, and for how long it holds."""
    attempts: Attempts = Attempts()
    """How many judged runs the test rows may be spent on."""
    subject: Subject
    """The model that is tested."""
    prediction: Prediction
    """What is predicted, and from which score on 1 is decided."""
    data: Data
    """The data sets, and who held the test rows."""
    protected: dict[Identifier, Attribute] = Field(default_factory=dict)
    """The protected attributes and their groups, fixed beforehand."""
    intersections: tuple[tuple[Identifier, ...], ...] = ()
    """The attributes to be crossed, for example [[sex, age]]."""
    strata: dict[Identifier, Attribute] = Field(default_factory=dict)
    """Parts of the cases within which groups are compared, such as the departments that people apply to; the setting `within` of a criterion names one."""
    causal_graph: CausalGraph | None = None
    """Who is assumed to act on whom, among protected attributes, strata and the decision; without it nothing is said of causes."""
    small_groups: SmallGroups | None = None
    """From which share on a group is too small to gate."""
    stages: tuple[Stage, ...] = ()
    """The stages that must have a verdict; by default each that has a critical or supporting criterion."""
    failure_modes: tuple[FailureMode, ...]
    """The ways in which the model can do harm."""
    criteria: tuple[Criterion, ...]
    """What must hold."""
    monitoring: Monitoring | None = None
    """What is watched in production."""
    safety: Safety | None = None
    """What happens when the model must not decide."""
    compliance: Compliance | None = None
    """On which ground the data is used."""
    documentation: Documentation | None = None
    """The sections of this document that must be filled."""

    def alpha_of(self, criterion: Criterion, attempt: int) -> float:
        """The level that a judged run spends on a criterion; ``attempt`` is which one on its rows it is, from 1."""
        return criterion.alpha * self.attempts.share(attempt)

    @property
    def judged_file(self) -> str:
        """The file or folder that is judged: the model, or the test rows that hold its scores."""
        return self.subject.model if self.subject.has_model else self.data.test

    def attributes(self) -> dict[str, Attribute]:
        """Everything that rows are counted by: the protected attributes, and the strata that some criterion is narrowed to."""
        named = {name for criterion in self.criteria for name in criterion.where}
        return self.protected | {name: part for name, part in self.strata.items() if name in named}

    def narrowed(self, criterion: Criterion) -> str:
        """To which rows a criterion is narrowed, each part with its definition; empty where it is about all."""
        return " and ".join(
            f"{name} is {label} ({self.strata[name].definition(label)})"
            for name, label in criterion.where.items()
        )

    def groupings(self) -> dict[str, tuple[str, ...]]:
        """Every name that ``across`` may take, with the attributes that make it up; ``a*b`` for intersections."""
        single = {name: (name,) for name in self.protected}
        crossed = {"*".join(names): tuple(names) for names in self.intersections}
        return single | crossed

    def groups_of(self, grouping: str) -> dict[str, str]:
        """The groups of a name that ``across`` may take, each with its definition; those of crossed attributes are joined."""
        crossed = itertools.product(
            *(
                [(label, self.protected[name].definition(label)) for label in self.protected[name].labels()]
                for name in self.groupings()[grouping]
            )
        )
        return {
            CROSS.join(label for label, _ in parts): " and ".join(text for _, text in parts)
            for parts in crossed
        }
