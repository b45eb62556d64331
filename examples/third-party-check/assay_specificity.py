"""How many of those without the event are recognised as such."""

from __future__ import annotations

from assay.checks import (
    ALL,
    AT_LEAST,
    Across,
    Comparator,
    Counts,
    Example,
    Outcomes,
    OutcomeView,
    Reason,
    Unit,
    Verdict,
    check,
    outcomes,
    rate_of_each,
)


@check(
    id="performance.specificity",
    title="Specificity (true-negative rate)",
    estimand="The share of rows with label 0 that are decided as 0, in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases with {label} = 0[ for {group}] are recognised as such",
    need=Outcomes(),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Of 1,000 rows with label 0, 950 are decided as 0.",
            view=lambda: outcomes({ALL: (950, 50, 100, 300)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 1,000 rows with label 0, 800 are decided as 0.",
            view=lambda: outcomes({ALL: (800, 200, 100, 300)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No row has label 0.",
            view=lambda: outcomes({ALL: (0, 0, 100, 300)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def specificity(view: OutcomeView) -> Counts:
    """The share of rows with label 0 that are decided as 0.

    Purpose:
        Shows how many healthy people a screening model leaves alone.
    Method:
        Rows with label 0 decided as 0, of all rows with label 0; each group is one piece and all must hold.
        (Altman & Bland 1994, "Diagnostic tests 1: sensitivity and specificity", BMJ 308.)
    Limits:
        Deciding 0 for everyone gives 1.0; always pair it with recall.
    Remedy:
        Raise the score at which 1 is decided, if the cases this misses are acceptable.
    """
    return rate_of_each(
        view,
        lambda group: (group.cell(0, 0), group.labelled(0)),
        lacking=Reason.ONE_CLASS_ONLY,
        detail="No row has label 0.",
    )
