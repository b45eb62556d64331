"""A plan as a value: what a judged run would read, and how likely a good model is to pass each criterion."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assay.domain.answers import BINARY, Answers
from assay.domain.assessment import Broken
from assay.domain.specification import Criterion
from assay.domain.vocabulary import Tier
from assay.dossier.wording import one_per, plural
from assay.plan.imagined import GroupRows
from assay.plan.passes import Pass
from assay.plan.power import Power


@dataclass(frozen=True, slots=True)
class PlannedCriterion:
    """One criterion of the plan, at the alpha of one attempt.

    ``foregone`` says why no row can save it: what must be there is not, whatever the rows hold.

    ``power`` is None for a fact about the data, which needs none, and where ``refits``: of models that the recipe has yet to train.
    ``undefined`` says why the criterion could not be evaluated on such rows, ``broken`` why its check gave no
    counts on them: then nobody passes it. ``rows``, and ``rows_needed``, count what the rows of the plan's groups count: one of each
    different value of the column ``unit`` where one is named, and every row else.
    """

    criterion: Criterion
    power: Power | None = None
    rows: int = 0
    undefined: str = ""
    foregone: str = ""
    broken: Broken | None = None
    unit: str | None = None
    refits: bool = False

    @property
    def rows_needed(self) -> int | None:
        """How many rows would give 90 %; None when no number does, or none is needed."""
        factor = self.power.factor if self.power is not None else None
        return math.ceil(self.rows * factor) if factor is not None else None

    @property
    def passes(self) -> float | None:
        """The probability that a good model passes; None where no probability is involved."""
        if self.undefined or self.foregone or self.broken:
            return 0.0
        return self.power.passes if self.power is not None else None

    @property
    def hopeless(self) -> bool:
        """Whether a good model would hardly ever pass; of a broken check nothing is known, and the verdict is an error."""
        return bool(self.undefined or self.foregone) or (self.power is not None and self.power.hopeless)

    def __str__(self) -> str:
        """The criterion and what is hopeless about it."""
        return f"{self.criterion.id}: {self.said}"

    @property
    def said(self) -> str:
        """What is hopeless about it, for a person who must decide whether to go on; without a full stop."""
        said = self.broken.sentence if self.broken else self.undefined or self.foregone
        if not said and self.power is not None:
            said = f"a good model passes with probability {self.power.passes:.2f}"
            if self.rows_needed is not None:
                said += f"; {self.rows_needed:,} rows are needed{one_per(self.unit)}"
        return said.rstrip(".")


@dataclass(frozen=True, slots=True)
class PlannedAttempt:
    """What the rows can show in one judged run on them, or in each of several that spend the same.

    ``attempts`` are those, counted from 1 on the same rows; ``share`` is what each spends of every criterion's alpha.
    ``all_pass`` is the probability that a good model passes every critical criterion: at least one minus the sum of
    what each one lacks.
    """

    attempts: range
    share: float
    criteria: tuple[PlannedCriterion, ...]
    all_pass: float

    @property
    def hopeless(self) -> tuple[PlannedCriterion, ...]:
        """The critical and supporting criteria that a good model would hardly ever pass."""
        return tuple(p for p in self.criteria if p.hopeless and p.criterion.tier is not Tier.ADVISORY)

    @property
    def broken(self) -> tuple[PlannedCriterion, ...]:
        """The critical and supporting criteria whose check breaks."""
        return tuple(p for p in self.criteria if p.broken and p.criterion.tier is not Tier.ADVISORY)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a judged run would read and what its rows can show.

    ``rows`` is how many rows the judged data have. Every other number of test rows, ``rows_used``, those of ``groups`` and the
    ``rows_needed`` of a criterion, is of rows that count: one of each different value of the column ``unit``, by their share
    among the reference rows; all of them where there is no unit.
    ``attempts``: what they can show at each share of alpha, the first attempt first; each with its ``criteria``, those that
    are ``hopeless`` or ``broken`` among them, and with ``all_pass``.
    ``repeats``: why test rows like the reference rows are refused, since too many are equal or share an identifier, or nobody knows their unit, and what to do;
    empty when they are not.
    ``errors``: how far imagined numbers are off, and who says so; empty where none is imagined.
    ``answered``: reference rows for whose scores the model was asked, to see that it answers. ``answers``: what is such an answer.
    """

    passes: tuple[Pass, ...]
    rows: int
    rows_used: int
    reference: str
    groups: tuple[GroupRows, ...]
    attempts: tuple[PlannedAttempt, ...]
    answered: int = 0
    repeats: str = ""
    unit: str | None = None
    answers: Answers = BINARY
    errors: str = ""

    @property
    def told(self) -> str:
        """The test rows for a sentence, and how many of them count."""
        if self.rows_used == self.rows:
            return f"the {plural(self.rows, 'test row')}"
        return f"about {plural(self.rows_used, 'test row')} that count{one_per(self.unit)}"
