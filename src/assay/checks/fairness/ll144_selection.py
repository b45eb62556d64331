"""The selection rate impact ratio of New York City's Local Law 144."""

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
    id="fairness.ll144_selection",
    title="Selection rate impact ratio (Local Law 144)",
    estimand="The smallest impact ratio of a category: its selection rate divided by that of the most selected category.",
    unit=Unit.SHARE,
    reading="selection is {value} as frequent for {one} as for {two}",
    need=Outcomes(),
    comparators=AT_LEAST,
    ideal=ONE,
    across=Across.REQUIRED,
    pairwise=True,
    examples=(
        Example(
            says="The sex categories of the rule's own example, tenfold: 6,670 of 13,900 and 5,550 of 11,810.",
            view=lambda: outcomes({"male": (7230, 0, 0, 6670), "female": (6260, 0, 0, 5550)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="360 of 1,000 and 600 of 1,000 are selected: an impact ratio of 0.60.",
            view=lambda: outcomes({"male": (400, 0, 0, 600), "female": (640, 0, 0, 360)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="7 of 17 and 215 of 412, two categories of the rule's example: 0.789, and too few to say.",
            view=lambda: outcomes({"white male": (197, 0, 0, 215), "native female": (10, 0, 0, 7)}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.INCONCLUSIVE,
            across="sex",
        ),
    ),
)
def ll144_selection(view: OutcomeView) -> Counts:
    """The selection rate of each category over that of the most selected one.

    Purpose:
        The figure that an employer in New York City must publish of a tool that selects people for employment or promotion, with a
        bound, so that a ratio of few people is not taken for more than it is.
    Method:
        Impact ratio = selection rate for a category / selection rate of the most selected category (6 RCNY 5-300, 2023), by sex, by
        race/ethnicity and crossed: name each with `across`, selected is the favourable decision. Every ordered pair of categories is a
        piece; the smallest is the smallest impact ratio. Categories under 2 % of the data may be excluded (5-301(d)) by
        `small_groups: {below_share: 0.02, treat: advisory}`: their rows, rates and ratios are reported all the same. The dossier prints
        the table of the rule beside the verdict, with the number of people in no category. Bounds as in fairness.impact_ratio.
    Limits:
        The rule asks for figures and names no threshold; 0.80 is that of 29 CFR 1607.4(D). Where more than 2 % are in no category the
        criterion is not evaluable, while the rule only counts them. The rule's data are those of a year of use, not a test set. A
        selection that is right for other reasons is not told from one that is not.
    Remedy:
        Look for inputs that stand in for the category, move the decision threshold, and certify the new model on fresh rows.
    Oracle:
        The example tables of 6 RCNY 5-301 to all printed digits, and fairlearn's demographic_parity_ratio (tests/checks/test_local_law.py).
    """
    return rates_compared(
        view,
        {"": lambda group: (group.decided(view.favourable), group.n)},
        Compare.RATIO,
        reference=None,
        lacking=Reason.NO_ROWS,
        detail="No group has rows.",
    )
