"""What must hold: criteria, and the failure modes that they guard against."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from assay.domain.specification.base import Block, Exact, Identifier, Setting, Text
from assay.domain.vocabulary import Comparator, Stage, Tier


class FailureMode(Block):
    """A way in which the model can do harm, to whom, how badly, and the criteria that guard against it."""

    id: Identifier
    """A short name, unique among the failure modes."""
    harm: Text
    """What goes wrong, and for whom."""
    severity: Literal["critical", "major", "minor"]
    """How bad it is; a critical one must be guarded by a critical criterion."""
    affected: tuple[Text, ...] = ()
    """The groups of people that it touches."""
    criteria: tuple[Identifier, ...]
    """The ids of the criteria that would catch it."""


class Criterion(Block):
    """One estimand, one comparator, one threshold, and why."""

    id: Identifier
    """A short name, unique among the criteria."""
    metric: Identifier
    """What is measured: an id from the catalogue that `assay checks` lists."""
    across: Text | None = None
    """The protected attribute, or the intersection such as sex*age, whose groups are compared."""
    reference: Text | None = None
    """The group with which all others are compared; without it, all pairs are."""
    where: dict[Identifier, Text] = Field(default_factory=dict)
    """The part of the cases that it is about: by stratum the name of one of its parts, such as {site: north}. Other rows do not count for it."""
    data: Literal["train", "develop", "test"] = "test"
    """The data set on which it is judged."""
    at_least: Exact | None = None
    """The smallest value that is good enough."""
    at_most: Exact | None = None
    """The largest value that is good enough."""
    confidence: Exact = Field(default=Decimal("0.95"), gt=Decimal("0.5"), lt=1)
    """One minus the probability of passing a model that violates this criterion."""
    tier: Tier
    """What happens when it does not pass: critical withholds, supporting makes a condition, advisory is reported."""
    rationale: Text
    """Why this metric and this threshold, for someone who was not there."""
    owner: Text
    """The role that answers for this criterion."""
    requirements: tuple[Text, ...] = ()
    """The clauses of law or policy that ask for it."""
    expected: Exact | None = None
    """The true value that a good model is expected to have: used by ``plan`` alone, never by a verdict."""
    parameters: dict[Identifier, Setting] = Field(default_factory=dict, alias="with")
    """The settings of the metric."""

    @model_validator(mode="after")
    def _one_comparator(self) -> Criterion:
        if self.at_least is None and self.at_most is None:
            raise PydanticCustomError("comparator_missing", "'at_least' or 'at_most' is expected")
        if self.at_least is not None and self.at_most is not None:
            raise PydanticCustomError(
                "comparator_twice", "only one of 'at_least' and 'at_most' is expected; write two criteria"
            )
        return self

    @property
    def stage(self) -> Stage:
        """The stage that its metric belongs to."""
        return Stage(self.metric.partition(".")[0])

    @property
    def comparator(self) -> Comparator:
        """On which side of the threshold the true value must lie."""
        return Comparator.AT_LEAST if self.at_least is not None else Comparator.AT_MOST

    @property
    def threshold(self) -> Decimal:
        """The threshold, exactly as written."""
        value = self.at_least if self.at_least is not None else self.at_most
        assert value is not None  # noqa: S101 - validated above
        return value

    @property
    def alpha(self) -> float:
        """The level: one minus the confidence, computed exactly before it becomes a float."""
        return float(1 - self.confidence)
