"""What the domain must know of a check to read a specification: its catalogue entry, not its code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from assay.domain.answers import Answers
from assay.domain.settled import Settings, Settled
from assay.domain.vocabulary import Comparator, Stage, Task
from assay.domain.written import Written


class Unit(StrEnum):
    """How a value is read out: as it is, as a percentage, as the points between two percentages, or as a whole number."""

    NUMBER = "number"
    SHARE = "share"
    POINTS = "points"
    COUNT = "count"


TIME = "time"
"""What checks call the column that says when, beside the strata."""


class Names(StrEnum):
    """What the value of a parameter names, so that a name which does not exist is refused."""

    COLUMN = "column"
    COLUMNS = "columns"
    """Several columns, with commas between them; see :func:`several`."""
    DATA = "data"
    STRATUM = "stratum"
    PARTED = "parted"
    """A stratum, or ``time`` for the column that says when."""
    ATTRIBUTES = "attributes"
    """Protected attributes, with commas between them where several are crossed."""


def several(text: object) -> tuple[str, ...]:
    """The names in a text that has commas between them, each once."""
    return tuple(dict.fromkeys(name.strip() for name in str(text).split(",") if name.strip()))


class Claim(StrEnum):
    """What a value says: that things go together, or that one makes the other under a declared graph."""

    ASSOCIATION = "association"
    CAUSAL = "causal"


class Declared(StrEnum):
    """What a specification may leave out, and what some metrics cannot do without: its block and key."""

    TIME = "data.time"
    LINEAGE = "data.lineage"


class Across(StrEnum):
    """Whether a metric compares groups."""

    NEVER = "never"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a metric under a criterion's ``with``: its default, and the range a value must lie in.

    A parameter is a number (``low``, ``high``), one of ``choices``, or a free text when neither is given.
    A default of None means that the specification must give it. ``names`` says of what its text is the name. ``anothers``: that the
    column, or each of them, holds what somebody or something else answered, so that it can be neither the label nor the model's own scores nor what
    names a row. ``before_decision``: that the stratum is of what is known before the decision, so that its parts are none of the model's own scores. ``zero_or_one``: that the column holds 0 or 1, as a label of two kinds does. ``written``: which numbers a text has by name, so that another text is refused. ``of_answers``: that rows are parted
    at these numbers by what is predicted, so that each must lie in its range, above its least. ``codes_of``: the parameter that names
    the column of which it lists documented codes, each of which must be that of some row where inputs are changed. ``decided``: those of
    ``choices`` that are about decisions, of which a model of numbers makes none. ``of_two_labels``: those that are about the labels 0 and 1, which
    a binary task alone has.
    """

    description: str
    default: Decimal | int | str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[str, ...] = ()
    integer: bool = False
    names: Names | None = None
    anothers: bool = False
    before_decision: bool = False
    zero_or_one: bool = False
    codes_of: str = ""
    written: Written | None = None
    of_answers: bool = False
    decided: tuple[str, ...] = ()
    of_two_labels: tuple[str, ...] = ()

    def refuses(self, value: Decimal | int | str) -> str:
        """What is expected instead of a value that the parameter cannot take; empty when it can."""
        if self.choices:
            return "" if value in self.choices else f"one of {', '.join(self.choices)}"
        if not self.is_number:
            return "" if isinstance(value, str) else "a text; put quotes around it"
        whole = isinstance(value, int) or (isinstance(value, Decimal) and value == value.to_integral_value())
        if isinstance(value, str) or (self.integer and not whole):
            return f"a {'whole ' if self.integer else ''}number{self.span}"
        low, high = self.low, self.high
        outside = (low is not None and value < low) or (high is not None and value > high)
        return f"a number{self.span}" if outside else ""

    def unfit(self, task: Task) -> tuple[str, ...]:
        """Those of its choices that ask about something which models of the task do not have."""
        decided = self.decided if task is Task.REGRESSION else ()
        return decided if task is Task.BINARY else (*decided, *self.of_two_labels)

    @property
    def is_number(self) -> bool:
        """Whether its value is a number, and not a text."""
        given = self.low is not None or self.high is not None or isinstance(self.default, int | Decimal)
        return given or self.integer

    @property
    def span(self) -> str:
        """The end of a sentence: between which numbers a number must lie; empty when any is allowed."""
        if self.low is None and self.high is None:
            return ""
        if self.low is None:
            return f" of at most {self.high}"
        return f" of at least {self.low}" if self.high is None else f" between {self.low} and {self.high}"


