"""A template: what the use in a domain asks of a model, before anybody's columns and persons are known."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from assay.domain.nearest import nearest
from assay.domain.specification import Criterion, FailureMode, Specification
from assay.domain.specification.base import Block, Exact, Identifier, Text
from assay.domain.specification.people import Approval, Owners
from assay.domain.specification.protected import SmallGroups

EACH = "*"
"""Written for ``across``: once for each protected attribute."""
UNIT, TIME, LABEL = "unit", "time", "label"
"""The roles that a column may have beside those of protected attributes."""
WORDED = ("use_case", "charter", "monitoring", "safety", "compliance", "documentation")
"""The blocks of a specification whose texts a template may give."""

Texts = dict[Identifier, Text | tuple[Text, ...]]


class Predicted(Block):
    """What is predicted, and how its column is called."""

    names: tuple[Text, ...]
    """Words of a column's name that speak for the label; `*` stands for any letters."""
    label: Text
    """What label 1 says of a person."""
    favourable: Literal[0, 1]
    """The decided value that is good for the person."""
    score: Text
    """What the score means."""
    decide_at: Exact = Field(ge=0, le=1)
    """The score at or above which 1 is decided."""


class AskedColumn(Block):
    """A column that the domain asks for, and how it is called."""

    names: tuple[Text, ...]
    """Words of a column's name that speak for it; `*` stands for any letters."""
    why: Text
    """Why the domain asks for it."""


class AskedAttribute(AskedColumn):
    """A protected attribute that the domain asks for."""

    bands: tuple[int, ...] = ()
    """Cut points, where it is a number."""
    required: bool = True
    """Whether data without it leave a blank to fill; else its criteria are left out where no column is named like it."""


class Template(Block):
    """The judgement that a domain starts from; texts that only its users know are left to them."""

    assay_template: Literal[1]
    """The version of this document's form."""
    name: Identifier
    """What it is asked for by."""
    title: Text
    """One line: which decision it is for."""
    notes: tuple[Text, ...] = ()
    """What whoever starts from it must know first; written above the specification."""
    use_case: Texts = Field(default_factory=dict)
    """Texts of the use case."""
    charter: Texts = Field(default_factory=dict)
    """Texts of the charter."""
    roles: tuple[Identifier, ...]
    """The roles that persons are named for."""
    owners: Owners
    """The role that answers for each duty."""
    approval: Approval
    """Who must agree before a result exists and after."""
    prediction: Predicted
    """What is predicted."""
    unit: AskedColumn | None = None
    """What names the person or case, where one may have several rows."""
    time: AskedColumn | None = None
    """What says when."""
    protected: dict[Identifier, AskedAttribute]
    """The protected attributes that the domain asks for."""
    intersections: tuple[tuple[Identifier, ...], ...] = ()
    """Those that are crossed."""
    small_groups: SmallGroups
    """From which share on a group is too small to gate."""
    failure_modes: tuple[FailureMode, ...]
    """The ways in which the model can do harm."""
    criteria: tuple[Criterion, ...]
    """What must hold; `across: "*"` stands for one criterion for each protected attribute."""
    only_with: dict[Identifier, Literal["unit", "time"]] = Field(default_factory=dict)
    """Criteria that are left out where no column has this role."""
    monitoring: Texts = Field(default_factory=dict)
    """Texts on what is watched."""
    safety: Texts = Field(default_factory=dict)
    """Texts on what happens when the model must not decide."""
    compliance: Texts = Field(default_factory=dict)
    """Texts on the ground on which data is used."""
    documentation: Texts = Field(default_factory=dict)
    """The sections that must be filled."""
    ask: dict[Text, Text] = Field(default_factory=dict)
    """For a text that is left to the user, by its key such as use_case.population: what to write."""

    @model_validator(mode="after")
    def _texts_have_a_place(self) -> Template:
        for block in WORDED:
            kind: Any = Specification.model_fields[block].annotation
            known = _fields(kind)
            for name in getattr(self, block):
                if name not in known:
                    raise PydanticCustomError(
                        "unknown_text",
                        "a specification has no {key} (nearest: {near})",
                        {"key": f"{block}.{name}", "near": nearest(name, known) or "none"},
                    )
        return self

    @model_validator(mode="after")
    def _criteria_serve(self) -> Template:
        """Each criterion has a failure mode, each failure mode criteria that there are, and attributes that are asked for."""
        known = {criterion.id for criterion in self.criteria}
        named = {name for mode in self.failure_modes for name in mode.criteria}
        if known != named:
            raise PydanticCustomError(
                "criteria_unserved",
                "the criteria and those that failure modes name differ in {ids}",
                {"ids": ", ".join(sorted(known ^ named))},
            )
        strange = self.only_with.keys() - known
        if strange:
            raise PydanticCustomError(
                "criterion_unknown",
                "'only_with' names {ids}, which is no criterion",
                {"ids": ", ".join(sorted(strange))},
            )
        crossed = {"*".join(names) for names in self.intersections}
        across = {criterion.across for criterion in self.criteria} - {None, EACH, *self.protected, *crossed}
        if across:
            raise PydanticCustomError(
                "attribute_unasked",
                "'protected' and 'intersections' do not have {names}",
                {"names": ", ".join(sorted(map(str, across)))},
            )
        return self

    def text(self, key: str) -> str | tuple[str, ...]:
        """The text under a key such as use_case.purpose; empty where it is left to the user."""
        block, _, name = key.partition(".")
        texts: Texts = getattr(self, block)
        return texts.get(name, "")


def _fields(kind: Any) -> tuple[str, ...]:
    """The fields of a block that may be optional."""
    choices = getattr(kind, "__args__", (kind,))
    return tuple(name for choice in choices for name in getattr(choice, "model_fields", ()))
