"""How far a positive decision can be trusted."""

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
    id="performance.precision",
    title="Precision (positive predictive value)",
    estimand="The share of rows decided as 1 whose true label is 1, in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the decisions for {label} = 1[ for {group}] are right",
    need=Outcomes(),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Of 1,000 rows decided as 1, 700 have label 1.",
            view=lambda: outcomes({ALL: (3500, 300, 100, 700)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.60",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 1,000 rows decided as 1, 500 have label 1.",
            view=lambda: outcomes({ALL: (3500, 500, 100, 500)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.60",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No row is decided as 1.",
            view=lambda: outcomes({ALL: (3500, 0, 500, 0)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.60",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def precision(view: OutcomeView) -> Counts:
    """The share of positive decisions that are right.

    Purpose:
        Shows how often somebody who is decided as 1 (refused, investigated, treated) truly is one.
    Method:
        Rows decided as 1 with label 1, of all rows decided as 1; each group is one piece and all must hold
        (intersection-union test, Berger 1982, Technometrics 24). One-sided Clopper-Pearson bound (Clopper &
        Pearson 1934, Biometrika 26) given the number of positive decisions.
    Limits:
        Depends on how frequent label 1 is in the test rows: it does not carry over to a population with
        another base rate. Undefined when nobody is decided as 1.
    Remedy:
        Raise the score at which 1 is decided, if the cases this misses are acceptable; else look for inputs
        that separate the false alarms.
    Oracle:
        scikit-learn's precision_score (tests/checks/test_against_oracles.py); the bound by exact
        enumeration (tests/stats/test_rates.py).
    """
    return rate_of_each(
        view,
        count_of("precision"),
        lacking=Reason.ZERO_DENOMINATOR,
        detail="No row is decided as 1.",
    )
