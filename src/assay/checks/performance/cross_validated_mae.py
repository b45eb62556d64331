"""How far the models are off that the recipe makes, each on rows that it has not seen."""

from __future__ import annotations

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.losses import STEPS, losses_of_rows
from assay.checks.counting.procedures import FOLDS, by_fold, errors
from assay.checks.trained import numbers
from assay.domain.evidence import Counts, FoldLosses
from assay.domain.metric import Unit
from assay.domain.needs import Refits
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.refits import Fit, Parameters, RefitView, TrainingRows, nobody, whole_number


def design(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """A model for each fold, trained on all others."""
    return by_fold(rows, seed, whole_number(parameters, "folds"))


@check(
    id="performance.cross_validated_mae",
    title="Cross-validated mean absolute error of the recipe",
    estimand="The mean over the folds of the true mean absolute error, in the label's unit, of the model that the recipe trains on all other folds of the "
    "training rows.",
    unit=Unit.NUMBER,
    reading="models that the recipe trains are off by {value} on average over the folds",
    need=Refits(design, settings=("folds",)),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    high=None,
    settled=Settled(Settles.WIDTH),
    parameters={
        "folds": FOLDS,
    },
    examples=(
        Example(
            says="Five folds of 1,000 rows, which are off by 5 on average.",
            view=lambda: numbers([(4000, [2.0, -8.0])] * 5, 1000, folds=True),
            comparator=Comparator.AT_MOST,
            threshold="8",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The same are off by 12 on average.",
            view=lambda: numbers([(4000, [6.0, -18.0])] * 5, 1000, folds=True),
            comparator=Comparator.AT_MOST,
            threshold="8",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Folds of 40 rows that are off by 5 cannot show 8: one of them may miss by 100.",
            view=lambda: numbers([(160, [2.0, -8.0])] * 5, 40, folds=True),
            comparator=Comparator.AT_MOST,
            threshold="8",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There is no row to ask.",
            view=lambda: numbers([(0, [1.0])] * 2, 0, folds=True),
            comparator=Comparator.AT_MOST,
            threshold="8",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def cross_validated_mae(view: RefitView) -> Counts:
    """The mean absolute error over the folds of the training rows, each predicted by a model that has not seen them.

    Purpose:
        Shows how far the procedure is off that made the model, on rows of which none is spent: whether the model is
        what its recipe usually gives, or a lucky one.
    Method:
        The training rows are drawn into folds, whole units each. The recipe trains a model on all folds but one, and
        predicts the rows of that one (one row of each unit). The value is the mean of the folds' mean absolute errors (Stone 1974, Journal of the
        Royal Statistical Society B 36). No error is larger than the declared range is wide, and nothing estimates the variance of the mean of folds
        without error on average (Bengio & Grandvalet 2004, JMLR 5), so the bound uses none: it is that of Hoeffding (1963, JASA 58, theorem 1) with the
        rows of the smallest fold, which holds for any dependence between folds by Jensen's inequality (proof in assay.stats.cross_validation).
        Errors are counted on a grid of a ten-thousandth of the range and rounded to the worse side.
    Limits:
        Says something of models that learned from fewer rows than the one that is judged, and nothing of that
        one: it never gates. The bound counts the rows of one fold, not of all, and pays for the declared range, so it is wide: declare the range as narrow
        as truth allows. Rows that depend on each other without a common unit, as neighbours in time do, make it too good.
    Remedy:
        Where the judged model does far better than its recipe, ask how it was chosen; where folds differ much, look
        for what differs between them.
    Oracle:
        scikit-learn's cross_val_score on the same folds (tests/checks/test_procedures.py); the interval by its published formula and by
        enumeration (tests/stats/test_cross_validation.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    cells = tuple(losses_of_rows(f"fold {i + 1}", errors(view, fit)) for i, fit in enumerate(view.fits))
    return FoldLosses(cells, view.rows.answers.width_of_range, STEPS)
