"""How often those without the event are decided as if they had it."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import rate_of_each
from assay.checks.counting.decision_rates import count_of
from assay.checks.examples import ALL, outcomes
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import OutcomeView


@check(
    id="performance.false_positive_rate",
    title="False-positive rate",
    estimand="The share of rows with label 0 that are decided as 1, in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases with {label} = 0[ for {group}] are decided {as_one}",
    need=Outcomes(),
    comparators=AT_MOST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Of 4,000 rows with label 0, 200 are decided as 1.",
            view=lambda: outcomes({ALL: (3800, 200, 300, 700)}),
            comparator=Comparator.AT_MOST,
            threshold="0.08",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 4,000 rows with label 0, 600 are decided as 1.",
            view=lambda: outcomes({ALL: (3400, 600, 300, 700)}),
            comparator=Comparator.AT_MOST,
            threshold="0.08",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No row has label 0.",
            view=lambda: outcomes({ALL: (0, 0, 300, 700)}),
            comparator=Comparator.AT_MOST,
            threshold="0.08",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def false_positive_rate(view: OutcomeView) -> Counts:
    """The share of rows with label 0 that are decided as 1.

    Purpose:
        Shows how many of those without the event bear the decision meant for those with it: the false alarms,
        and where 1 is a refusal, the wrongful refusals.
    Method:
        Rows with label 0 decided as 1, of all rows with label 0; each group is one piece and all must hold
        (intersection-union test, Berger 1982, Technometrics 24). One-sided Clopper-Pearson bound (Clopper &
        Pearson 1934, Biometrika 26).
    Limits:
        Deciding 0 for everyone gives 0; always pair it with recall. Where label 0 is very frequent a small
        rate is still many people: see precision.
    Remedy:
        Raise the score at which 1 is decided, if the cases this misses are acceptable; else look for inputs
        that separate the false alarms.
    Oracle:
        fairlearn's false_positive_rate (tests/checks/test_against_oracles.py); the bound by exact
        enumeration (tests/stats/test_rates.py).
    """
    return rate_of_each(
        view,
        count_of("false_positive_rate"),
        lacking=Reason.ONE_CLASS_ONLY,
        detail="No row has label 0.",
    )
