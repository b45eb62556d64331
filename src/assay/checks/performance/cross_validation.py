"""How well the models do that the recipe makes, each on rows that it has not seen."""

from __future__ import annotations

import numpy as np

from assay.checks.check import EITHER, Example, check
from assay.checks.counting.procedures import FOLDS, by_fold
from assay.checks.trained import folds as by_hand
from assay.domain.evidence import Counts, Folds, Rate, Undefined
from assay.domain.metric import Parameter, Unit
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.refits import Fit, Parameters, RefitView, TrainingRows, nobody, whole_number

GIVEN = {"accuracy": None, "true_positive_rate": 1, "false_positive_rate": 0}
"""The rates, and the label among whose rows each is counted."""


def design(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """A model for each fold, trained on all others."""
    return by_fold(rows, seed, whole_number(parameters, "folds"))


@check(
    id="performance.cross_validation",
    title="Cross-validation of the recipe",
    estimand="The mean over the folds of the true rate (accuracy, or the true-positive or false-positive rate) of the model that the recipe "
    "trains on all other folds of the training rows.",
    unit=Unit.SHARE,
    reading="the {rate:accuracy=accuracy,true_positive_rate=true-positive rate,false_positive_rate=false-positive rate} of models that the "
    "recipe trains is {value} on average over the folds",
    need=Refits(design, settings=("folds",)),
    tasks=(Task.BINARY, Task.MULTICLASS),
    comparators=EITHER,
    parameters={
        "folds": FOLDS,
        "rate": Parameter(
            "What is counted in each fold; of several classes the accuracy.",
            default="accuracy",
            choices=tuple(GIVEN),
            of_two_labels=("true_positive_rate", "false_positive_rate"),
        ),
    },
    examples=(
        Example(
            says="Five folds of 1,000 rows, of which 880 to 900 are decided right.",
            view=lambda: by_hand(*[(400, 60, 50 + i, 490 - i) for i in range(5)]),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The same, where nine of ten missed cases are too many.",
            view=lambda: by_hand(*[(400, 60, 450 + i, 90 - i) for i in range(5)]),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.FAIL,
            arguments={"rate": "true_positive_rate"},
        ),
        Example(
            says="Folds of 40 rows, in all of which 36 are decided right, cannot show 0.85.",
            view=lambda: by_hand(*[(18, 2, 2, 18)] * 5),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="A fold has no row with label 1.",
            view=lambda: by_hand((18, 2, 2, 18), (18, 2, 0, 0)),
            comparator=Comparator.AT_LEAST,
            threshold="0.85",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"rate": "true_positive_rate"},
        ),
    ),
)
def cross_validation(view: RefitView, *, rate: str) -> Counts:
    """The mean of a rate over the folds of the training rows, each decided by a model that has not seen them.

    Purpose:
        Shows how well the procedure does that made the model, on rows of which none is spent: whether the model is
        what its recipe usually gives, or a lucky one.
    Method:
        The training rows are drawn into folds, whole units each. The recipe trains a model on all folds but one, and
        decides the rows of that one (one row of each unit). The value is the mean of the rates of the folds (Stone 1974, Journal of the
        Royal Statistical Society B 36). Folds share most of their training rows, and nothing estimates the variance of their
        mean without error on average (Bengio & Grandvalet 2004, JMLR 5), so the bound uses none: it is the bound of Chernoff
        (1952, Annals of Mathematical Statistics 23) with the rows of the smallest fold, which holds for any dependence between
        folds by Jensen's inequality (proof in assay.stats.cross_validation).
    Limits:
        Says something of models that learned from fewer rows than the one that is judged, and nothing of that
        one: it never gates. The bound counts the rows of one fold, not of all, so it is wide. Rows that depend on each other without a common unit,
        as neighbours in time do, make it too good. Of models of numbers performance.cross_validated_mae says the same.
    Remedy:
        Where the judged model does far better than its recipe, ask how it was chosen; where folds differ much, look
        for what differs between them.
    Oracle:
        scikit-learn's models trained on the same folds and asked directly (tests/app/test_refits.py); the
        interval by its published formula (tests/stats/test_cross_validation.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    given, cells = GIVEN[rate], []
    if given is not None and view.rows.answers.task is not Task.BINARY:
        return Undefined(
            Reason.NOT_MEASURED, f"A {rate.replace('_', '-')} is one of labels 0 and 1: ask for the accuracy."
        )
    for place, fit in enumerate(view.fits):
        labels = view.rows.labels[fit.asked[0].rows]
        among = np.ones(len(labels), dtype=bool) if given is None else labels == given
        counted = view.right(fit) if given is None else view.decided(fit)
        if not among.any():
            return Undefined(Reason.ONE_CLASS_ONLY, f"Fold {place + 1} has no row with label {given}.")
        cells.append(Rate(f"fold {place + 1}", int(counted[among].sum()), int(among.sum())))
    return Folds(tuple(cells))
