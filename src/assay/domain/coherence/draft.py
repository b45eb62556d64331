"""What the rules look at: as much of a specification as is valid by itself, and the world that it speaks about."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from assay.domain.dictionary import Column, Dictionary
from assay.domain.metric import Catalogue, Metric
from assay.domain.specification.causal import CausalGraph
from assay.domain.specification.criteria import Criterion, FailureMode
from assay.domain.specification.people import Approval, Charter, Owners
from assay.domain.specification.protected import CROSS, Attribute, SmallGroups
from assay.domain.specification.specification import Attempts, Documentation, Specification
from assay.domain.specification.subject import Data, Prediction, Subject
from assay.domain.specification.use_case import UseCase
from assay.domain.vocabulary import Stage

Trail = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has against a document; whoever knows the text adds file, line and column.

    Attributes:
        trail: the keys and indices that lead to the value.
        code: a stable reason code.
        message: what was expected and what was found.
        found: the offending value, where the place alone does not show it.
        nearest: the nearest valid name.
        remedy: what to do.
        key: whether the key is meant, and not the value under it.
    """

    trail: Trail
    code: str
    message: str
    found: str = ""
    nearest: str = ""
    remedy: str = ""
    key: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What a specification speaks about.

    ``dictionary`` is None when it could not be read; rules about columns then say nothing. ``columns`` are the
    columns of each data set, when they are known.
    """

    catalogue: Catalogue
    dictionary: Dictionary | None = None
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def column(self, name: str) -> Column | None:
        """The dictionary's entry for a column, if there is one."""
        return self.dictionary.column(name) if self.dictionary else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A specification of which some blocks may be missing because they were not valid.

    Items of lists keep their index in the document. ``written`` holds the ids and names as they stand in the
    text, valid or not, so that a reference to a block that has another problem is not called unknown; None for a
    block of which nobody can say what stands in it.
    """

    use_case: UseCase | None = None
    charter: Charter | None = None
    roles: Mapping[str, tuple[str, ...]] | None = None
    owners: Owners | None = None
    approval: Approval | None = None
    attempts: Attempts | None = None
    subject: Subject | None = None
    prediction: Prediction | None = None
    data: Data | None = None
    protected: Mapping[str, Attribute] = field(default_factory=dict)
    strata: Mapping[str, Attribute] = field(default_factory=dict)
    intersections: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    causal_graph: CausalGraph | None = None
    small_groups: SmallGroups | None = None
    stages: tuple[Stage, ...] = ()
    failure_modes: Mapping[int, FailureMode] = field(default_factory=dict)
    criteria: Mapping[int, Criterion] = field(default_factory=dict)
    documentation: Documentation | None = None
    written: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)

    @property
    def own_scores(self) -> str | None:
        """The column in which the model's own answers stand; None where it is asked, or nothing valid is said of it."""
        return self.subject.model if self.subject is not None and not self.subject.has_model else None

    @classmethod
    def blocks(cls) -> tuple[str, ...]:
        """The names of the blocks that rules look at."""
        return tuple(field.name for field in fields(cls) if field.name != "written")

    @classmethod
    def of(cls, specification: Specification) -> Self:
        """The draft of a specification that is valid in all its blocks."""
        blocks: dict[str, Any] = {name: getattr(specification, name) for name in cls.blocks()}
        for name in ("intersections", "failure_modes", "criteria"):
            blocks[name] = dict(enumerate(blocks[name]))
        written = {
            "criteria": tuple(c.id for c in specification.criteria),
            "failure_modes": tuple(m.id for m in specification.failure_modes),
            "protected": tuple(specification.protected),
            "strata": tuple(specification.strata),
            "intersections": tuple("*".join(names) for names in specification.intersections),
        }
        return cls(**blocks, written=written)

    def names(self, block: str) -> tuple[str, ...]:
        """The ids or names that stand in a block, valid or not."""
        return self.written.get(block) or ()

    def illegible(self, *blocks: str) -> bool:
        """Whether nobody can say what stands in one of these blocks: then nothing is called unknown to it."""
        return any(self.written.get(block, ()) is None for block in blocks)

    def whole(self, block: str) -> bool:
        """Whether every item of a list block is valid, so that something can be said about all of them."""
        names = self.written.get(block)
        return names is not None and len(names) == len(getattr(self, block))

    def known(self, world: World) -> Iterator[tuple[int, Criterion, Metric]]:
        """The criteria whose metric the catalogue has, with it."""
        for i, criterion in self.criteria.items():
            metric = world.catalogue.get(criterion.metric)
            if metric is not None:
                yield i, criterion, metric

    def attributes(self) -> Iterator[tuple[str, str, Attribute]]:
        """Everything that has groups: the block that it stands in, its name, and what it is."""
        for block, found in (("protected", self.protected), ("strata", self.strata)):
            for name, attribute in found.items():
                yield block, name, attribute

    def groupings(self) -> tuple[str, ...]:
        """What ``across`` may name."""
        return self.names("protected") + self.names("intersections")

    def labels(self, grouping: str) -> tuple[str, ...] | None:
        """The groups of an attribute or intersection, or None when one of its attributes is not valid."""
        attributes = [self.protected.get(name) for name in grouping.split("*")]
        parts = [attribute.labels() for attribute in attributes if attribute is not None]
        if len(parts) < len(attributes):
            return None
        return tuple(CROSS.join(labels) for labels in itertools.product(*parts))


Rule = Callable[[Draft, World], Iterator[Finding]]
