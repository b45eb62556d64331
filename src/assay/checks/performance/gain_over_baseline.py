"""Whether the model decides better than deciding alike for everybody."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.examples import ALL, outcomes
from assay.domain.evidence import Counts, Paired, PairedCell, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import GroupOutcomes, OutcomeView

CONSTANTS = {"always_0": (0,), "always_1": (1,), "either": (0, 1)}
"""Per choice of a baseline, the decisions that it makes for everybody; each of them is to be outdone."""


@check(
    id="performance.gain_over_baseline",
    title="Gain over the trivial baseline",
    estimand="The accuracy less that of deciding 0 for everybody, and less that of deciding 1 for everybody, whichever is smaller; in the "
    "worst group if groups are named.",
    unit=Unit.POINTS,
    reading="accuracy is {value} above that of the same decision for everybody[ ({group})]",
    need=Outcomes(),
    comparators=AT_LEAST,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    parameters={
        "baseline": Parameter(
            "Which decision for everybody is to be outdone: always_0, always_1, or either of them.",
            default="either",
            choices=tuple(CONSTANTS),
        )
    },
    examples=(
        Example(
            says="3,000 of 4,000 rows have label 0, and 3,500 are decided right: 500 more than by deciding 0 for everybody.",
            view=lambda: outcomes({ALL: (2800, 200, 300, 700)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.05",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Accuracy is 0.90, and 0.95 when everybody is decided as 0.",
            view=lambda: outcomes({ALL: (3520, 280, 120, 80)}),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Everybody is decided as 0, so nothing is gained over doing just that; that there is no loss is shown, that there is a "
            "gain is not.",
            view=lambda: outcomes({ALL: (3800, 0, 200, 0)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There are no rows.",
            view=lambda: outcomes({ALL: (0, 0, 0, 0)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.01",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def gain_over_baseline(view: OutcomeView, *, baseline: str) -> Counts:
    """How much more often the model is right than the same decision for everybody.

    Purpose:
        Tells a model that has learned something from one whose accuracy is that of the commoner label: with 95 % of one label, an
        accuracy of 0.95 takes no model.
    Method:
        On the same rows, those that only the model decides right less those that only the constant decision does, over all rows. Both
        constants are pieces and both must be outdone (intersection-union test, Berger 1982, Technometrics 24), so that nothing rests
        on which label is the commoner one here; the share that the commoner label has in the population is the better of the two. Each
        is a paired difference: verdicts by exact unconditional p-values (MOVER order, Newcombe 1998, Statistics in Medicine 17). A
        threshold of 0 asks for no loss, a positive one for a gain of that size.
    Limits:
        Accuracy counts both errors alike. Where they cost differently a model can be worth having without any gain here: ask for
        performance.expected_cost. One constant that is right less often than the other is no baseline, and the criterion not evaluable. A gain over deciding alike is the least that can be asked.
    Remedy:
        Look at the ranking (AUC) first: if it is good, the score at which 1 is decided is wrong; else the inputs tell little about the
        label.
    Oracle:
        The accuracy of scikit-learn's DummyClassifier with each constant (tests/checks/test_gains.py); the p-values by exact
        enumeration (tests/stats/test_paired.py).
    """
    if view.overall.n == 0:
        return NO_ROWS
    constants = CONSTANTS[baseline]
    if len(constants) == 1 and (straw := _straw(view.overall, *constants)):
        return straw
    return Paired(tuple(_against(group, constant) for group in view.each for constant in constants))


def _straw(overall: GroupOutcomes, constant: int) -> Undefined | None:
    """Why the named constant is no baseline: the other one is right more often."""
    right, other = (int(overall.counts[label].sum()) for label in (constant, 1 - constant))
    if right >= other:
        return None
    said = (
        f"Deciding {1 - constant} for everybody is right in {other:,} of {overall.n:,} rows, and deciding {constant} in {right:,}: a gain over the "
        "worse of the two takes no model. Ask for a gain over either."
    )
    return Undefined(Reason.NOT_MEASURED, said)


def _against(group: GroupOutcomes, constant: int) -> PairedCell:
    """What would get worse and better if everybody were decided as ``constant``."""
    other = 1 - constant
    return PairedCell(
        group.label, group.cell(other, other), group.cell(constant, other), group.n, f"deciding {constant}"
    )
