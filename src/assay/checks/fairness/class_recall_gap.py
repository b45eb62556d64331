"""Classes that are recognised less often for one group than for another."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS, unfit_for_comparison
from assay.checks.counting.columns import no_columns
from assay.checks.counting.confusion import by_confusion, confusion
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Compare, Counts, Rate, Rates
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


def _view(women: int, men: int) -> TableView:
    """2,000 women and 2,000 men, half of them of each of two classes, of each of which so many are recognised."""
    truth = np.tile(np.repeat([0, 1], 1000), 2)
    within = np.tile(np.arange(1000), 4)
    sex = np.repeat([0, 1], 2000)
    said = np.where(within < np.where(sex == 0, women, men), truth, 1 - truth)
    return table_view(
        by_confusion,
        {"label": truth},
        label=truth,
        score=np.eye(2)[said],
        groups={"sex": (("women", "men"), sex)},
        across=("sex",),
        answers=Answers(Task.MULTICLASS, classes=("a", "b")),
    )


@check(
    id="fairness.class_recall_gap",
    title="Gap in the recall of a class between groups",
    estimand="The largest difference between two groups, or a group and the reference, in the share of rows of a class that are given it, over the "
    "classes.",
    unit=Unit.POINTS,
    reading="cases of {given} are recognised {value} more often for {one} than for {two}",
    need=TabulatedOutcomes(by_confusion, no_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.REQUIRED,
    pairwise=True,
    reference=True,
    examples=(
        Example(
            says="Both classes are recognised in 900 of 1,000 women and men.",
            view=lambda: _view(900, 900),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="Both are recognised in 800 of 1,000 women and 920 of 1,000 men.",
            view=lambda: _view(800, 920),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="Both are recognised in 880 of 1,000 women and 910 of 1,000 men.",
            view=lambda: _view(880, 910),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
            across="sex",
        ),
    ),
)
def class_recall_gap(view: TableView, *, reference: str | None = None) -> Counts:
    """The recall of each class in each group, compared as a difference.

    Purpose:
        Shows whether people who are of one class have the same chance that it is seen, whichever group they belong to.
    Method:
        One family of rates for each class: rows of it that are given it, of the group's rows of it. Every ordered pair of groups, or
        each with the reference, is one piece within a family, bounded by MOVER with Clopper-Pearson limits and an audit of its exact size (Zou &
        Donner 2008, Statistics in Medicine 27). With two classes this is equalized odds (Hardt, Price & Srebro 2016, NeurIPS).
    Limits:
        Trusts the labels. A class that a group has no rows of is not evaluable. Says nothing of what those are taken for who are not
        recognised.
    Remedy:
        Collect rows of the class and the group that is recognised least; look for inputs that mean something else there.
    Oracle:
        fairlearn's MetricFrame with scikit-learn's recall_score (tests/checks/test_multiclass_oracles.py).
    """
    found = confusion(view)
    if not found.sum():
        return NO_ROWS
    if unfit := unfit_for_comparison(view.groups, reference):
        return unfit
    cells = tuple(
        Rate(label, int(found[code, i, i]), int(found[code, i].sum()), name)
        for i, name in enumerate(view.context.answers.classes)
        for label, code in view.each
    )
    return Rates(cells, Compare.DIFFERENCE, reference, view.focus)
