"""Inputs that get lost."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import pairs_of_each
from assay.checks.examples import ALL, paired
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Perturbed
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.changes import lose_values
from assay.tally.views import PairedView


@check(
    id="robustness.missingness",
    title="Robustness to missing values",
    estimand="The drop in accuracy when a share of all input values is lost at random; in the worst group if groups "
    "are named.",
    unit=Unit.POINTS,
    reading="accuracy[ for {group}] drops by {value} when a share of {share} of all values is missing",
    need=Perturbed(change=lose_values),
    comparators=AT_MOST,
    ideal=ZERO,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    parameters={
        "share": Parameter(
            "Probability with which each value is lost.",
            default=Decimal("0.05"),
            low=Decimal("0.001"),
            high=Decimal(1),
        )
    },
    examples=(
        Example(
            says="Of 5,000 rows 60 turn wrong and 40 turn right.",
            view=lambda: paired({ALL: (4040, 60, 40, 860)}),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 5,000 rows 500 turn wrong and 100 turn right.",
            view=lambda: paired({ALL: (3600, 500, 100, 800)}),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="One group has no rows.",
            view=lambda: paired({"women": (0, 0, 0, 0), "men": (4040, 60, 40, 860)}),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def missingness(view: PairedView) -> Counts:
    """The drop in accuracy when values are lost, row by row.

    Purpose:
        Shows whether decisions survive inputs that do not arrive: a form left blank, a source that is down.
    Method:
        Each row is predicted as it is and with every input value lost independently with the given
        probability, the loss being a pure function of the seed, the column and the row. Identifiers are kept.
        The drop is (rows that turn wrong - rows that turn right) / rows, bounded as a paired difference:
        MOVER limits with Clopper-Pearson limits and their correlation (Newcombe 1998, Statistics in Medicine
        17), verdicts by exact unconditional p-values. (Values lost completely at random: Rubin 1976,
        Biometrika 63.)
    Limits:
        Losses are independent of everything; real ones are not. A model that cannot read a missing value at
        all answers with an error, which is the verdict then: the subject must include its own imputation.
    Remedy:
        Use a model that handles missing values, or put the imputation into the model file; train with losses.
    Oracle:
        the share of values that is lost, counted (tests/checks/test_perturbation.py); the bound by exact
        enumeration (tests/stats/test_paired.py).
    """
    return pairs_of_each(view)
