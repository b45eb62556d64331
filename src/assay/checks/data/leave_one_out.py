"""How much of the performance hangs on one column: the recipe trains again without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.procedures import errors, gains, knows_nothing
from assay.checks.trained import without_each
from assay.domain.evidence import Counts, Means, Paired, PairedCell, PairedScoreCell, PairedScores, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.refits import (
    Asking,
    Fit,
    Fitted,
    Floats,
    Integers,
    Parameters,
    RefitView,
    TrainingRows,
    nobody,
    one_of_each,
    parts,
    seed_of,
)

PARTS = 3
"""Of so many parts of the training rows one is asked, and the models learn from the others."""
MOST_COLUMNS = 60
"""Each is a model of its own; with more inputs a criterion names one."""


def columns(rows: TrainingRows, column: str) -> tuple[str, ...]:
    """The inputs that are left out, one after the other."""
    return tuple(name for name in rows.codes if column in {"", name})


def design(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """A model with all columns, and one for each column that is held at its most frequent value; all alike besides, the seed too."""
    named = columns(rows, str(parameters["column"]))
    part = parts(rows, seed, PARTS)
    trained = np.flatnonzero(part != 0)
    asked = (Asking(one_of_each(rows, seed, np.flatnonzero(part == 0))),)
    if not 0 < len(named) <= MOST_COLUMNS or not len(trained):
        return ()
    held = (Fit(seed_of(seed, 0), trained, asked, name, _usual(rows.codes[name], trained)) for name in named)
    return (Fit(seed_of(seed, 0), trained, asked), *held)


def _usual(codes: Integers, trained: Integers) -> int:
    """The first of the rows with the most frequent value."""
    values, first, counts = np.unique(codes[trained], return_index=True, return_counts=True)
    known = np.where(values < 0, -1, counts)  # a missing value only where there is no other
    return int(trained[first[known.argmax()]])


def _area(scores: Floats, labels: Integers) -> float:
    """The area under the ROC curve: how often a row with label 1 has the higher score of two, an equal one counted half."""
    _, place = np.unique(scores, return_inverse=True)
    negatives, positives = (np.bincount(place[labels == y], minlength=place.max() + 1) for y in (0, 1))
    below = np.cumsum(negatives) - negatives / 2
    return float((positives * below).sum() / (positives.sum() * negatives.sum()))


def _cell(name: str, labels: Integers, without: Floats, whole: Floats) -> PairedScoreCell:
    pairs, place = np.unique(np.stack([without, whole], axis=1), axis=0, return_inverse=True)
    counts = [np.bincount(place.ravel()[labels == y], minlength=len(pairs)) for y in (0, 1)]
    areas = [_area(scores, labels) for scores in (whole, without)]
    return PairedScoreCell(
        f"{name} (AUC {areas[0]:.3f}, without it {areas[1]:.3f})",
        tuple(pairs[:, 0].tolist()),
        tuple(pairs[:, 1].tolist()),
        *(tuple(count.tolist()) for count in counts),
    )


@check(
    id="data.leave_one_out",
    title="Performance that hangs on one column",
    estimand="The largest loss of area under the ROC curve (or of accuracy, or rise in loss as a share of the largest) when the recipe trains without one column, "
    "over all inputs or of the named one; on training rows that the models did not see.",
    unit=Unit.NUMBER,
    reading="without the column[ {part}] the models that the recipe trains {measure:auc=lose,accuracy=lose,loss=add} {value} "
    "{measure:auc=of their AUC,accuracy=of their accuracy,loss=to their loss}",
    need=Refits(design, coded=True, settings=("column",)),
    tasks=tuple(Task),
    comparators=AT_MOST,
    low=Decimal(-1),
    ideal=ZERO,
    parameters={
        "column": Parameter(
            "One input to leave out; by default each, one after the other.", default="", names=Names.COLUMN
        ),
        "measure": Parameter(
            "What is lost: auc (of labels 0 and 1), accuracy, or loss (the squared error of probabilities, the absolute error of numbers, as a share of the largest).",
            default="auc",
            choices=("auc", "accuracy", "loss"),
            decided=("accuracy",),
            of_two_labels=("auc",),
        ),
    },
    examples=(
        Example(
            says="Three inputs say something each; without any the others still rank the cases.",
            view=lambda: without_each(2000, age=0.3, income=0.3, debts=0.3),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Without the amount that was settled, which is known afterwards, nothing is left.",
            view=lambda: without_each(2000, age=0.0, settled=2.0),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Sixty rows of each label do not tell.",
            view=lambda: without_each(120, age=0.0, income=0.5),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="The squared error rises by no more than 0.2 without any of three.",
            view=lambda: without_each(2000, age=0.3, income=0.3, debts=0.3),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.PASS,
            arguments={"measure": "loss"},
        ),
        Example(
            says="The column is none of the inputs.",
            view=lambda: without_each(200),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"column": "zip"},
        ),
    ),
)
def leave_one_out(view: RefitView, *, column: str, measure: str) -> Counts:
    """How well models of the recipe do with all columns, and without each.

    Purpose:
        Finds leaks beside the univariate look of data.leaking_columns: where the performance stands on a single column, and falls to chance without it, somebody must say
        when and by whom that column is filled in. It sees also what a column knows together with others.
    Method:
        Two thirds of the training rows, whole units, train one model with all columns and, with the same seed, one for each input, which has its most frequent value in all rows: nothing
        can be learned of it. All are asked the last third (one row of each unit). The difference of the areas under the ROC curve on the same rows has the paired variance of DeLong,
        DeLong & Clarke-Pearson (1988, Biometrics 44) and the limits of performance.auc_gain_over_incumbent. The fall in accuracy, also of several classes, is a paired difference with exact
        unconditional p-values (Chan 1998, Statistics in Medicine 17); the rise in loss, also of numbers, is a mean of bounded differences, by Gaffke's limit from 100 rows on and a mixture of bets
        below. Each column is a piece, whose name tells both figures; a pass needs
        each, and that one loses more is told after Holm's correction for all. (Lei et al. 2018, "Distribution-free predictive inference for regression", JASA 113: leave-one-covariate-out;
        Kapoor & Narayanan 2023, Patterns 4.)
    Limits:
        Two columns that know the same hide each other: without one the other is left. A column that knows the answer for few rows, or for one small group, loses little area:
        data.leaking_columns looks at the rows with a value and at each group. Says something of models of the recipe on two thirds of the rows, and nothing of the judged one:
        it never gates. Not evaluable where the models with all columns are not shown (5 %; Mann and Whitney, for the
        accuracy Fisher) to know anything of the label, or which numbers lie in the larger half. A rise in the loss of numbers is a share of the declared range: one far wider than the numbers makes
        every rise small. A recipe that reads columns besides the inputs, or refuses one with a single value, is not tested by this. A good predictor looks as a leak does. Each column is a model of its own, so with more than
        60 inputs one must be named.
    Remedy:
        Ask when and by whom the column is filled in; take out what is not known at the time of the decision, and train again.
    Oracle:
        scikit-learn's models trained without the column, and its roc_auc_score, accuracy_score and mean_absolute_error; a planted leak in 20 seeds
        (tests/checks/test_leave_one_out.py, tests/checks/test_procedures.py).
    """
    if not view.rows.n:
        return NO_ROWS
    named = columns(view.rows, column)
    if not named:
        lacking = f"called {column!r}" if column else "at all"
        return Undefined(Reason.COLUMN_MISSING, f"The model has no input {lacking}.")
    if len(named) > MOST_COLUMNS:
        return Undefined(
            Reason.NOT_MEASURED,
            f"The model has {len(named)} inputs, and each is a model of its own: name one (column). At most {MOST_COLUMNS} are left out in turn.",
        )
    if (nothing := nobody(view)) is not None:
        return nothing
    found = _MEASURED[measure](view, dict(zip(named, view.fits[1:], strict=True)))
    if isinstance(found, Undefined):
        return found
    return knows_nothing(view, view.fits[0], by_decision=measure == "accuracy") or found


def _ranked(view: RefitView, without: Mapping[str, Fitted]) -> Counts:
    if view.rows.answers.task is not Task.BINARY:
        return Undefined(Reason.NOT_MEASURED, "An AUC is one of labels 0 and 1: ask for another measure.")
    whole, labels = view.fits[0].scores[0], view.rows.labels[view.fits[0].asked[0].rows]
    if labels.min() == labels.max():
        return Undefined(Reason.ONE_CLASS_ONLY, "The rows that the models are asked have one label only.")
    return PairedScores(tuple(_cell(name, labels, fit.scores[0], whole) for name, fit in without.items()))


def _right(view: RefitView, without: Mapping[str, Fitted]) -> Counts:
    if view.rows.answers.task is Task.REGRESSION:
        return Undefined(Reason.NOT_MEASURED, "The models predict numbers: ask for measure: loss.")
    whole, cells = view.right(view.fits[0]), []
    for name, fit in without.items():
        right = view.right(fit)
        told = f"{name} (accuracy {whole.mean():.3f}, without it {right.mean():.3f})"
        worse, better = int((whole & ~right).sum()), int((right & ~whole).sum())
        cells.append(PairedCell(told, worse=worse, better=better, n=len(whole)))
    return Paired(tuple(cells))


def _lost(view: RefitView, without: Mapping[str, Fitted]) -> Counts:
    whole, cells = errors(view, view.fits[0]), []
    for name, fit in without.items():
        lost = errors(view, fit)
        told = f"{name} (loss {whole.mean():.3f}, without it {lost.mean():.3f})"
        cells.append(gains(lost - whole, 1.0, told))
    return Means(tuple(cells), -1.0, 1.0)


_MEASURED: Mapping[str, Callable[[RefitView, Mapping[str, Fitted]], Counts]] = {
    "auc": _ranked,
    "accuracy": _right,
    "loss": _lost,
}
"""By measure: the model with all columns against those without each, by its name."""
