"""Equal shares of right decisions."""

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
    id="fairness.accuracy_parity",
    title="Accuracy parity difference (overall accuracy equality)",
    estimand="The largest difference between two groups, or a group and the reference, in the share of rows decided right.",
    unit=Unit.POINTS,
    reading="decisions are right {value} more often for {one} than for {two}",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="85 % of both groups are decided right.",
            view=lambda: outcomes({"women": (1800, 200, 400, 1600), "men": (1350, 150, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="60 % and 85 % are decided right.",
            view=lambda: outcomes({"women": (1200, 800, 800, 1200), "men": (1350, 150, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="One group has no rows.",
            view=lambda: outcomes({"women": (0, 0, 0, 0), "men": (1350, 150, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def accuracy_parity(view: OutcomeView, *, reference: str | None = None) -> Counts:
    """The share of rows that are decided as their label, in each group, compared as a difference.

    Purpose:
        Shows whether the model works worse for one group than for another, whatever its errors are.
    Method:
        Rows decided as their true label, of all rows of the group. (Overall accuracy equality: Berk et al. 2021, Sociological Methods & Research 50.) Every ordered pair of groups, or each group against the reference, is one piece. Differences are bounded by MOVER with
        Clopper-Pearson limits (Zou & Donner 2008) and an audit of the exact size.
    Limits:
        Errors of both kinds count alike: equal accuracy hides that one group is wrongly refused and another wrongly approved. Depends
        on base rates. Trusts the labels.
    Remedy:
        Collect more rows and better inputs for the group that the model works worse for.
    Oracle:
        fairlearn's MetricFrame of scikit-learn's accuracy_score (tests/checks/test_error_parities.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    return rates_compared(
        view,
        {"": count_of("accuracy")},
        Compare.DIFFERENCE,
        reference=reference,
        lacking=Reason.NO_ROWS,
        detail="No group has rows.",
    )
