"""How often the decision is right."""

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
    id="performance.accuracy",
    title="Accuracy",
    estimand="The share of rows that are decided as their true label, in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases[ for {group}] are decided right",
    need=Outcomes(),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="900 of 1,000 decisions are right.",
            view=lambda: outcomes({ALL: (500, 50, 50, 400)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.PASS,
        ),
        Example(
            says="800 of 1,000 decisions are right.",
            view=lambda: outcomes({ALL: (450, 100, 100, 350)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="18 of 20 decisions are right; twenty rows cannot show it.",
            view=lambda: outcomes({ALL: (9, 1, 1, 9)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="One group is well served, the other is not.",
            view=lambda: outcomes({"women": (350, 150, 150, 350), "men": (475, 25, 25, 475)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="There are no rows.",
            view=lambda: outcomes({ALL: (0, 0, 0, 0)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def accuracy(view: OutcomeView) -> Counts:
    """The share of right decisions.

    Purpose:
        Shows how often the decision, at the declared threshold of the score, agrees with what turned out to
        be true.
    Method:
        Rows decided as their true label, of all rows; each group is one piece and all must hold
        (intersection-union test, Berger 1982, Technometrics 24). One-sided Clopper-Pearson bound (Clopper &
        Pearson 1934, Biometrika 26).
    Limits:
        Both kinds of error weigh the same, and where one label is rare a model that never decides it scores
        well. Holds for the mix of labels of the test rows only.
    Remedy:
        Compare with the share of the more frequent label first. If the model is no better, look for more
        informative inputs; else see in recall and false-positive rate which error dominates.
    Oracle:
        scikit-learn's accuracy_score (tests/checks/test_against_oracles.py); the bound by exact enumeration
        (tests/stats/test_rates.py).
    """
    return rate_of_each(view, count_of("accuracy"), lacking=Reason.NO_ROWS, detail="No group has rows.")
