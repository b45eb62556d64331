"""The four-fifths rule."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.counting.cells import rates_compared
from assay.checks.examples import outcomes
from assay.domain.evidence import Compare, Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import Outcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import OutcomeView


@check(
    id="fairness.impact_ratio",
    title="Impact ratio (disparate impact)",
    estimand="The smallest ratio between the favourable-decision rates of two groups, or of a group and the reference, "
    "either over the other.",
    unit=Unit.SHARE,
    reading="favourable decisions are {value} as frequent for {one} as for {two}",
    need=Outcomes(),
    comparators=AT_LEAST,
    ideal=ONE,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="58 % and 60 % of 2,000 people each are approved.",
            view=lambda: outcomes({"women": (640, 160, 200, 1000), "men": (600, 200, 200, 1000)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="36 % and 60 % are approved: a ratio of 0.60.",
            view=lambda: outcomes({"women": (1080, 120, 200, 600), "men": (600, 200, 200, 1000)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="48 of 100 and 60 of 100: the ratio is exactly 0.80, which 200 rows cannot show.",
            view=lambda: outcomes({"women": (40, 8, 12, 40), "men": (30, 10, 10, 50)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.INCONCLUSIVE,
            reference="men",
            across="sex",
        ),
        Example(
            says="36 % and 60 % are approved, and the reference is who is treated worse: a ratio of 0.60 all the same.",
            view=lambda: outcomes({"women": (1080, 120, 200, 600), "men": (600, 200, 200, 1000)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            reference="women",
            across="sex",
        ),
        Example(
            says="Nobody is approved in any group, so there is no ratio.",
            view=lambda: outcomes({"women": (100, 0, 50, 0), "men": (100, 0, 50, 0)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def impact_ratio(view: OutcomeView, *, reference: str | None = None) -> Counts:
    """The favourable-decision rate of each group, compared as a ratio.

    Purpose:
        Shows whether a group receives the good decision much less often than another: the four-fifths rule of
        employment law, also used in lending and insurance.
    Method:
        Rows that receive the favourable decision, of all rows of the group; every ordered pair of groups is
        one piece; with a reference every pair with it, in both directions, for else the group that is treated worst,
        named as the reference, would meet any threshold. (29 CFR 1607.4(D), Uniform Guidelines on Employee
        Selection Procedures, 1978; New York City Local Law 144 of 2021.) A ratio of at least r is the
        contrast p1 - r p2 >= 0, bounded by MOVER with Clopper-Pearson limits (Zou & Donner 2008, Statistics
        in Medicine 27) and an audit of its exact size.
    Limits:
        Compares decisions, not whether they were right: groups that differ in their true outcomes differ here
        as well. Two small rates can have a large ratio between them and a negligible gap. Undefined when no
        group, or the reference, ever receives the favourable decision.
    Remedy:
        Look for inputs that stand in for the attribute, move the decision threshold, or re-weight the
        training data; then certify the new model on fresh rows.
    Oracle:
        fairlearn's demographic_parity_ratio (tests/checks/test_against_oracles.py); the bound by exact
        enumeration (tests/stats/test_exact_size.py).
    """
    return rates_compared(
        view,
        {"": lambda group: (group.decided(view.favourable), group.n)},
        Compare.RATIO,
        reference=reference,
        lacking=Reason.NO_ROWS,
        detail="No group has rows.",
    )
