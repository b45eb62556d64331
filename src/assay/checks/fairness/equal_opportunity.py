"""Equal chances for those who deserve the favourable decision."""

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
    id="fairness.equal_opportunity",
    title="Equal opportunity difference",
    estimand="The largest difference between two groups, or a group and the reference, in the favourable-decision "
    "rate among rows whose true label is the favourable one.",
    unit=Unit.POINTS,
    reading="among cases with {label} = {favourable}, favourable decisions are {value} more frequent for "
    "{one} than for {two}",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="Of those who repay, 92 % of both groups are approved (0 = repays is favourable).",
            view=lambda: outcomes(
                {"women": (1840, 160, 300, 300), "men": (1380, 120, 200, 300)}, favourable=0
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="Of those who repay, 70 % of one group and 92 % of the other are approved.",
            view=lambda: outcomes(
                {"women": (1400, 600, 300, 300), "men": (1380, 120, 200, 300)}, favourable=0
            ),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="Forty people who repay are too few to show it.",
            view=lambda: outcomes({"over 60": (36, 4, 5, 5), "others": (1840, 160, 300, 300)}, favourable=0),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
            across="age",
        ),
        Example(
            says="Nobody in one group has the favourable label.",
            view=lambda: outcomes({"over 60": (0, 0, 5, 5), "others": (1840, 160, 300, 300)}, favourable=0),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.NOT_EVALUABLE,
            across="age",
        ),
    ),
)
def equal_opportunity(view: OutcomeView, *, reference: str | None = None) -> Counts:
    """The favourable-decision rate of each group among rows that deserve it, compared as a difference.

    Purpose:
        Shows whether people who would have turned out well are wrongly refused more often in one group: the
        gap of wrongful refusals.
    Method:
        Rows with the favourable decision, of the group's rows whose true label is the favourable one; every
        ordered pair of groups, or each group against the reference, is one piece. (Hardt, Price & Srebro
        2016, NeurIPS, arXiv:1610.02413.) Differences are bounded by MOVER with Clopper-Pearson limits (Zou &
        Donner 2008) and an audit of the exact size.
    Limits:
        Says nothing about those whose true label is the unfavourable one; trusts the labels, which in lending
        exist only for those who were once approved. The rows that count are those with the favourable label,
        so small groups are often inconclusive.
    Remedy:
        Collect more informative inputs for the group that is wrongly refused, or choose thresholds with the
        gap in view; then certify the new model on fresh rows.
    Oracle:
        fairlearn's equal_opportunity_difference (tests/checks/test_against_oracles.py); the bound by exact
        enumeration (tests/stats/test_exact_size.py).
    """
    deserved = view.favourable
    return rates_compared(
        view,
        {"": lambda group: (group.cell(deserved, deserved), group.labelled(deserved))},
        Compare.DIFFERENCE,
        reference=reference,
        lacking=Reason.ONE_CLASS_ONLY,
        detail="No row has the favourable label.",
    )
