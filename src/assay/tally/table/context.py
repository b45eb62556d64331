"""What a table is made for: what the specification, the dictionary and the criterion say, the same for every batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assay.domain.answers import BINARY, Answers
from assay.domain.dictionary import Column
from assay.domain.specification import Attribute, CausalGraph
from assay.tally.groups import Layout
from assay.tally.known import KnownRows

Setting = Decimal | int | str


@dataclass(frozen=True, slots=True)
class TableContext:
    """What a table is made for, the same for every batch.

    Attributes:
        parameters: those of the criterion. layout: the attributes and their groups. across: the attributes whose groups it compares.
        dictionary: the documented columns. inputs: those that the model is fed. label, unit, time: the columns of that meaning.
        decide_at: a score at or above it is decided as 1. favourable: the decision that is good for the person.
        strata: the parts of the cases within which groups are compared, by name.
        answers: what the model answers for a row, and what a label is.
        score_column: where scores made elsewhere stand, instead of a model.
        known: some rows of the reference data, for a table that is handed them and while rows are counted.
        used: the columns that the specification gives a meaning: inputs, label, scores, unit, time, protected attributes, strata.
        graph: who is declared to act on whom.
    """

    parameters: Mapping[str, Setting]
    layout: Layout
    across: tuple[str, ...]
    dictionary: tuple[Column, ...]
    inputs: tuple[str, ...]
    label: str
    decide_at: float
    favourable: int | None
    unit: str | None = None
    time: str | None = None
    strata: Mapping[str, Attribute] = field(default_factory=dict)
    score_column: str | None = None
    answers: Answers = BINARY
    used: frozenset[str] = frozenset()
    known: KnownRows | None = None
    graph: CausalGraph | None = None

    def column(self, name: str) -> Column | None:
        """The dictionary's entry of a column, or None."""
        return next((column for column in self.dictionary if column.name == name), None)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that are compared, in the order of their codes; none where none are."""
        return self.layout.labels(self.across) if self.across else ()

    @property
    def n_groups(self) -> int:
        """How many codes a group can have: one where none are compared."""
        return max(len(self.groups), 1)

    @property
    def fed(self) -> tuple[str, ...]:
        """What the model is fed; where that is not known, all that is documented but label, unit and scores."""
        return self.inputs or tuple(column.name for column in self.described)

    @property
    def described(self) -> tuple[Column, ...]:
        """The documented columns that say what a row is like: all but label, unit and scores made elsewhere."""
        left_out = {self.label, self.unit, self.score_column}
        return tuple(column for column in self.dictionary if column.name not in left_out)

    @property
    def documented(self) -> tuple[str, ...]:
        """The names of the documented columns."""
        return tuple(column.name for column in self.dictionary)
