"""Errors of the same kind for all."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import rates_compared
from assay.checks.examples import outcomes
from assay.domain.evidence import Compare, Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import OutcomeView


@check(
    id="fairness.treatment_equality",
    title="Treatment equality difference",
    estimand="The largest difference between two groups, or a group and the reference, in the share of errors that are false negatives.",
    unit=Unit.POINTS,
    reading="errors are false negatives {value} more often for {one} than for {two}",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="Two of three errors are false negatives in both groups.",
            view=lambda: outcomes({"women": (1800, 400, 800, 1600), "men": (1350, 300, 600, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="A third and two thirds of the errors are false negatives.",
            view=lambda: outcomes({"women": (1800, 800, 400, 1600), "men": (1350, 300, 600, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="Nobody of one group is decided wrong.",
            view=lambda: outcomes({"women": (1800, 0, 0, 1600), "men": (1350, 300, 600, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def treatment_equality(view: OutcomeView, *, reference: str | None = None) -> Counts:
    """The share of wrong decisions that are false negatives, in each group, compared as a difference.

    Purpose:
        Shows whether the errors that are made favour one group: where a wrong decision helps, it is a favour when it is of the
        one kind and a harm when it is of the other.
    Method:
        False negatives, of all wrong decisions of the group. Treatment equality asks for equal ratios of false negatives to false
        positives (Berk et al. 2021, Sociological Methods & Research 50); they are equal exactly when these shares are, and shares exist
        where a ratio does not. Every ordered pair of groups, or each group against the reference, is one piece. Differences are bounded by MOVER with
        Clopper-Pearson limits (Zou & Donner 2008) and an audit of the exact size.
    Limits:
        Says nothing about how many errors are made: a group with one error in a thousand may look worse than one with many. Undefined for
        a group without errors. Trusts the labels.
    Remedy:
        Choose the threshold with both kinds of error in view; see fairness.error_cost for what they cost.
    Oracle:
        the ratio of false negatives to false positives by scikit-learn's confusion_matrix (tests/checks/test_error_parities.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    return rates_compared(
        view,
        {"": lambda group: (group.cell(1, 0), group.n - group.correct)},
        Compare.DIFFERENCE,
        reference=reference,
        lacking=Reason.ZERO_DENOMINATOR,
        detail="No decision is wrong.",
    )
