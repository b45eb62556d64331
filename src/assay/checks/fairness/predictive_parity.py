"""Equal meaning of a decision."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import rates_compared
from assay.checks.examples import outcomes
from assay.domain.evidence import Compare, Counts
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import OutcomeView


@check(
    id="fairness.predictive_parity",
    title="Predictive parity difference",
    estimand="The largest difference between two groups, or a group and the reference, in the share of decisions of "
    "one kind that turn out right.",
    unit=Unit.POINTS,
    reading="decisions for {label} = {decision:positive=1,negative=0} are right {value} more often for "
    "{one} than for {two}",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    parameters={
        "decision": Parameter(
            "Which decision must be right equally often: positive (1, the positive predictive value) or negative "
            "(0, the negative predictive value).",
            default="positive",
            choices=("positive", "negative"),
        )
    },
    examples=(
        Example(
            says="Of those decided as 1, 80 % in both groups truly are.",
            view=lambda: outcomes({"women": (2000, 400, 400, 1600), "men": (1500, 300, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="Of those decided as 1, 50 % of one group and 80 % of the other truly are.",
            view=lambda: outcomes({"women": (2000, 1000, 400, 1000), "men": (1500, 300, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="The same rows, asked about decisions of 0: 83 % in both groups are right.",
            view=lambda: outcomes({"women": (2000, 1000, 400, 1000), "men": (1500, 300, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            arguments={"decision": "negative"},
            across="sex",
        ),
        Example(
            says="Nobody in one group is decided as 1.",
            view=lambda: outcomes({"women": (2000, 0, 400, 0), "men": (1500, 300, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def predictive_parity(view: OutcomeView, *, decision: str, reference: str | None = None) -> Counts:
    """The share of one kind of decision that is right, in each group, compared as a difference.

    Purpose:
        Shows whether the same decision means the same for all: whether "will default" is right as often for
        one group as for another.
    Method:
        Rows whose true label equals the decision, of the group's rows decided so; by default the decision 1
        (positive predictive value), else the decision 0 (negative predictive value). Every ordered pair of
        groups, or each group against the reference, is one piece. (Chouldechova 2017, Big Data 5,
        arXiv:1703.00056.) Differences are bounded by MOVER with Clopper-Pearson limits (Zou & Donner 2008)
        and an audit of the exact size.
    Limits:
        Cannot hold together with equalized odds where base rates differ and the model errs (Chouldechova
        2017). Says nothing about who is decided how. Undefined for a group that never receives the decision.
    Remedy:
        Calibrate the scores within each group, or add inputs that carry information for the group whose
        decisions are less often right.
    Oracle:
        scikit-learn's precision of each group (tests/checks/test_against_oracles.py); the bound by exact
        enumeration (tests/stats/test_exact_size.py).
    """
    value = 1 if decision == "positive" else 0
    return rates_compared(
        view,
        {"": lambda group: (group.cell(value, value), group.decided(value))},
        Compare.DIFFERENCE,
        reference=reference,
        lacking=Reason.ZERO_DENOMINATOR,
        detail=f"No row is decided as {value}.",
    )