NEARLY = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Metric:
    """A catalogue entry.

    Attributes:
        id: ``stage.name``.
        title: the field's standard term, for people.
        estimand: what is estimated, in one sentence.
        low, high: the range of possible values; None for no limit.
        comparators: the comparators that make sense; a gap has no "at least".
        unit: how a value is read out.
        reading: the sentence that tells a value, see :mod:`assay.domain.telling`.
        across: whether it compares groups of a protected attribute.
        pairwise: whether it compares groups with each other, pair by pair or with a reference.
        reference: whether one group can be named as the reference.
        census: whether the value is a fact about the data in hand, counted in full, not a population value.
        needs_model: whether the model is asked for predictions.
        changes_inputs: whether it is asked again with changed inputs, which scores made elsewhere cannot answer.
        by_row: whether it can be narrowed to a part of the rows.
        refits: whether the recipe trains models for it: a value of the procedure and not of the model that is judged, which is
            reported and certifies none.
        evidence_only: whether a value is evidence beside criteria and never a condition of one: it is reported and gates nothing.
        parameters: what a criterion may set under ``with``.
        ideal: what a good model is expected to have: no gap, a ratio of one, no drop. None where a good model is
            only expected to be better than asked.
        tasks: the kinds of prediction that it is about.
        claim: whether it is about causes, which needs a declared graph.
        declared: what a specification must declare for it.
        settled: how what a specification declares narrows the range of possible values.
    """

    id: str
    stage: Stage
    title: str
    estimand: str
    low: Decimal | None
    high: Decimal | None
    comparators: tuple[Comparator, ...]
    unit: Unit
    reading: str
    across: Across = Across.NEVER
    pairwise: bool = False
    reference: bool = False
    census: bool = False
    needs_model: bool = False
    changes_inputs: bool = False
    by_row: bool = False
    refits: bool = False
    evidence_only: bool = False
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    ideal: Decimal | None = None
    tasks: tuple[Task, ...] = (Task.BINARY,)
    claim: Claim = Claim.ASSOCIATION
    declared: tuple[Declared, ...] = ()
    settled: Settled | None = None

    def under(self, given: Settings, answers: Answers, rows: int | None = None) -> Metric:
        """The metric with the range that it has under a criterion's settings, its defaults where nothing is given, a model's answers, and so many rows."""
        if self.settled is None:
            return self
        defaults = {name: p.default for name, p in self.parameters.items() if p.default is not None}
        found = self.settled.range({**defaults, **given}, answers, rows)
        return self if found is None else replace(self, low=found[0], high=found[1])

    def outside(self, value: Decimal) -> bool:
        """Whether the metric cannot have the value."""
        below = self.low is not None and value < self.low
        return below or (self.high is not None and value > self.high)

    def vacuous(self, comparator: Comparator, threshold: Decimal) -> bool:
        """Whether every possible value satisfies the threshold."""
        if comparator is Comparator.AT_LEAST:
            return self.low is not None and threshold <= self.low
        return self.high is not None and threshold >= self.high

    def nearly_vacuous(self, comparator: Comparator, threshold: Decimal) -> bool:
        """Whether all but a thousandth of the range of possible values satisfies the threshold."""
        if self.low is None or self.high is None:
            return self.vacuous(comparator, threshold)
        left = threshold - self.low if comparator is Comparator.AT_LEAST else self.high - threshold
        return left <= NEARLY * (self.high - self.low)


Catalogue = Mapping[str, Metric]
