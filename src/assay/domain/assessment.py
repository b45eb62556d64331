"""A statistic held against a criterion at a level: estimates, bounds and p-values, but no verdict yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from assay.domain.vocabulary import ERROR_REASONS, Comparator, Grade, Reason, Tier, Verdict

ROWS = "rows"
"""What the counts of a piece call the rows of a group."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One of the statements that must all hold, for example "female against male".

    Attributes:
        label: which group, pair or change, for readers.
        estimate: the point estimate; None when undefined.
        lower, upper: one-sided confidence limits, each at level alpha; None when undefined.
        n: rows behind the estimate.
        p_pass: p-value against "the true value violates the threshold"; small means it satisfies it.
        level_pass: the nominal level at which ``p_pass`` is judged (alpha, or less after a size audit).
        p_fail: p-value against "the true value satisfies the threshold"; small means it violates it.
        exact: for a census: whether the value satisfies the threshold; None for inference.
        point_passes: whether the point estimate satisfies the threshold (exact arithmetic).
        undefined: why the piece has no value.
        grade: A exact, B simulated, C descriptive.
        simulated_size: the simulated false-certification rate of a grade-B rule.
        counts: the group (empty where it is that of the label), what was counted of it, and how many.
        between: the two groups that are compared; empty when none are. family: of the rates, as in the evidence.
    """

    label: str
    estimate: float | None
    lower: float | None
    upper: float | None
    n: int
    p_pass: float = 1.0
    level_pass: float = 0.0
    p_fail: float = 1.0
    exact: bool | None = None
    point_passes: bool | None = None
    undefined: Reason | None = None
    grade: Grade = Grade.A
    method: str = ""
    simulated_size: float | None = None
    counts: tuple[tuple[str, str, int], ...] = ()
    between: tuple[str, ...] = ()
    family: str = ""

    @property
    def passes(self) -> bool:
        """Whether this piece alone is shown to satisfy the threshold at its level."""
        if self.undefined is not None or self.grade is Grade.C:
            return False
        if self.exact is not None:
            return self.exact
        return self.p_pass <= self.level_pass - TIE


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst value over all pieces of a criterion, and the label of the piece that has it."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class NoValue:
    """A piece that could not be evaluated: which (empty for all rows), why, and the same for a reader."""

    label: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a check or a model gave no counts at all, and the same for a reader."""

    reason: Reason
    sentence: str

    def __post_init__(self) -> None:
        if self.reason not in ERROR_REASONS:
            raise ValueError(f"{self.reason.value!r} is no reason for a verdict of error")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a statistic is held against: the threshold of a criterion, at level alpha.

    Attributes:
        criterion: the name of the assessment. definition: how the compared groups are defined, for readers.
    """

    criterion: str
    comparator: Comparator
    threshold: Decimal
    alpha: float
    tier: Tier = Tier.CRITICAL
    definition: str = ""


TIE = 1e-9
"""Within this distance of the level, nothing is decided."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """All pieces of one criterion, the one with the worst bound first.

    ``pieces`` are those worth printing (at most a hundred, among them every one that a field or a property below is
    about); ``pieces_total`` is how many were judged and ``all_pass`` whether every one of them passes.

    Attributes:
        estimate: the point estimate of the criterion: the worst over all pieces. bound: the limit that decides: the worst
            over all pieces, often of another one; None when a piece has none. For one gap over all pairs of groups they
            are what the field calls the difference, and its confidence limit.
        point_passes: whether the point estimates of all pieces satisfy the threshold; None when undefined.
        undefined: pieces without a value. One is enough for "not evaluable".
        strictest: the strictest threshold that these rows support at this alpha; None when there is none.
        confidence_reached: the confidence at which the asked threshold would pass: that of the least significant piece,
            whose label is ``confidence_of``.
        rows_needed: rows of the whole data set needed to pass with 90 % probability if the estimates are
            the truth; None when no number of rows is enough.
        rows: rows of the data set that was judged. error: why the check or the model gave no counts.
        definition: how the compared groups are defined, for readers.
    """

    criterion: str
    metric: str
    across: str
    data: str
    tier: Tier
    comparator: Comparator
    threshold: Decimal
    alpha: float
    pieces: tuple[Piece, ...]
    pieces_total: int
    all_pass: bool
    point_passes: bool | None = None
    undefined: tuple[NoValue, ...] = ()
    strictest: float | None = None
    estimate: Worst | None = None
    bound: Worst | None = None
    confidence_reached: float | None = None
    confidence_of: str = ""
    rows: int = 0
    rows_needed: int | None = None
    error: Broken | None = None
    definition: str = ""

    @property
    def binding(self) -> Piece | None:
        """The piece with the worst bound."""
        return self.pieces[0] if self.pieces else None

    @property
    def widest(self) -> Piece | None:
        """The piece with the worst estimate; the binding one where none has an estimate."""
        found = worst_estimate(self.pieces, self.comparator)
        return self.binding if found is None else found

    @property
    def least_significant(self) -> Piece | None:
        """The piece with the least evidence that it satisfies the threshold."""
        return max(self.pieces, key=lambda p: p.p_pass, default=None)

    @property
    def most_violated(self) -> Piece | None:
        """The piece with the most evidence that it violates the threshold."""
        return min(self.pieces, key=lambda p: p.p_fail, default=None)

    @property
    def grade(self) -> Grade:
        """The weakest grade among the pieces."""
        return max((p.grade for p in self.pieces), default=Grade.A)

    @property
    def point_verdict(self) -> Verdict:
        """What a pipeline that judges point estimates would have said."""
        if self.point_passes is None:
            return Verdict.NOT_EVALUABLE
        return Verdict.PASS if self.point_passes else Verdict.FAIL


def headlined(a: Assessment) -> Assessment:
    """The assessment with what is said of it first: the worst estimate, the worst bound and the confidence reached."""
    widest, binding, least = a.widest, a.binding, a.least_significant
    if widest is None or binding is None or least is None:
        return a
    inferred = binding.exact is None
    bound = binding.lower if a.comparator is Comparator.AT_LEAST else binding.upper
    return replace(
        a,
        estimate=None if widest.estimate is None else Worst(widest.estimate, widest.label),
        bound=None if bound is None else Worst(bound, binding.label),
        confidence_reached=1 - least.p_pass if inferred else None,
        confidence_of=least.label if inferred else "",
    )


def worst_estimate(pieces: Iterable[Piece], comparator: Comparator) -> Piece | None:
    """The piece whose estimate lies furthest on the wrong side, the first of several; None when none has an estimate."""
    sign = -1 if comparator is Comparator.AT_LEAST else 1
    return max(
        (p for p in pieces if p.estimate is not None), key=lambda p: sign * (p.estimate or 0.0), default=None
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """An assessment with its verdict, the reason code and the reason in a sentence."""

    assessment: Assessment
    verdict: Verdict
    reason: Reason
    sentence: str
