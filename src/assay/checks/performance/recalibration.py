"""Whether the scores would be better probabilities if they were recalibrated."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.recalibration import isotonic, platt
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, MeanCell, Means, Undefined
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.hashes import row_hash
from assay.tally.table import Floats, Integers, Rows, TableContext, TableView, apart, together

STEPS = 1_000
"""Scores are taken to a thousandth."""
CURVES: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "logistic curve": platt,
    "isotonic curve": isotonic,
}


def columns(context: TableContext) -> tuple[str, ...]:
    """What the model is fed: a hash of it says in which half a row is."""
    return context.fed


def tabulate(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """The half, the score and the label of each row; rows that are fed alike are in one half."""
    names = [name for name in context.fed if name in rows.names]
    half = (row_hash(((name, rows.words(name)) for name in names), rows.n) >> np.uint64(7)) % np.uint64(2)
    step = np.rint(rows.answered * STEPS).astype(np.int64)
    return {"scores": together((half.astype(np.int64), 2), (step, STEPS + 1), (rows.label, 2))}


def _view(rows: int, bold: float) -> TableView:
    """Rows whose logarithm of the odds is told so many times too large."""
    rng = np.random.default_rng(0)
    odds = rng.normal(0, 1.5, rows)
    label = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    return table_view(tabulate, {"x": np.arange(rows)}, label=label, score=1 / (1 + np.exp(-bold * odds)))


@check(
    id="performance.recalibration_gain",
    title="Gain from recalibration",
    estimand="The Brier score of the scores less that of the same scores mapped by a curve that half of the rows were used to fit, on the other "
    "half; of a logistic or an isotonic curve, whichever gains more.",
    unit=Unit.NUMBER,
    reading="recalibrated by a curve that was fitted to other rows, the scores would have a Brier score that is {value} smaller",
    need=TabulatedOutcomes(tabulate, columns),
    comparators=AT_MOST,
    low=Decimal(-1),
    ideal=ZERO,
    evidence_only=True,
    examples=(
        Example(
            says="Scores are calibrated.",
            view=lambda: _view(4000, 1.0),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Scores are far too bold.",
            view=lambda: _view(4000, 4.0),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="100 rows do not show it.",
            view=lambda: _view(100, 1.0),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0, 1.0),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def recalibration_gain(view: TableView) -> Counts:
    """What recalibrating the scores would gain.

    Purpose:
        Tells a model whose ranking is sound and whose probabilities are not from one that needs other inputs: the first is mended by
        one curve. Meant as evidence beside a criterion about calibration, and no substitute for it.
    Method:
        Rows are split in two halves by a hash of what the model is fed. To one half a logistic curve (Platt 1999, Advances in Large Margin Classifiers)
        and an isotonic one (Zadrozny & Elkan 2002, KDD) are fitted. On the other half the squared error of each row is compared with that of its
        recalibrated score: a paired difference between -1 and 1, whose mean is bounded by the more cautious of t and Gaffke's limit (2005), from 100
        rows on, and below by an exact mixture of bets. The curve is fixed for the half that judges it, so that it pays for what it learned by chance.
    Limits:
        Of the curves that these rows gave, not of the best that there are: fitted to few rows an isotonic curve can lose. The curve is not to be
        deployed: it has seen test rows. One split; no groups are told apart.
    Remedy:
        Fit such a curve to development rows, and judge the model that has it anew.
    Oracle:
        scikit-learn's IsotonicRegression and the sigmoid of its CalibratedClassifierCV (tests/checks/test_recalibration.py).
    """
    table = view.table("scores")
    if not table.total:
        return NO_ROWS
    half, step, label = apart(table.keys, 2, STEPS + 1, 2)
    rows = np.zeros((2, 2, STEPS + 1))
    rows[half, label, step] = table.counts
    if not rows[0].sum(axis=1).all():
        return Undefined(
            Reason.ONE_CLASS_ONLY, "The half that a curve is fitted to has rows of one label alone."
        )
    if not rows[1].sum():
        return Undefined(Reason.NO_ROWS, "The half that a curve is judged on has no rows.")
    scores = np.arange(STEPS + 1) / STEPS
    return Means(
        tuple(_gain(name, scores, fit(scores, *rows[0]), rows[1]) for name, fit in CURVES.items()), -1.0, 1.0
    )


def _gain(name: str, scores: Floats, mapped: Floats, rows: Floats) -> MeanCell:
    """The rows of the other half by how much smaller their squared error is when they are mapped."""
    labels = np.array([[0.0], [1.0]])
    gains = np.clip((scores - labels) ** 2 - (mapped - labels) ** 2, -1.0, 1.0)
    values, place = np.unique(gains[rows > 0].round(12), return_inverse=True)
    counts = np.bincount(place, weights=rows[rows > 0], minlength=len(values)).astype(np.int64)
    return MeanCell(name, tuple(values.tolist()), tuple(counts.tolist()))
