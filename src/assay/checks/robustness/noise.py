"""Small errors of measurement in numeric inputs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import pairs_of_each
from assay.checks.examples import ALL, paired
from assay.domain.dictionary import NUMERIC
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Perturbed
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.changes import add_noise
from assay.tally.perturbation import ChangeContext
from assay.tally.views import PairedView

HARDLY = 0.01
"""The share of values below which a change of them tells nothing about errors in their column."""


def spared(names: Iterable[str], context: ChangeContext) -> tuple[str, ...]:
    """Inputs without a number or a spread, and whole numbers of which the noise seldom reaches the half that rounding takes away."""
    return tuple(name for name in names if _share_changed(name, context) < HARDLY)


def _share_changed(name: str, context: ChangeContext) -> float:
    """The expected share of values that become others."""
    deviation = context.number("scale") * context.spreads.get(name, 0.0)
    kind = context.kinds.get(name)
    if kind not in NUMERIC or deviation == 0:
        return 0.0
    # Two-sided tail of a normal error beyond one half: erfc(x / sqrt 2).
    return math.erfc(0.5 / deviation / math.sqrt(2)) if kind == "integer" else 1.0


@check(
    id="robustness.noise",
    title="Robustness to noise",
    estimand="The drop in accuracy when normal noise is added to every numeric input; in the worst group if groups are "
    "named.",
    unit=Unit.POINTS,
    reading="accuracy[ for {group}] drops by {value} under noise of {scale} standard deviations",
    need=Perturbed(change=add_noise, spares=spared, moves=0.5),
    comparators=AT_MOST,
    ideal=ZERO,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    parameters={
        "scale": Parameter(
            "Standard deviation of the noise, in standard deviations of the column on the reference data.",
            default=Decimal("0.1"),
            low=Decimal("0.001"),
            high=Decimal(10),
        )
    },
    examples=(
        Example(
            says="Of 5,000 rows 40 turn wrong and 30 turn right.",
            view=lambda: paired({ALL: (4060, 40, 30, 870)}),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 5,000 rows 400 turn wrong and 100 turn right.",
            view=lambda: paired({ALL: (3700, 400, 100, 800)}),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There are no rows.",
            view=lambda: paired({ALL: (0, 0, 0, 0)}),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def noise(view: PairedView) -> Counts:
    """The drop in accuracy under added noise, row by row.

    Purpose:
        Shows whether decisions survive the small errors that measuring and typing bring.
    Method:
        Each row is predicted as it is and with independent normal noise on every numeric input, the noise
        being a pure function of the seed, the column and the row. Integers are rounded again; the codes of
        categories are not touched. The drop is (rows that turn wrong - rows that turn right) / rows, bounded
        as a paired difference: MOVER limits with Clopper-Pearson limits and their correlation (Newcombe 1998,
        Statistics in Medicine 17), verdicts by exact unconditional p-values. (Kinds of test: ISO/IEC TR
        24029-1:2021.)
    Limits:
        One draw per row, errors independent between columns, no adversary: it shows average, not worst-case,
        robustness. Noise may leave a column's valid range. Of whole numbers with a spread of less than some two (at the default
        scale) it changes fewer than 1 in 100, and of what is no number none: the record names these inputs as untested. A model that ignores its inputs is perfectly
        robust.
    Remedy:
        Regularise, coarsen inputs that are measured less exactly than they are stored, or train with noise.
    Oracle:
        random numbers computed by hand (tests/checks/test_perturbation.py); the bound by exact enumeration
        (tests/stats/test_paired.py).
    """
    return pairs_of_each(view)
