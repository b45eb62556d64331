"""A specification in miniature, judged by the product itself: check -> assess -> judge -> decide.

Two ways in. `Rule.says` hands one table of counts to the very checks, `assess`, `judge` and `decide` that
``assay certify`` uses. `Rule.may_certify` screens many tables at once and only rules out: a table that it lets
through still goes to `Rule.says`. Whoever screens must show on a sample that nothing was ruled out wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assay.checks.catalogue import catalogue
from assay.domain import assessment
from assay.domain.assessment import Assessment
from assay.domain.decide import Required, decide
from assay.domain.evidence import Compare, Counts, Functional, Statistic
from assay.domain.judge import judge
from assay.domain.vocabulary import Comparator, Outcome
from assay.stats.assess import assess
from assay.stats.contrasts import contrast_limits
from assay.stats.histogram import ScoreCounts, Undefined
from assay.stats.pieces.scores import RULES
from assay.stats.rates import p_at_least, p_at_most
from assay.tally.views import GroupOutcomes, OutcomeView

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

ALPHA = 0.05
SCREEN = 1.25
"""Screening is done at this multiple of alpha, so that only clear cases are ruled out without the product."""

Masses = NDArray[Any]
"""Counts, or the probabilities that they are drawn by."""
Rates = Callable[[Masses], tuple[Masses, Masses]]
"""Events and trials from counts or probabilities [..., label, decision]."""


def _share(label: int | None, decision: int | None) -> Rates:
    """Decision 1 (or right decisions, for no decision) of the rows with a label (or of all)."""

    def rates(c: Masses) -> tuple[Masses, Masses]:
        if label is None and decision is None:
            return c[..., 0, 0] + c[..., 1, 1], c.sum(axis=(-1, -2))
        if label is None:
            return c[..., :, decision].sum(axis=-1), c.sum(axis=(-1, -2))
        return c[..., label, 1], c[..., label, :].sum(axis=-1)

    return rates


def _right_of_positive(c: Masses) -> tuple[Masses, Masses]:
    return c[..., 1, 1], c[..., :, 1].sum(axis=-1)


class Shape(NamedTuple):
    """How a metric of decisions is made of rates: families of them, and how they are compared."""

    families: tuple[Rates, ...]
    compare: Compare


SHAPES: Mapping[str, Shape] = {
    "performance.accuracy": Shape((_share(None, None),), Compare.EACH),
    "performance.recall": Shape((_share(1, 1),), Compare.EACH),
    "performance.false_positive_rate": Shape((_share(0, 1),), Compare.EACH),
    "performance.precision": Shape((_right_of_positive,), Compare.EACH),
    "fairness.demographic_parity": Shape((_share(None, 1),), Compare.DIFFERENCE),
    "fairness.impact_ratio": Shape((_share(None, 1),), Compare.RATIO),
    "fairness.equal_opportunity": Shape((_share(1, 1),), Compare.DIFFERENCE),
    "fairness.equalized_odds": Shape((_share(1, 1), _share(0, 1)), Compare.DIFFERENCE),
    "fairness.predictive_parity": Shape((_right_of_positive,), Compare.DIFFERENCE),
}
FUNCTIONALS: Mapping[str, Functional] = {
    "performance.auc": Functional.AUC,
    "performance.gini": Functional.GINI,
    "performance.brier": Functional.BRIER,
    "performance.log_loss": Functional.LOG_LOSS,
    "performance.ks_calibration": Functional.KS_CALIBRATION,
    "performance.observed_expected": Functional.OBSERVED_EXPECTED,
}


@dataclass(frozen=True)
class Asked:
    """One critical criterion: a metric of the catalogue, over all rows or across the groups, and its threshold."""

    metric: str
    comparator: Comparator
    threshold: Decimal
    across: bool = False
    arguments: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        name = self.metric.partition(".")[2].replace("_", " ")
        return f"{name}{' by group' if self.across else ''} {self.comparator.sign} {self.threshold}"


def at_least(metric: str, threshold: str, *, across: bool = False) -> Asked:
    """A criterion "at least"."""
    return Asked(metric, Comparator.AT_LEAST, Decimal(threshold), across)


def at_most(metric: str, threshold: str, *, across: bool = False, **arguments: str) -> Asked:
    """A criterion "at most"."""
    return Asked(metric, Comparator.AT_MOST, Decimal(threshold), across, tuple(arguments.items()))


class Said(NamedTuple):
    """What the product decided, and what the same criteria on point estimates would have."""

    certified: bool
    point: bool


@dataclass
class Rule:
    """Critical criteria at one alpha, over rows cut into groups.

    Counts are int64[group, label, score]; ``scores`` are the distinct scores and rows from ``decide_at`` on are
    decided as 1. Decisions depend on counts only, so every assessment is kept and looked up.
    """

    asked: tuple[Asked, ...]
    alpha: float = ALPHA
    scores: tuple[float, ...] = (0.0, 1.0)
    decide_at: float = 0.5
    _kept: dict[tuple[int, Counts], Assessment] = field(default_factory=dict, repr=False)
    _decided: dict[tuple[int, ...], Said] = field(default_factory=dict, repr=False)

    def says(self, counts: Integers) -> Said:
        """Judge one table through the product."""
        found = [self.assessed(i, self.counted(i, counts)) for i in range(len(self.asked))]
        key = tuple(map(id, found))  # kept assessments live as long as the rule, so identity is a name
        if key not in self._decided:
            self._decided[key] = self.concluded(found)
        return self._decided[key]

    def concluded(self, found: list[Assessment]) -> Said:
        """Judge and decide."""
        checks = catalogue()
        required = tuple(
            (a.criterion, a.tier, checks[q.metric].metric.stage)
            for a, q in zip(found, self.asked, strict=True)
        )
        stages = tuple(dict.fromkeys(stage for _, _, stage in required))
        decision = decide(judge(found), Required(required, stages))
        point = all(a.point_passes is True and not a.undefined for a in found)
        return Said(decision.outcome is Outcome.CERTIFIED, point)

    def counted(self, i: int, counts: Integers) -> Counts:
        """What the check of a criterion counts."""
        asked = self.asked[i]
        return catalogue()[asked.metric].count(
            self._view(counts, across=asked.across),
            across="group" if asked.across else None,
            arguments=dict(asked.arguments),
        )

    def assessed(self, i: int, measured: Counts) -> Assessment:
        """The assessment of what was counted, kept."""
        key = (i, measured)
        if key not in self._kept:
            asked = self.asked[i]
            self._kept[key] = assess(
                Statistic(asked.metric, "group" if asked.across else "", "test", measured),
                assessment.Asked(f"{i}: {asked}", asked.comparator, asked.threshold, self.alpha),
            )
        return self._kept[key]

    def forget(self) -> None:
        """Drop what was kept, to save memory between unrelated tables."""
        self._kept.clear()
        self._decided.clear()

    def _view(self, counts: Integers, *, across: bool) -> OutcomeView:
        scored = len(self.scores) > 2
        scores = np.array(self.scores if scored else (), dtype=np.float64)
        decisions = self.decisions(counts)

        def group(label: str, decided: Integers, by_score: Integers) -> GroupOutcomes:
            rows = by_score if scored else np.zeros((2, 0), dtype=np.int64)
            return GroupOutcomes(label, decided, scores, rows)

        overall = group("", decisions.sum(axis=0), counts.sum(axis=0))
        groups = tuple(group(f"g{g}", decisions[g], counts[g]) for g in range(len(counts)))
        return OutcomeView(overall, groups if across else (), favourable=1)

    def decisions(self, counts: Integers) -> Integers:
        """int64[..., group, label, score] as int64[..., group, label, decision]."""
        if len(self.scores) == 2:
            return counts
        cut = int(np.searchsorted(self.scores, self.decide_at))
        return np.stack((counts[..., :cut].sum(axis=-1), counts[..., cut:].sum(axis=-1)), axis=-1)

    # --- many tables at once ------------------------------------------------------------------------------------

    def may_certify(self, counts: Integers) -> Booleans:
        """Which of many tables could be certified: those that no criterion rules out clearly."""
        return self._screened(counts, self._may_pass)

    def point_certifies(self, counts: Integers) -> Booleans:
        """Which of many tables the point estimates certify; exact integers, as in the product."""
        return self._screened(counts, self._point_passes)

    def certified(self, counts: Integers) -> Booleans:
        """Which of many tables the product certifies; it is asked about every table that is not ruled out."""
        result = self.may_certify(counts)
        for at in np.flatnonzero(result):
            result[at] = self.says(counts[at]).certified
        return result

    def _screened(self, counts: Integers, test: Callable[[Asked, Integers], Booleans]) -> Booleans:
        alive = np.ones(len(counts), dtype=bool)
        for asked in sorted(self.asked, key=lambda a: a.metric not in SHAPES):  # the cheap ones first
            at = np.flatnonzero(alive)
            alive[at] = test(asked, counts[at])
        return alive

    def _may_pass(self, asked: Asked, counts: Integers) -> Booleans:
        if asked.metric not in SHAPES:
            return self._scores_pass(asked, counts, self.alpha * SCREEN)
        level = self.alpha * SCREEN
        result = np.ones(len(counts), dtype=bool)
        for x, n in self._families(asked, counts):
            defined: Booleans = np.all(n > 0, axis=1)
            result &= defined
            x, n = np.where(defined[:, None], x, 0), np.where(defined[:, None], n, 1)
            result &= _passes(asked, SHAPES[asked.metric].compare, x, n, level)
        return result

    def _point_passes(self, asked: Asked, counts: Integers) -> Booleans:
        if asked.metric not in SHAPES:
            return self._scores_pass(asked, counts, None)
        result = np.ones(len(counts), dtype=bool)
        for x, n in self._families(asked, counts):
            result &= (n > 0).all(axis=1)
            result &= _point(asked, SHAPES[asked.metric].compare, x, n)
        return result

    def _families(self, asked: Asked, counts: Integers) -> list[tuple[Integers, Integers]]:
        decisions = self.decisions(counts)
        cells = decisions if asked.across else decisions.sum(axis=1, keepdims=True)
        return [family(cells) for family in SHAPES[asked.metric].families]

    def _scores_pass(self, asked: Asked, counts: Integers, level: float | None) -> Booleans:
        cells = counts if asked.across else counts.sum(axis=1, keepdims=True)
        return np.array([self._score_passes(asked, table, level) for table in cells], dtype=bool)

    def _score_passes(self, asked: Asked, table: Integers, level: float | None) -> bool:
        """By the limit itself rather than by the p-value that the product inverts from it."""
        tau = float(asked.threshold)
        for negatives, positives in table:
            try:
                bound = RULES[FUNCTIONALS[asked.metric]](
                    ScoreCounts(np.array(self.scores), negatives, positives), level or self.alpha
                )
            except Undefined:
                return False
            if asked.comparator is Comparator.AT_LEAST:
                good = (bound.estimate if level is None else bound.lower) >= tau
            else:
                good = (bound.estimate if level is None else bound.upper) <= tau
            if not good:
                return False
        return True


def _passes(asked: Asked, compare: Compare, x: Integers, n: Integers, level: float) -> Booleans:
    tau = float(asked.threshold)
    if compare is Compare.EACH:
        p = (p_at_least if asked.comparator is Comparator.AT_LEAST else p_at_most)(x, n, tau)
        each: Booleans = np.all(p <= level, axis=1)
        return each
    ratio, margin = (tau, 0.0) if compare is Compare.RATIO else (1.0, -tau)
    result = np.ones(len(x), dtype=bool)
    for a in range(x.shape[1]):
        for b in range(x.shape[1]):
            at = np.flatnonzero(result)
            if a != b and at.size:
                limits = contrast_limits(
                    x[at, a], n[at, a], x[at, b], n[at, b], ratio=ratio, alpha=min(level, 0.5)
                )
                result[at] = limits.lower >= margin - 1e-9
    return result


def _point(asked: Asked, compare: Compare, x: Integers, n: Integers) -> Booleans:
    tau = Fraction(asked.threshold)
    top, bottom = tau.numerator, tau.denominator
    if compare is Compare.EACH:
        good = x * bottom >= top * n if asked.comparator is Comparator.AT_LEAST else x * bottom <= top * n
        each: Booleans = np.all(good, axis=1)
        return each
    result = np.ones(len(x), dtype=bool)
    if compare is Compare.RATIO:
        result &= (x > 0).any(axis=1)  # no group is ever selected: undefined
    for a in range(x.shape[1]):
        for b in range(x.shape[1]):
            if a == b:
                continue
            one, two = x[:, a] * n[:, b], x[:, b] * n[:, a]
            both = n[:, a] * n[:, b]
            result &= (
                one * bottom >= top * two if compare is Compare.RATIO else (one - two) * bottom <= top * both
            )
    return result
