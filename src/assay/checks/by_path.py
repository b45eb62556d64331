"""Applications to two offices by women and men, for examples of effects along the paths of a causal graph."""

from __future__ import annotations

import numpy as np

from assay.checks.counting.effects import by_path
from assay.checks.tabled import table_view
from assay.domain.specification import Attribute, CausalGraph
from assay.tally.table import TableView

_GRAPH = CausalGraph(rationale="an example", arrows={"sex": ("office", "decision"), "office": ("decision",)})


def paths_view(rates: tuple[float, float, float, float], women: float = 0.5) -> TableView:
    """Of 4,000 women this share, and of 4,000 men half, apply to the first office; rates of women in both, then of men."""
    sizes = [round(4000 * women), 4000 - round(4000 * women), 2000, 2000]
    good = np.concatenate([np.arange(n) < rate * n for rate, n in zip(rates, sizes, strict=True)])
    return table_view(
        by_path,
        {"place": np.repeat([0, 1, 0, 1], sizes)},
        score=good.astype(np.float64),
        groups={"sex": (("women", "men"), np.repeat([0, 0, 1, 1], sizes))},
        across=("sex",),
        strata={"office": Attribute(column="place", groups={"north": (0,), "south": (1,)})},
        graph=_GRAPH,
    )
