"""The part of a gap that goes through declared mediators, under a declared causal graph."""

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
    id="fairness.indirect_effect",
    title="Indirect effect (causal explanation formula)",
    estimand="The largest indirect effect between two groups: how much more often people of the second, treated as the first, would be decided favourably if their mediators were those of the first.",
    unit=Unit.POINTS,
    reading="people who are {two}, treated as {one}, would be decided favourably {value} more often if their mediators were those of {one}",
    need=TabulatedOutcomes(by_path, columns),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    claim=Claim.CAUSAL,
    examples=(
        Example(
            says="Women and men apply to both offices alike.",
            view=lambda: paths_view((0.60, 0.20, 0.80, 0.40)),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="Women apply to the office where few are invited.",
            view=lambda: paths_view((0.70, 0.30, 0.70, 0.30), women=0.1),
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
def indirect_effect(view: TableView, *, reference: str | None = None) -> Counts:
    """How much of the gap goes through the mediators that the graph names.

    Purpose:
        Disparate impact through what may be justified, such as the office that people apply to: whether it is, is a question to law and to
        people, and not to this figure.
    Method:
        Minus the indirect effect of the causal explanation formula from the first group to the second (Zhang & Bareinboim 2018, AAAI), so that
        direct, indirect and spurious add up to the gap: rates of the first group, weighted by the difference of both groups' shares of mediators.
        MOVER limits of the rates, and the delta method for the shares; wider by the errors of shares times those of rates, which are all that is left where
        mediators are nearly alike, or rates nearly alike over them. The smallest cell has at least 50 rows.
        Every ordered pair of groups is a piece. Mediators and confounders follow from the graph, which must not leave the effect open (back-door criterion, by d-separation).
    Limits:
        An effect only if the declared graph is right, which no data of this run can show: a common cause that nobody declared, or bins too wide
        for what they stand for, make it an association. Every group must be seen in every cell. Mediators are taken together: which of them it is, this does not say.
    Remedy:
        Ask whether what the mediators stand for is needed for the decision, and how the groups came to differ in it.
    Oracle:
        A structural model whose counterfactuals are enumerated, Pearl's published example (.32 direct, .035 indirect), and the sum of the three parts
        (tests/checks/test_effects.py); its size by simulation (guarantee/effect_designs.py).
    """
    return effects(view, Effect.INDIRECT, reference)
