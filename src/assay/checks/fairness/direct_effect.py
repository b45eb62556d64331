"""The part of a gap that is treatment of the attribute itself, under a declared causal graph."""

from __future__ import annotations

from assay.checks.by_path import paths_view
from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.effects import by_path, columns, effects
from assay.domain.evidence import Counts, Effect
from assay.domain.metric import Across, Claim, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView


@check(
    id="fairness.direct_effect",
    title="Direct effect (causal explanation formula)",
    estimand="The largest direct effect between two groups: how much more often people of the second would be decided favourably if they were treated as the first, with all that lies between as it is.",
    unit=Unit.POINTS,
    reading="people who are {two} would be decided favourably {value} more often if they were treated as {one} and all else stayed as it is",
    need=TabulatedOutcomes(by_path, columns),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    claim=Claim.CAUSAL,
    examples=(
        Example(
            says="In each office both are invited alike.",
            view=lambda: paths_view((0.70, 0.30, 0.70, 0.30), women=0.2),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="In each office fewer women are invited, by 20 points.",
            view=lambda: paths_view((0.60, 0.20, 0.80, 0.40)),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="No woman applied to the first office, so what would be decided of her there is not seen.",
            view=lambda: paths_view((0.7, 0.3, 0.7, 0.3), women=0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def direct_effect(view: TableView, *, reference: str | None = None) -> Counts:
    """How much more often people of one group would be decided favourably if they were treated as another one, and all else stayed.

    Purpose:
        Disparate treatment in the sense of law: what would be left if mediators and confounders were what they are. It includes every path from
        the attribute to the decision that is not in the graph, such as inputs that stand in for the attribute.
    Method:
        The direct effect of the causal explanation formula (Zhang & Bareinboim 2018, AAAI): differences of rates in cells of confounders and
        mediators, weighted by the shares of the second group's people; without confounders the natural direct effect (Pearl 2001, UAI).
        MOVER limits of the rates, and the delta method for the shares. Every ordered pair of groups is a piece. Mediators and confounders follow from
        the graph, which must not leave the effect open (back-door criterion, by d-separation).
    Limits:
        Not evaluable where the confounders and mediators say the decision (less than 2 % of its variance is left among people who are alike in them).
        An effect only if the declared graph is right, which no data of this run can show: a common cause that nobody declared, or bins too wide
        for what they stand for, make it an association. Every group must be seen in every cell.
    Remedy:
        Look at the inputs that differ among people with the same mediators: fairness.proxy_strength names them.
    Oracle:
        A structural model whose counterfactuals are enumerated, Pearl's published example (.32 direct, .035 indirect), and the sum of the three parts
        (tests/checks/test_effects.py); its size by simulation (guarantee/effect_designs.py).
    """
    return effects(view, Effect.DIRECT, reference)
