"""How often each class is recognised."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.counting.confusion import by_confusion, confusion, recognised
from assay.domain.evidence import Counts, Rate, Rates
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(*right: int) -> TableView:
    """300 rows of each class, of which so many are recognised, and the others are taken for the next one."""
    return recognised(*((good, 300) for good in right))


@check(
    id="performance.class_recall",
    title="Recall of each class",
    estimand="The smallest share, over the classes, of rows of a class that are given it; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases of a class are recognised as such[, for {group}]",
    need=TabulatedOutcomes(by_confusion, no_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Of 300 rows each, 270, 265 and 280 are recognised.",
            view=lambda: _view(270, 265, 280),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
        ),
        Example(
            says="One of the classes is recognised in 150 of 300 rows.",
            view=lambda: _view(290, 150, 290),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="One of the classes is recognised in 250 of 300 rows.",
            view=lambda: _view(290, 250, 290),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="No row is of the third class.",
            view=lambda: _view(290, 290),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def class_recall(view: TableView) -> Counts:
    """The share of rows of each class that are given it.

    Purpose:
        Shows whether every class is recognised, the rare ones too: what an accuracy over all rows hides.
    Method:
        For each class, rows of it that are given it, of all rows of it; every class (of every group) is one piece, and all must
        pass: the criterion is about the worst class (intersection-union test, Berger 1982), with one-sided Clopper-Pearson limits
        (1934, Biometrika 26). The mean over the classes, macro recall, is at least as large as what is shown of the worst.
    Limits:
        A class without rows is not evaluable. Rare classes need their own rows: 30 rows of a class that are all recognised show
        .90 with .95 confidence.
    Remedy:
        See which class it is taken for; collect rows of it, or weigh them in training.
    Oracle:
        scikit-learn's recall_score per class, scipy's binomtest for the limits (tests/checks/test_multiclass_oracles.py).
    """
    found = confusion(view)
    if not found.sum():
        return NO_ROWS
    classes = view.context.answers.classes
    return Rates(
        tuple(
            Rate(label or name, int(found[code, i, i]), int(found[code, i].sum()), name if label else "")
            for label, code in view.each
            for i, name in enumerate(classes)
        )
    )
