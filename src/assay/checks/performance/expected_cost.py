"""What the decisions cost, in the units of the use case."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.examples import ALL, outcomes
from assay.domain.evidence import Counts, MeanCell, Means, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Outcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import GroupOutcomes, OutcomeView

LARGEST = Decimal(10**12)


def _cost(what: str, default: Decimal | None = None) -> Parameter:
    return Parameter(f"What {what} costs; a gain is negative.", default=default, low=-LARGEST, high=LARGEST)


def _arguments(fp: int, fn: int, *, tp: int = 0) -> dict[str, Decimal | int | str]:
    return {"cost_fp": Decimal(fp), "cost_fn": Decimal(fn), "cost_tp": Decimal(tp)}


@check(
    id="performance.expected_cost",
    title="Expected cost of a decision",
    estimand="The mean cost of a decision, by what a false positive, a false negative and a right decision cost; in the worst group if "
    "groups are named.",
    unit=Unit.NUMBER,
    reading="a decision[ for {group}] costs {value} on average[ (in {unit})], of {cost_fp} for a false positive, {cost_fn} for a false negative, and {cost_tp} and {cost_tn} for right decisions of 1 and 0",
    need=Outcomes(),
    comparators=AT_MOST,
    low=None,
    high=None,
    settled=Settled(Settles.SPREAD, ("cost_fp", "cost_fn", "cost_tp", "cost_tn")),
    across=Across.OPTIONAL,
    parameters={
        "cost_fp": _cost("deciding 1 for a row with label 0"),
        "cost_fn": _cost("deciding 0 for a row with label 1"),
        "cost_tp": _cost("deciding 1 for a row with label 1", ZERO),
        "cost_tn": _cost("deciding 0 for a row with label 0", ZERO),
        "unit": Parameter("The unit of the costs, in words, for example: euros.", default=""),
    },
    examples=(
        Example(
            says="100 wrongful refusals at 1 and 50 losses at 10 make 600 in 4,000 decisions: 0.15 each.",
            view=lambda: outcomes({ALL: (3400, 100, 50, 450)}),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.PASS,
            arguments=_arguments(1, 10),
        ),
        Example(
            says="The same decisions where a loss costs 20: 0.275 each.",
            view=lambda: outcomes({ALL: (3400, 100, 50, 450)}),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.FAIL,
            arguments=_arguments(1, 20),
        ),
        Example(
            says="Each case that is found saves 3, so that a decision gains 0.1875.",
            view=lambda: outcomes({ALL: (3400, 100, 50, 450)}),
            comparator=Comparator.AT_MOST,
            threshold="-0.10",
            verdict=Verdict.PASS,
            arguments=_arguments(1, 10, tp=-3),
        ),
        Example(
            says="40 decisions without one costly error do not show that there are none.",
            view=lambda: outcomes({ALL: (30, 2, 0, 8)}),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.INCONCLUSIVE,
            arguments=_arguments(1, 10),
        ),
    ),
)
def expected_cost(
    view: OutcomeView,
    *,
    cost_fp: Decimal,
    cost_fn: Decimal,
    cost_tp: Decimal,
    cost_tn: Decimal,
    unit: str,  # noqa: ARG001 - for the reading
) -> Counts:
    """The mean cost of a decision.

    Purpose:
        Weighs both kinds of error as they weigh in the use case: in lending a loss may cost ten wrongful refusals, in triage the other
        way round. The costs are part of the specification, agreed before any result exists.
    Method:
        Each row costs what its label and its decision say; the mean over all rows is the expected loss of decision theory (Elkan 2001,
        "The foundations of cost-sensitive learning", IJCAI). A mean of values between the smallest and the largest of the four costs:
        the more cautious of t and Gaffke's limit (2005), which counts one more row of the largest cost and whose size is simulated;
        below 100 rows an exact mixture of bets.
    Limits:
        Costs are the same for every row of a cell, whatever the amount at stake. A cost that nobody bears in money has to be agreed by
        somebody, and the charter should say by whom. Costs and the share of label 1 in the test rows decide together: it must be that
        of the use.
    Remedy:
        Move the score at which 1 is decided to cost_fp / (cost_fp + cost_fn) if scores are calibrated and right decisions cost nothing;
        else look where the dear errors are.
    Oracle:
        The mean of scikit-learn's confusion_matrix times the costs (tests/checks/test_costs.py); the bounds by an exact sum over all
        tables of few rows (the same) and by simulation (docs/guarantee.md).
    """
    if view.overall.n == 0:
        return NO_ROWS
    costs = {(0, 1): float(cost_fp), (1, 0): float(cost_fn), (1, 1): float(cost_tp), (0, 0): float(cost_tn)}
    low, high = min(costs.values()), max(costs.values())
    if low == high:
        return Undefined(
            Reason.NOT_MEASURED, "All four costs are the same, so no decision costs more than another."
        )
    return Means(tuple(_cell(group, costs) for group in view.each), low, high)


def _cell(group: GroupOutcomes, costs: dict[tuple[int, int], float]) -> MeanCell:
    rows: Counter[float] = Counter()
    for (label, decided), cost in costs.items():
        rows[cost] += group.cell(label, decided)
    found = sorted((cost, n) for cost, n in rows.items() if n)
    return MeanCell(group.label, tuple(cost for cost, _ in found), tuple(n for _, n in found))
