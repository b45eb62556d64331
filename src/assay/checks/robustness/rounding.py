"""Numbers stored with fewer digits."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import pairs_of_each
from assay.checks.examples import ALL, paired
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Perturbed
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.changes import round_numbers
from assay.tally.views import PairedView


@check(
    id="robustness.rounding",
    title="Robustness to rounding",
    estimand="The drop in accuracy when every numeric input is rounded to a few significant digits; in the worst group "
    "if groups are named.",
    unit=Unit.POINTS,
    reading="accuracy[ for {group}] drops by {value} when inputs are rounded to {digits} digits",
    need=Perturbed(change=round_numbers),
    comparators=AT_MOST,
    ideal=ZERO,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    parameters={
        "digits": Parameter(
            "Significant digits that are kept.", default=2, low=Decimal(1), high=Decimal(6), integer=True
        )
    },
    examples=(
        Example(
            says="Of 5,000 rows 20 turn wrong and 25 turn right.",
            view=lambda: paired({ALL: (4080, 20, 25, 875)}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 5,000 rows 300 turn wrong and 100 turn right.",
            view=lambda: paired({ALL: (3800, 300, 100, 800)}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Fifty rows cannot show a drop of at most 1 point.",
            view=lambda: paired({ALL: (40, 1, 1, 8)}),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.INCONCLUSIVE,
        ),
    ),
)
def rounding(view: PairedView) -> Counts:
    """The drop in accuracy when numbers are rounded, row by row.

    Purpose:
        Shows whether decisions hang on digits that carry no information: amounts typed to the nearest
        hundred, sources that store less exactly.
    Method:
        Each row is predicted as it is and with every numeric input rounded to the given number of significant
        digits, half to even. The codes of categories are not touched. The drop is (rows that turn wrong -
        rows that turn right) / rows, bounded as a paired difference: MOVER limits with Clopper-Pearson limits
        and their correlation (Newcombe 1998, Statistics in Medicine 17), verdicts by exact unconditional
        p-values. (Kinds of test: ISO/IEC TR 24029-1:2021.)
    Limits:
        Significant digits are coarse for large numbers and do nothing to counts below ten. All inputs are
        rounded alike, whatever their real precision.
    Remedy:
        Coarsen the inputs in training as they will be in use; regularise; look for splits on exact values.
    Oracle:
        numbers rounded by decimal arithmetic (tests/checks/test_perturbation.py); the bound by exact
        enumeration (tests/stats/test_paired.py).
    """
    return pairs_of_each(view)
