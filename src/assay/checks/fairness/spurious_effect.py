"""The part of a gap that comes of common causes, under a declared causal graph."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.effects import by_path, columns, effects
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Effect
from assay.domain.metric import Across, Claim, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.specification import Attribute, CausalGraph
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView

GRAPH = CausalGraph(rationale="an example", arrows={"origin": ("sex", "decision"), "sex": ("decision",)})


def _view(men: float) -> TableView:
    """Of 4,000 women and 4,000 men, half of the women and this share of the men grew up in the city; decisions follow that alone."""
    city = np.concatenate([np.arange(4000) < 2000, np.arange(4000) < men * 4000]).astype(np.int64)
    good = np.arange(8000) % 10 < np.where(city == 1, 7, 3)
    return table_view(
        by_path,
        {"born": city},
        score=good.astype(np.float64),
        groups={"sex": (("women", "men"), np.repeat([0, 1], 4000))},
        across=("sex",),
        strata={"origin": Attribute(column="born", groups={"land": (0,), "city": (1,)})},
        graph=GRAPH,
    )


@check(
    id="fairness.spurious_effect",
    title="Spurious effect (causal explanation formula)",
    estimand="The largest part of a gap between two groups that comes of common causes: what is left of it when neither treatment nor mediators differ.",
    unit=Unit.POINTS,
    reading="of the gap between {one} and {two}, {value} come of causes that they do not have in common: so much more frequent are favourable decisions for {one}",
    need=TabulatedOutcomes(by_path, columns),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    claim=Claim.CAUSAL,
    examples=(
        Example(
            says="As many women as men grew up in the city.",
            view=lambda: _view(0.5),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="More men grew up in the city, and people from there are invited more often.",
            view=lambda: _view(0.9),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="All men grew up in the city, so what would be decided of men from the land is not seen.",
            view=lambda: _view(1.0),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def spurious_effect(view: TableView, *, reference: str | None = None) -> Counts:
    """How much of the gap comes of what acts on the attribute and on the decision alike.

    Purpose:
        Says what of a gap is no effect of the attribute at all, under the graph: people of both groups differ in what came before.
    Method:
        Minus the spurious effect of the causal explanation formula (Zhang & Bareinboim 2018, AAAI), so that direct, indirect and spurious add up to the
        gap: rates of the first group in strata of the confounders, weighted by the difference of both groups' shares of these.
        MOVER limits of the rates, and the delta method for the shares; wider by the errors of shares times those of rates, which are all that is left where
        groups are in nearly the same strata, or strata have nearly the same rates. The smallest stratum has at least 200 rows.
        Every ordered pair of groups is a piece. Mediators and confounders follow from the graph, which must not leave the effect open (back-door criterion, by d-separation).
    Limits:
        An effect only if the declared graph is right, which no data of this run can show: a common cause that nobody declared, or bins too wide
        for what they stand for, make it an association. Every group must be seen in every cell. That a part is spurious does not excuse it: a common cause may be an injustice of its own.
    Remedy:
        Ask whether decisions may depend on the confounders; fairness.conditional_parity compares within them.
    Oracle:
        A structural model whose counterfactuals are enumerated, and the sum of the three parts (tests/checks/test_effects.py); its size by
        simulation (guarantee/effect_designs.py).
    """
    return effects(view, Effect.SPURIOUS, reference)
