"""How often the most probable class is the true one."""

from __future__ import annotations

import numpy as np

from assay.checks.check import EITHER, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.counting.confusion import by_confusion, classified, confusion
from assay.domain.evidence import Counts, Rate, Rates
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(rows: int, right: int) -> TableView:
    """Rows of three classes in turn, of which so many are recognised."""
    truth = np.arange(rows) % 3
    said = np.where(np.arange(rows) < right, truth, (truth + 1) % 3)
    return classified(truth, said)


@check(
    id="performance.multiclass_accuracy",
    title="Accuracy over several classes",
    estimand="The share of rows whose most probable class is the true one; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases[ for {group}] are given their true class",
    need=TabulatedOutcomes(by_confusion, no_columns),
    tasks=(Task.MULTICLASS,),
    comparators=EITHER,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="900 of 1,000 rows are given their class.",
            view=lambda: _view(1000, 900),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.PASS,
        ),
        Example(
            says="800 of 1,000 rows are given their class.",
            view=lambda: _view(1000, 800),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="90 of 100 rows are given their class.",
            view=lambda: _view(100, 90),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def multiclass_accuracy(view: TableView) -> Counts:
    """The share of rows that are given their true class.

    Purpose:
        Shows how often the decision is right where there are more than two.
    Method:
        Rows whose most probable class (of equally probable ones the first) is the true one, of all rows; one-sided Clopper-Pearson limits (1934, Biometrika 26).
    Limits:
        Dominated by the large classes: a class of one row in a hundred may never be recognised at an accuracy of .99. Ask for the
        recall of each class too.
    Remedy:
        See which classes are taken for which; weigh the rare ones in training.
    Oracle:
        scikit-learn's accuracy_score, scipy's binomtest for the limits (tests/checks/test_multiclass_oracles.py).
    """
    found = confusion(view)
    if not found.sum():
        return NO_ROWS
    return Rates(
        tuple(Rate(label, int(found[code].trace()), int(found[code].sum())) for label, code in view.each)
    )
