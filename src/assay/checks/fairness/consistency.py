"""Nearly equal people get equal decisions."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.counting.cells import kept_of_each
from assay.checks.examples import paired
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Perturbed
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.perturbation import ChangeContext, Columns, uniforms, whole
from assay.tally.views import PairedView


def neighbour(columns: Columns, context: ChangeContext) -> Columns:
    """Move every number by at most ``distance`` standard deviations, evenly in both directions; whole numbers stay whole."""
    distance = context.number("distance")
    changed = dict(columns)
    for name in context.spread(columns):
        before = columns[name]
        step = (2 * uniforms(context.seed, name, context.rows) - 1) * distance * context.spreads[name]
        moved = before.astype(np.float64) + step
        changed[name] = whole(moved, before) if context.kinds[name] == "integer" else moved
    return changed


@check(
    id="fairness.consistency",
    title="Individual consistency",
    estimand="The share of rows that are decided like a near neighbour of theirs: the same person with all numbers moved a little, in "
    "the worst group.",
    unit=Unit.SHARE,
    reading="{value} of the decisions[ for {group}] are those of a near neighbour, all whose numbers were moved by up to {distance} standard deviations",
    need=Perturbed(change=neighbour, moves=0.5),
    comparators=AT_LEAST,
    ideal=ONE,
    across=Across.REQUIRED,
    parameters={
        "distance": Parameter(
            "How far each number moves at most, in standard deviations of the reference data.",
            default=Decimal("0.05"),
            low=Decimal("0.001"),
            high=Decimal(1),
        )
    },
    examples=(
        Example(
            says="Of 5,000 decisions of each group 40 change.",
            view=lambda: paired({"women": (4100, 25, 15, 860), "men": (4100, 20, 20, 860)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.98",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="Of 5,000 decisions about women 600 change.",
            view=lambda: paired({"women": (3600, 300, 300, 800), "men": (4100, 20, 20, 860)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.98",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="One group has no rows.",
            view=lambda: paired({"women": (0, 0, 0, 0), "men": (4100, 25, 15, 860)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.98",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def consistency(view: PairedView) -> Counts:
    """The share of decisions that stay as they are for a near neighbour.

    Purpose:
        Individual fairness asks that similar people are treated alike (Dwork et al. 2012, ITCS); a threshold that many people lie on
        treats them by chance.
    Method:
        Each row is predicted as it is and with every number moved by up to ``distance`` standard deviations, a pure function of the
        seed, the column and the row; the share of equal decisions has Clopper-Pearson limits (1934).
    Limits:
        Who is near is declared here as numbers alone and all of them alike; categories are kept, and nobody asked whether the moved
        row is a person that exists. It is not the consistency of neighbours that are in the data. A model that decides all alike is
        consistent. A whole number moves by at least one; where fewer than half of the rows of a group have a number that moved, the criterion is
        not evaluable.
    Remedy:
        Have decisions near the threshold looked at by people; use smoother inputs in place of steps.
    Oracle:
        a threshold on one number, whose share of changed decisions is known in closed form (tests/checks/test_counterfactual.py); the
        bound by exact enumeration (tests/stats/test_rates.py).
    """
    return kept_of_each(view)
