"""How often what is given a class is of it."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.counting.confusion import by_confusion, classified, confusion
from assay.domain.evidence import Counts, Rate, Rates
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(*right: int) -> TableView:
    """300 rows that are given each class, of which so many are of it, and the others are of the next one."""
    said = np.repeat(np.arange(len(right)), 300)
    within = np.tile(np.arange(300), len(right))
    truth = np.where(within < np.array(right, dtype=int)[said], said, (said + 1) % max(len(right), 1))
    return classified(truth, said)


@check(
    id="performance.class_precision",
    title="Precision of each class",
    estimand="The smallest share, over the classes, of rows given a class that are of it; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases that are given a class are of it[, for {group}]",
    need=TabulatedOutcomes(by_confusion, no_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Of 300 rows that are given each class, 270, 265 and 280 are of it.",
            view=lambda: _view(270, 265, 280),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 300 rows that are given one of the classes, 150 are of it.",
            view=lambda: _view(290, 150, 290),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="No row is given the third class.",
            view=lambda: _view(290, 290),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def class_precision(view: TableView) -> Counts:
    """The share of rows given each class that are of it.

    Purpose:
        Shows whether each decision can be relied on, whichever class it names.
    Method:
        For each class, rows that are given it and are of it, of all rows that are given it; every class (of every group) is one
        piece, and all must pass (intersection-union test, Berger 1982), with one-sided Clopper-Pearson limits (1934, Biometrika 26).
    Limits:
        Depends on how frequent the classes are: in use it is another one where they are mixed otherwise. A class that is never given is not
        evaluable.
    Remedy:
        See what is taken for the class; raise the probability from which on it is given.
    Oracle:
        scikit-learn's precision_score per class, scipy's binomtest for the limits (tests/checks/test_multiclass_oracles.py).
    """
    found = confusion(view)
    if not found.sum():
        return NO_ROWS
    classes = view.context.answers.classes
    return Rates(
        tuple(
            Rate(label or name, int(found[code, i, i]), int(found[code, :, i].sum()), name if label else "")
            for label, code in view.each
            for i, name in enumerate(classes)
        )
    )
