"""How many of the cases are found."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import rate_of_each
from assay.checks.counting.decision_rates import count_of
from assay.checks.examples import ALL, outcomes
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import OutcomeView


@check(
    id="performance.recall",
    title="Recall (true-positive rate)",
    estimand="The share of rows with label 1 that are decided as 1, in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases with {label} = 1[ for {group}] are found",
    need=Outcomes(),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="900 of 1,000 cases are found.",
            view=lambda: outcomes({ALL: (3500, 500, 100, 900)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.PASS,
        ),
        Example(
            says="700 of 1,000 cases are found.",
            view=lambda: outcomes({ALL: (3500, 500, 300, 700)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No row has label 1.",
            view=lambda: outcomes({ALL: (3500, 500, 0, 0)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.NOT_EVALUABLE,
        ),
        Example(
            says="One group has no row with label 1, so nothing is said about it.",
            view=lambda: outcomes({"women": (3500, 500, 0, 0), "men": (3500, 500, 100, 900)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def recall(view: OutcomeView) -> Counts:
    """The share of rows with label 1 that are found.

    Purpose:
        Shows how many of the events that the model is there to find (defaults, relapses, frauds) it finds.
    Method:
        Rows with label 1 decided as 1, of all rows with label 1; each group is one piece and all must hold
        (intersection-union test, Berger 1982, Technometrics 24). One-sided Clopper-Pearson bound (Clopper &
        Pearson 1934, Biometrika 26).
    Limits:
        Deciding 1 for everyone gives 1.0; always pair it with precision or the false-positive rate. The rows
        that count are those with label 1.
    Remedy:
        Lower the score at which 1 is decided, if the false positives this brings are acceptable; else look
        for inputs that separate the missed cases.
    Oracle:
        scikit-learn's recall_score (tests/checks/test_against_oracles.py); the bound by exact enumeration
        (tests/stats/test_rates.py).
    """
    return rate_of_each(
        view,
        count_of("recall"),
        lacking=Reason.ONE_CLASS_ONLY,
        detail="No row has label 1.",
    )
