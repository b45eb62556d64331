"""What a data set means to a pass: the names and meanings that the specification gives to its columns."""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.domain.answers import BINARY, Answers
from assay.domain.dictionary import Column
from assay.domain.specification import Attribute, CausalGraph
from assay.plan.imagined import OFF
from assay.tally.groups import Layout


@dataclass(frozen=True, slots=True)
class Frame:
    """What every batch of a data set is read against: the names and meanings that the specification gives.

    Attributes:
        inputs: the columns that the model is fed, in order. label: the column of the true label.
        attributes: the protected attributes by name. decide_at: a score at or above it is decided as 1; NaN where nothing is decided.
        dictionary: the documented columns. unit: the column of which one row each counts, and the seed for it.
        score_column: where scores made elsewhere stand, instead of a model.
        strata: the parts of the cases within which groups are compared, by name.
        favourable: the decision that is good for the person; None where nothing is decided. time: the column that says when.
        answers: what the model must answer for a row, and so what a label is.
        known: key in the results of some rows of the reference data, for tables that are handed them; empty where none is.
        copies: key in the results of which rows equal an earlier one; empty where none does, or nobody draws.
        graph: who is declared to act on whom.
        spreads: standard deviation per numeric column on the reference data, for perturbations.
        off: by which share of the range numbers are off at most that are made up for a plan.
    """

    inputs: tuple[str, ...]
    label: str
    attributes: tuple[tuple[str, Attribute], ...]
    decide_at: float
    dictionary: tuple[Column, ...] = ()
    unit: str | None = None
    seed: str = ""
    score_column: str | None = None
    spreads: tuple[tuple[str, float], ...] = field(default=())
    favourable: int | None = 1
    strata: tuple[tuple[str, Attribute], ...] = ()
    time: str | None = None
    answers: Answers = BINARY
    known: str = ""
    copies: str = ""
    graph: CausalGraph | None = None
    off: float = OFF

    @property
    def content(self) -> tuple[str, ...]:
        """The columns that make two rows the same: all that are documented but identifiers, the label, and scores."""
        left_out = {self.label, self.unit, self.score_column}
        named = [c.name for c in self.dictionary if c.type != "identifier" and c.name not in left_out]
        return tuple(named) or self.inputs

    @property
    def telling(self) -> tuple[str, ...]:
        """All that can be told of a row: its content, what the model is fed, its groups and strata, and its label."""
        grouped = (attribute.column for _, attribute in (*self.attributes, *self.strata))
        named = dict.fromkeys((*self.content, *self.inputs, *grouped, self.label))
        return tuple(name for name in named if name != self.score_column)

    @property
    def shown(self) -> tuple[str, ...]:
        """The inputs; of scores made elsewhere, whose inputs nobody knows, what makes two rows the same."""
        return self.inputs or self.content

    @property
    def fed_alone(self) -> tuple[str, ...]:
        """The inputs, where rows are more than what the model is fed; else none."""
        return () if set(self.content) <= set(self.inputs) else self.inputs

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The identifiers besides the unit: whether rows share one must be asked, for only rows of one unit count once."""
        return tuple(c.name for c in self.dictionary if c.type == "identifier" and c.name != self.unit)

    @property
    def used(self) -> frozenset[str]:
        """The columns that the specification gives a meaning."""
        one_each = {self.label, self.unit, self.time, self.score_column} - {None}
        grouped = {attribute.column for _, attribute in (*self.attributes, *self.strata)}
        return frozenset(name for name in {*self.inputs, *one_each, *grouped} if name is not None)

    @property
    def layout(self) -> Layout:
        """The cells that rows are counted in."""
        return Layout(tuple((name, attribute.labels()) for name, attribute in self.attributes))
