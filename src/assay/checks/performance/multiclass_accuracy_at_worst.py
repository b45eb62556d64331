"""How often the most probable class is the true one if it is wrong wherever nobody knows."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.counting.confusion import by_confusion, classified, confusion
from assay.checks.counting.unobserved import UNKNOWN
from assay.domain.evidence import Counts, Rate, Rates
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(rows: int, right: int) -> TableView:
    """Rows of three classes in turn, of which so many are recognised."""
    truth = np.arange(rows) % 3
    return classified(truth, np.where(np.arange(rows) < right, truth, (truth + 1) % 3))


@check(
    id="performance.multiclass_accuracy_at_worst",
    title="Accuracy over several classes at worst",
    estimand="The share of all cases, those with an unknown outcome included, that are known to be given their true class.",
    unit=Unit.SHARE,
    reading="{value} of all cases are known to be given their true class, {unknown} of unknown outcome included",
    need=TabulatedOutcomes(by_confusion, no_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_LEAST,
    settled=Settled(Settles.KNOWN, ("unknown",)),
    parameters={"unknown": UNKNOWN},
    examples=(
        Example(
            says="900 of 1,000 rows are given their class, and 50 more cases have no outcome.",
            view=lambda: _view(1000, 900),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            arguments={"unknown": 50},
        ),
        Example(
            says="The same with 400 patients who did not come back, of whom nobody knows which illness they had.",
            view=lambda: _view(1000, 900),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            arguments={"unknown": 400},
        ),
        Example(
            says="The same with 110.",
            view=lambda: _view(1000, 900),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.INCONCLUSIVE,
            arguments={"unknown": 110},
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"unknown": 50},
        ),
    ),
)
def multiclass_accuracy_at_worst(view: TableView, *, unknown: int) -> Counts:
    """The share of rows that are given their true class if every one of unknown outcome is given another.

    Purpose:
        Bounds what selective labels can hide where there are several classes: where outcomes are known only for those who came back, or were admitted, an accuracy is theirs.
    Method:
        Rows whose most probable class (of equally probable ones the first) is the true one, of these rows and the declared number of cases without an outcome: the lowest accuracy
        that agrees with what is known, whatever the missing outcomes are (Manski 1989, Journal of Human Resources 24; Lakkaraju et al. 2017, "The selective
        labels problem", KDD). One-sided Clopper-Pearson bound.
    Limits:
        The number is the word of whoever drew the rows. Without an assumption nothing better can be said: with a tenth unknown nine in ten is the most that can be shown.
        Dominated by the large classes, as any accuracy. The highest accuracy that agrees is not told.
    Remedy:
        Follow up a random part of those whose outcome is not known, and judge on them as well.
    Oracle:
        Every way in which the unknown outcomes can be filled, by enumeration with scikit-learn's accuracy_score (tests/checks/test_accuracy_at_worst.py).
    """
    found = confusion(view).sum(axis=0)
    if not found.sum():
        return NO_ROWS
    return Rates((Rate("", int(found.trace()), int(found.sum()) + unknown),))
