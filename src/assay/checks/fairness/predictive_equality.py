"""Equal false-positive rates."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import rates_compared
from assay.checks.counting.decision_rates import count_of
from assay.checks.examples import outcomes
from assay.domain.evidence import Compare, Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import OutcomeView


@check(
    id="fairness.predictive_equality",
    title="Predictive equality difference (false-positive rates)",
    estimand="The largest difference between the false-positive rates of two groups, or of a group and the reference.",
    unit=Unit.POINTS,
    reading="cases with {label} = 0 are decided as 1 {value} more often for {one} than for {two}",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="10 % of those with label 0 are decided as 1 in both groups.",
            view=lambda: outcomes({"women": (1800, 200, 400, 1600), "men": (1350, 150, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="30 % and 10 % of those with label 0 are decided as 1.",
            view=lambda: outcomes({"women": (1400, 600, 400, 1600), "men": (1350, 150, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="No row has label 0.",
            view=lambda: outcomes({"women": (0, 0, 400, 1600), "men": (0, 0, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def predictive_equality(view: OutcomeView, *, reference: str | None = None) -> Counts:
    """The share of rows with label 0 that are decided as 1, in each group, compared as a difference.

    Purpose:
        Shows whether people of one group are falsely accused, flagged or approved more often than those of another.
    Method:
        Rows decided as 1, of the group's rows with label 0. (Corbett-Davies et al. 2017, KDD, arXiv:1701.08230; Chouldechova 2017, Big Data 5.) Every ordered pair of groups, or each group against the reference, is one piece. Differences are bounded by MOVER with
        Clopper-Pearson limits (Zou & Donner 2008) and an audit of the exact size.
    Limits:
        Says nothing about rows with label 1: ask fairness.equal_opportunity or fairness.equalized_odds too. Cannot hold together with
        predictive parity where base rates differ and the model errs. Trusts the labels.
    Remedy:
        Look for inputs that raise the score of one group without its labels; choose the threshold with both error rates in view.
    Oracle:
        fairlearn's false_positive_rate_difference (tests/checks/test_error_parities.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    return rates_compared(
        view,
        {"": count_of("false_positive_rate")},
        Compare.DIFFERENCE,
        reference=reference,
        lacking=Reason.ONE_CLASS_ONLY,
        detail="No row has label 0.",
    )
