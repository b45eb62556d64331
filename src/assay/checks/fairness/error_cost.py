"""What errors cost a person of each group."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS, unfit_for_comparison
from assay.checks.examples import outcomes
from assay.domain.evidence import Combination, Combined, Counts, Rate, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Outcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import OutcomeView

COST = "What a {} costs the person, in the units of the use case."


@check(
    id="fairness.error_cost",
    title="Error cost gap",
    estimand="The largest difference between two groups, or of a group and the reference, in the expected cost of errors per person.",
    unit=Unit.NUMBER,
    reading="errors cost a person {value} more for {one} than for {two}, of {cost_fp} for a false positive and {cost_fn} for a false negative",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    high=None,
    settled=Settled(Settles.LARGEST, ("cost_fp", "cost_fn")),
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    parameters={
        "cost_fp": Parameter(
            COST.format("false positive (label 0, decided as 1)"),
            default=Decimal(1),
            low=ZERO,
            high=Decimal(1_000_000_000),
        ),
        "cost_fn": Parameter(
            COST.format("false negative (label 1, decided as 0)"),
            default=Decimal(1),
            low=ZERO,
            high=Decimal(1_000_000_000),
        ),
    },
    examples=(
        Example(
            says="A wrong refusal costs 10 and a wrong approval 1; both groups have 5 % and 10 % of them.",
            view=lambda: outcomes({"women": (1800, 200, 400, 1600), "men": (1800, 200, 400, 1600)}),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.PASS,
            across="sex",
            arguments={"cost_fp": Decimal(10), "cost_fn": Decimal(1)},
        ),
        Example(
            says="Of the women 20 % are wrongly refused, of the men 5 %: 1.5 more per person.",
            view=lambda: outcomes({"women": (1200, 800, 400, 1600), "men": (1800, 200, 400, 1600)}),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.FAIL,
            across="sex",
            arguments={"cost_fp": Decimal(10), "cost_fn": Decimal(1)},
        ),
        Example(
            says="One group has no rows.",
            view=lambda: outcomes({"women": (0, 0, 0, 0), "men": (1800, 200, 400, 1600)}),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
            arguments={"cost_fp": Decimal(10), "cost_fn": Decimal(1)},
        ),
    ),
)
def error_cost(
    view: OutcomeView, *, cost_fp: Decimal, cost_fn: Decimal, reference: str | None = None
) -> Counts:
    """The expected cost of errors per person of each group, compared as a difference.

    Purpose:
        Rates of errors weigh alike what may be a nuisance and what may be a ruin. This weighs them as the use case says and asks whether
        one group bears more.
    Method:
        (false positives x cost_fp + false negatives x cost_fn) / rows of the group, a cost-sensitive loss (Elkan 2001, IJCAI) by group;
        every ordered pair of groups, or each group against the reference, is one piece. The four rates have Clopper-Pearson limits at a
        quarter of alpha each (Bonferroni), which hold together however the errors go together.
    Limits:
        The costs are declared, and the verdict is no better than they are; that all persons bear the same cost is assumed. The box is
        cautious: it needs more rows than a gap of one rate. Groups with other base rates have other costs under the same threshold.
        Trusts the labels.
    Remedy:
        Move the threshold to where the dearer error is rarer, and collect better inputs for the group that bears more.
    Oracle:
        scikit-learn's confusion_matrix and exact fractions; the bound by exact enumeration (tests/checks/test_error_cost.py).
    """
    if view.overall.n == 0:
        return NO_ROWS
    if unfit := unfit_for_comparison([group.label for group in view.groups], reference):
        return unfit
    if not cost_fp and not cost_fn:
        return Undefined(Reason.ZERO_DENOMINATOR, "Neither kind of error is said to cost anything.")
    kinds = (("false positives", 0, 1), ("false negatives", 1, 0))
    cells = tuple(
        Rate(group.label, group.cell(truth, decided), group.n, kind)
        for kind, truth, decided in kinds
        for group in view.groups
    )
    costs = (float(cost_fp), float(cost_fn))
    return Combined(cells, Combination.EXPECTED_COST, reference, view.focus, costs)
