"""Whether the model gives the true class more often than the same class for everybody would be."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.counting.confusion import by_confusion, confusion, recognised
from assay.domain.evidence import Counts, Paired, PairedCell
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


@check(
    id="performance.multiclass_gain_over_baseline",
    title="Gain over the trivial baseline, of several classes",
    estimand="The share of rows that are given their true class less that of giving one class to everybody, the class for which this is "
    "smallest; in the worst group if groups are named.",
    unit=Unit.POINTS,
    reading="the share of cases that are given their true class is {value} above that of the same class for everybody[ ({group})]",
    need=TabulatedOutcomes(by_confusion, no_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_LEAST,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Of 3,000 rows 2,000 are of one class, and 2,700 are given theirs.",
            view=lambda: recognised((1850, 2000), (450, 500), (400, 500)),
            comparator=Comparator.AT_LEAST,
            threshold="0.20",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 3,000 rows 2,400 are of one class, and 2,200 are given theirs.",
            view=lambda: recognised((2000, 2400), (100, 300), (100, 300)),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Of 300 rows 200 are of one class and 204 are given theirs, which so few rows do not tell from no gain.",
            view=lambda: recognised((160, 200), (24, 50), (20, 50)),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There are no rows.",
            view=lambda: recognised((0, 0), (0, 0), (0, 0)),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def multiclass_gain_over_baseline(view: TableView) -> Counts:
    """How much more often the model gives the true class than the same class for everybody would be.

    Purpose:
        Tells a model that has learned something from one whose accuracy is that of the commonest class: where nine rows of ten are of
        one class, an accuracy of 0.90 takes no model.
    Method:
        On the same rows, those that the model gives their class and the one class for everybody does not, less those with which it is the other way
        round, of all rows. Each class is a piece and all must be outdone (intersection-union test, Berger 1982, Technometrics 24), so that nothing
        rests on which class is the commonest one here. Each is a paired difference: verdicts by exact unconditional p-values (MOVER order,
        Newcombe 1998, Statistics in Medicine 17). A threshold of 0 asks for no loss, a positive one for a gain of that size.
    Limits:
        Counts all errors alike: of rare classes a model can be worth having without any gain here, see performance.macro_recall. A gain over the same class
        for everybody is the least that can be asked.
    Remedy:
        Look at the ranking of each class (performance.multiclass_auc) first: if it is good, the classes are weighed wrongly; else the inputs tell
        little about them.
    Oracle:
        The accuracy of scikit-learn's DummyClassifier with each constant (tests/checks/test_other_gains.py); the p-values by exact enumeration
        (tests/stats/test_paired.py).
    """
    found = confusion(view)
    if not found.sum():
        return NO_ROWS
    return Paired(
        tuple(
            _against(label, found[place], code, name)
            for label, place in view.each
            for code, name in enumerate(view.context.answers.classes)
        )
    )


def _against(label: str, counts: NDArray[np.int64], code: int, name: str) -> PairedCell:
    """What would get worse and better if all rows were given one class; rows are by true and given class."""
    right, of_class = np.diagonal(counts), counts[code]
    worse, better = int(right.sum() - right[code]), int(of_class.sum() - of_class[code])
    return PairedCell(label, worse, better, int(counts.sum()), f"giving {name}")
