"""How often a class is recognised, all classes counting alike."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.counting.confusion import by_confusion, confusion, recognised
from assay.domain.evidence import Averages, Counts, Mean, Rate
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import TableView


@check(
    id="performance.macro_recall",
    title="Macro recall (balanced accuracy)",
    estimand="The mean, over the classes, of the share of rows of a class that are given it; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="on average over the classes, {value} of the cases of a class are recognised as such[, for {group}]",
    need=TabulatedOutcomes(by_confusion, no_columns),
    tasks=(Task.BINARY, Task.MULTICLASS),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Of a common and two rare classes 90, 80 and 85 in a hundred are recognised.",
            view=lambda: recognised((1800, 2000), (240, 300), (255, 300)),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Nearly all rows are right, and of the two rare classes a third is recognised.",
            view=lambda: recognised((1990, 2000), (50, 150), (50, 150)),
            comparator=Comparator.AT_LEAST,
            threshold="0.70",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Eight of ten rows of each class do not show .70.",
            view=lambda: recognised((8, 10), (8, 10), (8, 10)),
            comparator=Comparator.AT_LEAST,
            threshold="0.70",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="No row is of the third class.",
            view=lambda: recognised((290, 300), (290, 300)),
            comparator=Comparator.AT_LEAST,
            threshold="0.70",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def macro_recall(view: TableView) -> Counts:
    """The mean of the recalls of all classes.

    Purpose:
        Shows how well classes are recognised where some are rare: a model that always answers the commonest one has 1 over the number of
        classes, whatever its accuracy. Of two classes it is the balanced accuracy.
    Method:
        The recall of each class, averaged. Given how many rows each class has, the rows recognised are independent binomials. Chernoff's bound (1952,
        Annals of Mathematical Statistics 23) for the sum of their shares is taken at the recalls that make it largest among all that have the mean
        asked: exact for any number of rows, and wider than a normal limit by a half.
    Limits:
        A mean hides a class that is never recognised behind others that are: see the recall of each class. A class without rows has no
        recall, and then there is no mean. A class of few rows counts as much as any other, so that it decides how sure the mean is.
    Remedy:
        See the recall of each class; collect rows of the one that lags, or weigh them in training.
    Oracle:
        scikit-learn's balanced_accuracy_score and recall_score(average="macro"); the size of its bound by enumeration of all samples of few
        rows (tests/stats/test_averages.py).
    """
    found = confusion(view)
    if not found.sum():
        return NO_ROWS
    classes = view.context.answers.classes or ("0", "1")
    return Averages(
        tuple(
            Rate(label, int(found[code, i, i]), int(found[code, i].sum()), name)
            for label, code in view.each
            for i, name in enumerate(classes)
        ),
        Mean.RECALL,
    )
