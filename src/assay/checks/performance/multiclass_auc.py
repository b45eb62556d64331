"""How well each class is ranked before the others."""

from __future__ import annotations

import numpy as np

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts, Functional, ScoreCell, Scores
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

STEPS = 10_000
"""Probabilities are told apart to a ten-thousandth."""


def tabulate(rows: Rows, context: TableContext) -> dict[str, Integers]:
    """For each class, its probability and whether a row is of it."""
    said = np.rint(rows.answered * STEPS).astype(np.int64)
    return {
        name: together((said[:, i], STEPS + 1), ((rows.label == i).astype(np.int64), 2))
        for i, name in enumerate(context.answers.classes)
    }


def _view(rows: int, sure: float) -> TableView:
    """Rows of three classes in turn, whose probabilities are so much surer than chance, with a noise that is always the same."""
    truth = np.arange(rows) % 3
    noise = np.random.default_rng(0).random((rows, 3)) + sure * np.eye(3)[truth].reshape(rows, 3)
    return table_view(
        tabulate,
        {"label": truth},
        label=truth,
        score=noise / noise.sum(axis=1, keepdims=True),
        answers=Answers(Task.MULTICLASS, classes=("a", "b", "c")),
    )


@check(
    id="performance.multiclass_auc",
    title="Area under the ROC curve of each class against the rest",
    estimand="The smallest probability, over the classes, that a row of a class is given a higher probability of it than a row of another class; ties "
    "count half.",
    unit=Unit.SHARE,
    reading="a case of the class that is told apart worst is ranked before one of another class in {value} of pairs",
    need=TabulatedOutcomes(tabulate, no_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_LEAST,
    examples=(
        Example(
            says="The probabilities tell the classes apart.",
            view=lambda: _view(900, 1.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.75",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The probabilities say nothing.",
            view=lambda: _view(900, 0.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.75",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There are no rows.",
            view=lambda: _view(0, 1.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.75",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def multiclass_auc(view: TableView) -> Counts:
    """The area under the ROC curve of each class against all others.

    Purpose:
        Shows whether each class can be told from the rest by its probability, wherever one would cut.
    Method:
        One against the rest, one piece a class, all of which must pass (Hand & Till 2001, Machine Learning 45, for areas over several
        classes; intersection-union test, Berger 1982). Probabilities are rounded to a ten-thousandth, which makes ties. Bounded as the
        area of two classes: the lower of logit DeLong (1988, Biometrics 44) and Newcombe (2006, Statistics in Medicine 25), below 50 rows of
        a kind by an exact limit.
    Limits:
        Says nothing of which class is decided, nor of calibration. Of a class that is rare a high area goes with a low precision.
    Remedy:
        See from which class it is not told apart; look for inputs that differ between the two.
    Oracle:
        scikit-learn's roc_auc_score of each class against the rest (tests/checks/test_multiclass_oracles.py); the size by simulation.
    """
    cells = tuple(_cell(view, name) for name in view.context.answers.classes)
    if not any(cell.scores for cell in cells):
        return NO_ROWS
    return Scores(cells, Functional.AUC)


def _cell(view: TableView, name: str) -> ScoreCell:
    table = view.table(name)
    said, positive = apart(table.keys, STEPS + 1, 2)
    places, at = np.unique(said, return_inverse=True)
    rows = np.zeros((2, len(places)), dtype=np.int64)
    np.add.at(rows, (positive, at), table.counts)
    return ScoreCell(name, tuple((places / STEPS).tolist()), *(tuple(of.tolist()) for of in rows))
