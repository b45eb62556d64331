"""Equal rates of the favourable decision."""

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
    id="fairness.demographic_parity",
    title="Demographic parity difference",
    estimand="The largest difference between the favourable-decision rates of two groups, or of a group and the "
    "reference.",
    unit=Unit.POINTS,
    reading="favourable decisions are {value} more frequent for {one} than for {two}",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="58 % and 60 % of 2,000 people each are approved: a gap of 2 points.",
            view=lambda: outcomes({"women": (640, 160, 200, 1000), "men": (600, 200, 200, 1000)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="36 % and 60 % are approved: a gap of 24 points.",
            view=lambda: outcomes({"women": (1080, 120, 200, 600), "men": (600, 200, 200, 1000)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="The reference group is not in the data.",
            view=lambda: outcomes({"women": (640, 160, 200, 1000), "men": (600, 200, 200, 1000)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            reference="unknown",
            across="sex",
        ),
    ),
)
def demographic_parity(view: OutcomeView, *, reference: str | None = None) -> Counts:
    """The favourable-decision rate of each group, compared as a difference.

    Purpose:
        Shows whether the good decision is spread unevenly, in percentage points of each group: how many
        people per hundred are treated differently.
    Method:
        Rows that receive the favourable decision, of all rows of the group; every ordered pair of groups, or
        each group against the reference, is one piece. (Calders, Kamiran & Pechenizkiy 2009, ICDM Workshops;
        Dwork et al. 2012, ITCS.) Differences are bounded by MOVER with Clopper-Pearson limits (Zou & Donner
        2008) and an audit of the exact size.
    Limits:
        Ignores the true outcome: a model without error violates it where base rates differ. Small when all
        rates are small; read it together with the impact ratio.
    Remedy:
        Look for inputs that stand in for the attribute, move the decision threshold, or re-weight the
        training data; then certify the new model on fresh rows.
    Oracle:
        fairlearn's demographic_parity_difference (tests/checks/test_against_oracles.py); the bound by exact
        enumeration (tests/stats/test_exact_size.py).
    """
    return rates_compared(
        view,
        {"": lambda group: (group.decided(view.favourable), group.n)},
        Compare.DIFFERENCE,
        reference=reference,
        lacking=Reason.NO_ROWS,
        detail="No group has rows.",
    )
