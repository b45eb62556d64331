"""Equal chances whatever the true label."""

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
    id="fairness.equalized_odds",
    title="Equalized odds difference",
    estimand="The largest difference between two groups, or a group and the reference, in the favourable-decision "
    "rate among rows with the same true label, over both labels.",
    unit=Unit.POINTS,
    reading="among cases with {label} = {given}, favourable decisions are {value} more frequent for "
    "{one} than for {two}",
    need=Outcomes(),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="Both groups have a true-positive rate of 80 % and a false-positive rate of 10 %.",
            view=lambda: outcomes({"women": (1800, 200, 400, 1600), "men": (1350, 150, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="The true-positive rates agree; the false-positive rates are 30 % and 10 %.",
            view=lambda: outcomes({"women": (1400, 600, 400, 1600), "men": (1350, 150, 300, 1200)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="No row has label 1, so one of the two gaps does not exist.",
            view=lambda: outcomes({"women": (1800, 200, 0, 0), "men": (1350, 150, 0, 0)}),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def equalized_odds(view: OutcomeView, *, reference: str | None = None) -> Counts:
    """The favourable-decision rate of each group given the true label, compared as differences.

    Purpose:
        Shows whether one group is wrongly refused or wrongly approved more often than another.
    Method:
        Two families of rates, one for each true label: rows with the favourable decision, of the group's rows
        with that label. Rates are compared within a family only; all pairs of both families must hold
        (intersection-union test, Berger 1982, Technometrics 24). The gaps equal those of the true-positive
        and false-positive rates. (Hardt, Price & Srebro 2016, NeurIPS, arXiv:1610.02413.) Differences are
        bounded by MOVER with Clopper-Pearson limits (Zou & Donner 2008) and an audit of the exact size.
    Limits:
        Cannot hold together with predictive parity where base rates differ and the model errs (Chouldechova
        2017). Trusts the labels. Power is that of the rarer label in the smallest group.
    Remedy:
        See which of the two families binds; collect more informative inputs for the group it harms, or choose
        thresholds with both gaps in view.
    Oracle:
        fairlearn's equalized_odds_difference (tests/checks/test_against_oracles.py); the bound by exact
        enumeration (tests/stats/test_exact_size.py).
    """
    good = view.favourable
    return rates_compared(
        view,
        {
            "label 0": lambda group: (group.cell(0, good), group.labelled(0)),
            "label 1": lambda group: (group.cell(1, good), group.labelled(1)),
        },
        Compare.DIFFERENCE,
        reference=reference,
        lacking=Reason.ONE_CLASS_ONLY,
        detail="All rows have the same label; the rates given the other one do not exist.",
    )
