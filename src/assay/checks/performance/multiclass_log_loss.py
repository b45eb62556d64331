"""How probable the true class was said to be."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.columns import no_columns
from assay.checks.counting.losses import STEPS, loss_keys, losses_of_each
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView

CLIP = 1e-6
"""Probabilities are at least so large before a logarithm is taken."""
LARGEST = -math.log(CLIP)


def tabulate(rows: Rows, _: TableContext) -> dict[str, Integers]:
    """The negative logarithm of the probability that was given to the true class."""
    said = rows.answered[np.arange(rows.n), np.maximum(rows.label, 0)]
    return {"loss": loss_keys(rows, -np.log(np.clip(said, CLIP, 1.0)), LARGEST, STEPS)}


def _view(rows: int, said: float) -> TableView:
    """Rows of three classes in turn, to the true one of which so much is given."""
    truth = np.arange(rows) % 3
    score = np.full((rows, 3), (1 - said) / 2)
    score[np.arange(rows), truth] = said
    return table_view(
        tabulate,
        {"label": truth},
        label=truth,
        score=score,
        answers=Answers(Task.MULTICLASS, classes=("a", "b", "c")),
    )


@check(
    id="performance.multiclass_log_loss",
    title="Log loss over several classes",
    estimand="The mean negative logarithm of the probability that was given to the true class; in the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the log loss[ for {group}] is {value}",
    need=TabulatedOutcomes(tabulate, no_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_MOST,
    high=Decimal("13.82"),
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="The true class is given .7.",
            view=lambda: _view(2000, 0.7),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The true class is given .4.",
            view=lambda: _view(2000, 0.4),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The true class is given .7 in 50 rows.",
            view=lambda: _view(50, 0.7),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0, 0.7),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def multiclass_log_loss(view: TableView) -> Counts:
    """The mean negative log-likelihood of the true class.

    Purpose:
        Shows how well the probabilities of all classes fit what happened, with a heavy price on confident errors.
    Method:
        Mean of -log of the probability of the true class, natural logarithm (Good 1952, JRSS B 14). Probabilities are raised to
        0.000001 at least, so that a row costs at most 13.8; the mean is bounded by a mixture of bets, exact for any number of rows
        (Waudby-Smith & Ramdas 2024, JRSS B 86). Losses are counted on a grid of a ten-thousandth of that and rounded to the worse side.
    Limits:
        A few confident errors dominate it. Compare with the entropy of the shares of the classes, which a model that knows nothing
        reaches.
    Remedy:
        Look at the rows whose true class was said to be least probable; recalibrate or regularise.
    Oracle:
        scikit-learn's log_loss; the bound by exhaustive enumeration of small worlds (tests/checks/test_multiclass_oracles.py,
        tests/stats/test_losses.py).
    """
    return losses_of_each(view, "loss", LARGEST, STEPS)
