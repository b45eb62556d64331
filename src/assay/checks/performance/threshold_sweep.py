"""What every other threshold would give, and whether the declared one costs more than the best."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, ScoreCell, Sweep, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

STEPS = 1_000
"""Thresholds that are told, besides the declared one and the one that costs least."""
FINE = 1 << 40
"""Thresholds that are looked at: scores of rare events lie close together, and so may those that a model squeezes."""
LARGEST = Decimal(10**12)
Floats = NDArray[np.float64]


def tabulate(rows: Rows, _: TableContext) -> dict[str, Integers]:
    """The group, the step of the score, whether it reaches the declared threshold, and the label."""
    step = np.clip(np.floor(rows.answered * FINE), 0, FINE).astype(np.int64)
    return {"scores": together(rows.grouped, (step, FINE + 1), (rows.decided, 2), (rows.label, 2))}


def _view(*cells: tuple[float, int, int]) -> TableView:
    """Rows by score and label."""
    rows = [(score, label) for score, *both in cells for label in (0, 1) for _ in range(both[label])]
    label = [y for _, y in rows]
    return table_view(tabulate, {"label": label}, label=label, score=[s for s, _ in rows])


def _costs(fp: int, fn: int) -> dict[str, Decimal | int | str]:
    return {"cost_fp": Decimal(fp), "cost_fn": Decimal(fn)}


@check(
    id="performance.threshold_regret",
    title="What another threshold would save",
    estimand="The mean cost of a decision at the declared threshold less the least over all thresholds; in the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="another threshold would save {value} per decision[ for {group}][ (in {unit})], of {cost_fp} for a false positive and {cost_fn} for a false negative",
    need=TabulatedOutcomes(tabulate, no_columns),
    comparators=AT_MOST,
    high=None,
    settled=Settled(Settles.LARGEST, ("cost_fp", "cost_fn")),
    ideal=ZERO,
    across=Across.OPTIONAL,
    parameters={
        "cost_fp": Parameter("What deciding 1 for a row with label 0 costs.", low=ZERO, high=LARGEST),
        "cost_fn": Parameter("What deciding 0 for a row with label 1 costs.", low=ZERO, high=LARGEST),
        "unit": Parameter("The unit of the costs, in words, for example: euros.", default=""),
    },
    examples=(
        Example(
            says="Scores are calibrated and both errors cost 1: the threshold .5 is the best.",
            view=lambda: _view((0.1, 3600, 400), (0.3, 1400, 600), (0.7, 600, 1400), (0.9, 200, 1800)),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            arguments=_costs(1, 1),
        ),
        Example(
            says="A miss costs ten times as much, so that 1 should be decided from .1 on.",
            view=lambda: _view((0.05, 3800, 200), (0.3, 1400, 600), (0.7, 600, 1400), (0.9, 200, 1800)),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            arguments=_costs(1, 10),
        ),
        Example(
            says="100 rows do not show it.",
            view=lambda: _view((0.1, 45, 5), (0.9, 5, 45)),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.INCONCLUSIVE,
            arguments=_costs(1, 1),
        ),
        Example(
            says="There are no rows.",
            view=_view,
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=_costs(1, 1),
        ),
    ),
)
def threshold_regret(
    view: TableView,
    *,
    cost_fp: Decimal,
    cost_fn: Decimal,
    unit: str,  # noqa: ARG001 - for the reading
) -> Counts:
    """The cost that another threshold would save, and the curves over all thresholds.

    Purpose:
        Shows whether the score at which 1 is decided fits what errors cost. The dossier draws recall, false-positive rate, precision, the share
        decided as 1 and the cost over all thresholds, and marks the one that all verdicts were made at.
    Method:
        The cost at the declared threshold less the least over all scores, which are told apart to 1e-12; of the others a thousand steps are told. The shares of all rows that are decided wrongly, by
        label, lie in a band around the true ones at every threshold at once (Dvoretzky, Kiefer & Wolfowitz 1956; Massart 1990, Annals of
        Probability 18), so that picking the best of many costs nothing more: exact for any number of rows, and wide.
    Limits:
        The threshold that is best on these rows is no finding to adopt: choose it on development rows and judge it on others. Costs are the same for
        every row; right decisions cost nothing. It rests on the share of label 1 in these rows.
    Remedy:
        Where scores are calibrated, decide 1 from cost_fp / (cost_fp + cost_fn) on; else look at the curve of the development rows.
    Oracle:
        scikit-learn's confusion_matrix and precision_score at each threshold; the bands by simulation (tests/stats/test_sweep.py).
    """
    if not cost_fp + cost_fn:
        return Undefined(
            Reason.NOT_MEASURED, "Both errors cost nothing, so no threshold costs more than another."
        )
    table = view.table("scores")
    if not table.total:
        return NO_ROWS
    codes = apart(table.keys, view.context.n_groups, FINE + 1, 2, 2)
    at, costs = view.context.decide_at, (float(cost_fp), float(cost_fn))
    cells = tuple(_cell(label, code, codes, table.counts, at, costs) for label, code in view.each)
    return Sweep(cells, at, *costs)


def _cell(
    label: str,
    code: int,
    codes: tuple[Integers, ...],
    counts: Integers,
    at: float,
    costs: tuple[float, float],
) -> ScoreCell:
    """Rows from each threshold on: the lower edges of the steps, the declared threshold, and the one that costs least."""
    group, step, decided, positive = codes
    mine = group == code
    # Rows of the declared threshold's own fine step that reach it stand at the threshold itself, the others below.
    below = np.minimum(step, np.ceil(at * FINE) - 1) / FINE
    edge = np.append(np.where(decided == 1, np.maximum(step / FINE, at), below)[mine], at)
    fine, rows = _by_threshold(edge, edge, positive[mine], counts[mine])
    reached = np.cumsum(rows[:, ::-1], axis=1)[:, ::-1]
    best = fine[int(np.argmin(costs[0] * reached[0] + costs[1] * (rows[1].sum() - reached[1])))]
    told = np.minimum(np.floor(edge * STEPS) / STEPS, edge)
    kept = np.unique([*told, at, best])
    thresholds, rows = _by_threshold(
        kept[np.searchsorted(kept, edge, side="right") - 1], kept, positive[mine], counts[mine]
    )
    return ScoreCell(label, tuple(thresholds.tolist()), *(tuple(of.tolist()) for of in rows))


def _by_threshold(
    edge: Floats, thresholds: Floats, positive: Integers, counts: Integers
) -> tuple[Floats, Integers]:
    """The different thresholds, and int64[2, k] rows by label at each; the last edge has no rows."""
    thresholds = np.unique(thresholds)
    rows = np.zeros((2, len(thresholds)), dtype=np.int64)
    np.add.at(rows, (positive, np.searchsorted(thresholds, edge[:-1])), counts)
    return thresholds, rows
