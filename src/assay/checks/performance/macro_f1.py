"""How well classes are recognised and how right they are when given, all classes counting alike."""

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
    id="performance.macro_f1",
    title="Macro F1",
    estimand="The mean, over the classes, of the F1 of a class, which is the harmonic mean of its recall and its precision; in the worst group if "
    "groups are named.",
    unit=Unit.SHARE,
    reading="on average over the classes, the F1 of a class[ for {group}] is {value}",
    need=TabulatedOutcomes(by_confusion, no_columns),
    tasks=(Task.BINARY, Task.MULTICLASS),
    comparators=AT_LEAST,
    across=Across.OPTIONAL,
    examples=(
        Example(
            says="Three classes of 600 rows, nine in ten right.",
            view=lambda: recognised((540, 600), (540, 600), (540, 600)),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Nearly all rows are right, and of the two rare classes a third is recognised.",
            view=lambda: recognised((1990, 2000), (50, 150), (50, 150)),
            comparator=Comparator.AT_LEAST,
            threshold="0.75",
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
            says="No row is of the third class, and none is given it.",
            view=lambda: recognised((300, 300), (300, 300)),
            comparator=Comparator.AT_LEAST,
            threshold="0.70",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def macro_f1(view: TableView) -> Counts:
    """The mean of the F1 of all classes.

    Purpose:
        Shows in one number whether classes are recognised and whether what is given is right, rare classes counting as much as common ones.
    Method:
        F1 of a class is 2 J / (1 + J) of its Jaccard index J, the share of rows that are of it and given it among those that are either (van
        Rijsbergen 1979, Information Retrieval, chapter 7). J is one binomial rate: each class has Clopper-Pearson limits (1934, Biometrika 26) at
        its part of alpha (Bonferroni), and the mean of the F1 at these limits is the limit of the mean. Exact for any number
        of rows and whatever classes have to do with each other; wider than need be, the more so the more classes there are.
    Limits:
        A mean hides a class that is never recognised behind others that are: see the recall and the precision of each class. It rests on how
        common each class is in these rows, which must be as in the use. It is the mean of F1, not the F1 of mean precision and mean
        recall (Opitz & Burst 2019, arXiv:1911.03347).
    Remedy:
        See which class is taken for which; collect rows of the one that lags, or weigh them in training.
    Oracle:
        scikit-learn's f1_score(average="macro"); the size of its bound by simulation of dependent classes (tests/stats/test_averages.py).
    """
    found = confusion(view)
    if not found.sum():
        return NO_ROWS
    classes = view.context.answers.classes or ("0", "1")
    return Averages(
        tuple(
            Rate(
                label,
                int(found[code, i, i]),
                int(found[code, i].sum() + found[code, :, i].sum() - found[code, i, i]),
                name,
            )
            for label, code in view.each
            for i, name in enumerate(classes)
        ),
        Mean.F1,
    )
