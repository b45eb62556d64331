"""What must hold: criteria, and the failure modes that they guard against."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from assay.domain.specification.base import Block, Exact, Identifier, Text
from assay.domain.vocabulary import Comparator, Tier


class FailureMode(Block):
    """A way in which the model can do harm, to whom, how badly, and the criteria that guard against it."""

    id: Identifier
    harm: Text
    severity: Literal["critical", "major", "minor"]
    affected: tuple[Text, ...] = ()
    criteria: tuple[Identifier, ...]


class Criterion(Block):
    """One estimand, one comparator, one threshold, and why."""

    id: Identifier
    metric: Identifier
    across: Text | None = None
    reference: Text | None = None
    data: Literal["train", "develop", "test"] = "test"
    at_least: Exact | None = None
    at_most: Exact | None = None
    confidence: Exact = Field(default=Decimal("0.95"), gt=Decimal("0.5"), lt=1)
    tier: Tier
    rationale: Text
    owner: Text
    requirements: tuple[Text, ...] = ()
    parameters: dict[Identifier, Decimal | int | str] = Field(default_factory=dict, alias="with")

    @model_validator(mode="after")
    def _one_comparator(self) -> Criterion:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("exactly one of 'at_least' and 'at_most' is expected")
        return self

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
