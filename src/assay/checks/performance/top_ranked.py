"""What the rows with the highest scores hold: precision and lift of a fixed share of all rows."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import scores_of_each
from assay.checks.examples import ALL, scored
from assay.domain.evidence import Counts, Functional, Ranked, Scores, Top, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Outcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.views import OutcomeView

SHARE = {
    "k": Parameter(
        "The share of all rows that is at the top, for example 0.05.",
        low=Decimal("0.0001"),
        high=Decimal("0.9999"),
    )
}
TENTH: dict[str, Decimal | int | str] = {"k": Decimal("0.1")}


def _good() -> OutcomeView:
    """10,000 rows of which 1,150 have label 1, and 850 of the 1,200 with the highest scores."""
    return scored({ALL: ((0.1, 6800, 80), (0.4, 1700, 220), (0.8, 300, 600), (0.95, 50, 250))})


def _poor() -> OutcomeView:
    """Of the 1,200 with the highest scores 150 have label 1, hardly more than of all."""
    return scored({ALL: ((0.1, 6230, 650), (0.4, 1690, 230), (0.8, 1050, 150))})


def _few() -> OutcomeView:
    return scored({ALL: ((0.1, 69, 1), (0.4, 18, 2), (0.8, 3, 7))})


def _no_rows() -> OutcomeView:
    return scored({ALL: ()})


@check(
    id="performance.precision_at_k",
    title="Precision at k",
    estimand="The share of label 1 among the rows that reach the score which a share k of all rows reaches; in the worst group if groups "
    "are named.",
    unit=Unit.SHARE,
    reading="of the cases with the highest scores[ for {group}] (a share of {k}), {value} have {label} = 1",
    need=Outcomes(),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    parameters=SHARE,
    examples=(
        Example(
            says="Of the 1,200 rows that reach the score of a tenth 850 have label 1.",
            view=_good,
            comparator=Comparator.AT_LEAST,
            threshold="0.60",
            verdict=Verdict.PASS,
            arguments=TENTH,
        ),
        Example(
            says="Of the 1,200 rows that reach it 150 have label 1.",
            view=_poor,
            comparator=Comparator.AT_LEAST,
            threshold="0.20",
            verdict=Verdict.FAIL,
            arguments=TENTH,
        ),
        Example(
            says="7 of 10 do not show 50 %.",
            view=_few,
            comparator=Comparator.AT_LEAST,
            threshold="0.50",
            verdict=Verdict.INCONCLUSIVE,
            arguments=TENTH,
        ),
        Example(
            says="There are no rows.",
            view=_no_rows,
            comparator=Comparator.AT_LEAST,
            threshold="0.20",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=TENTH,
        ),
    ),
)
def precision_at_k(view: OutcomeView, *, k: Decimal) -> Counts:
    """How many of the cases with the highest scores have label 1.

    Purpose:
        Fits a use in which only so many cases can be worked on, whatever their scores: the audits, calls or beds that there are.
    Method:
        The score t that a share k of the population reaches is a quantile that is not known. Every score that the rows do not exclude
        as t (binomial tests at alpha / 4 on each side; Conover 1999, 3.2) must have a Clopper-Pearson limit at alpha / 2 on the good
        side: exact for every number of rows, ties and all.
    Limits:
        Rows with the same score are all in or all out, so that more than a share k may be at the top; where scores were kept on a grid,
        so are the rows of a bin. It rests on the share of label 1 in the rows, which must be that of the use.
    Remedy:
        See the ROC curve near its origin: only the ranking of the highest scores counts here.
    Oracle:
        Sorting the rows (numpy); the share of limits that err by simulation with the true value known (tests/stats/test_top.py).
    """
    return _top(view, Top.PRECISION, k)


@check(
    id="performance.lift",
    title="Lift at k",
    estimand="The share of label 1 among the rows that reach the score which a share k of all rows reaches, divided by the share of label 1 "
    "among all rows; in the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="among the cases with the highest scores[ for {group}] (a share of {k}), {label} = 1 is {value} times as common as among all",
    need=Outcomes(),
    comparators=AT_LEAST,
    high=None,
    settled=Settled(Settles.INVERSE, ("k",)),
    across=Across.OPTIONAL,
    parameters=SHARE,
    examples=(
        Example(
            says="850 of the highest 1,200, and 1,150 of all 10,000.",
            view=_good,
            comparator=Comparator.AT_LEAST,
            threshold="5",
            verdict=Verdict.PASS,
            arguments=TENTH,
        ),
        Example(
            says="150 of the highest 1,200, and 1,030 of all 10,000.",
            view=_poor,
            comparator=Comparator.AT_LEAST,
            threshold="2",
            verdict=Verdict.FAIL,
            arguments=TENTH,
        ),
        Example(
            says="7 of 10 against 10 of 100.",
            view=_few,
            comparator=Comparator.AT_LEAST,
            threshold="5",
            verdict=Verdict.INCONCLUSIVE,
            arguments=TENTH,
        ),
        Example(
            says="There are no rows.",
            view=_no_rows,
            comparator=Comparator.AT_LEAST,
            threshold="2",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=TENTH,
        ),
    ),
)
def lift(view: OutcomeView, *, k: Decimal) -> Counts:
    """How much commoner label 1 is at the top than in all.

    Purpose:
        Says what the model adds to choosing at random, where a share k of the cases is worked on.
    Method:
        Precision at k divided by the base rate. The score, the precision and the base rate have alpha / 3 each (Bonferroni), with the
        quantile's distribution-free interval (Conover 1999, 3.2) and Clopper-Pearson limits: exact, and wider than need be, since the
        rows at the top are among all.
    Limits:
        The largest lift possible is 1 / k, or one over the base rate where that is more than k. See precision at k.
    Remedy:
        See the ROC curve near its origin: only the ranking of the highest scores counts here.
    Oracle:
        Sorting the rows (numpy); the share of limits that err by simulation with the true value known (tests/stats/test_top.py).
    """
    return _top(view, Top.LIFT, k)


def _top(view: OutcomeView, top: Top, k: Decimal) -> Counts:
    found = scores_of_each(view, Functional.AUC, both_classes=top is Top.LIFT)
    if isinstance(found, Scores):
        return Ranked(found.cells, top, float(k))
    assert isinstance(found, Undefined)  # noqa: S101 - it is the other one
    return found
