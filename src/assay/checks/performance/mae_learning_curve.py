"""What more training rows would bring to predicted numbers."""

from __future__ import annotations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.losses import STEPS, losses_of_rows
from assay.checks.counting.procedures import SIZES, by_size, errors, gains
from assay.checks.trained import numbers
from assay.domain.evidence import Counts, LearnedLosses
from assay.domain.metric import Unit
from assay.domain.needs import Refits
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.refits import Fit, Parameters, RefitView, TrainingRows, nobody, whole_number


def design(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """Models of one seed on nested sets of rows: all that are not held out, half of these, and so on; the smallest first."""
    return by_size(rows, seed, whole_number(parameters, "sizes"))


@check(
    id="performance.mae_learning_curve",
    title="Learning curve of the recipe (mean absolute error)",
    estimand="The fall of the mean absolute error, in the label's unit, when the recipe is given twice as many training rows: from half of four fifths of them to all of these.",
    unit=Unit.NUMBER,
    reading="the mean absolute error falls by {value} when the recipe is given the last half of its training rows",
    need=Refits(design),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    low=None,
    high=None,
    settled=Settled(Settles.GAIN),
    ideal=ZERO,
    parameters={"sizes": SIZES},
    examples=(
        Example(
            says="Of 4,000 rows half are 1 nearer with the larger model, and half are 1 further off.",
            view=lambda: numbers([(40, [5.0, 6.0]), (80, [6.0, 5.0])], 4000),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 4,000 rows the larger model is nearer by 1 or by 3.",
            view=lambda: numbers([(40, [5.0, 7.0]), (80, [4.0, 4.0])], 4000),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="A hundred rows cannot show a gain of at most 0.5.",
            view=lambda: numbers([(40, [5.0, 15.0]), (80, [15.0, 5.0])], 100),
            comparator=Comparator.AT_MOST,
            threshold="0.5",
            verdict=Verdict.INCONCLUSIVE,
        ),
    ),
)
def mae_learning_curve(view: RefitView) -> Counts:
    """The fall of the mean absolute error from the last doubling of the training rows.

    Purpose:
        Shows whether the model lacks rows: a curve that still falls says that collecting more is worth more than
        another kind of model.
    Method:
        A fifth of the training rows, whole units, is held out. The recipe trains a model of one seed on the others, on half of
        them, and so on, each set inside the next, and all predict the held-out rows, one row of each unit. Judged is
        the last step: the mean of what each row is nearer with all rows than with half of them, a mean of numbers between the declared range's width below and
        above zero, by Gaffke's limit from 100 rows on and a mixture of bets below, as performance.mae_gain_over_incumbent. The dossier draws the curve, each
        point with exact limits (Waudby-Smith & Ramdas 2024, JRSS B 86). (Curves of this kind: Perlich, Provost & Simonoff 2003, JMLR 4.)
    Limits:
        One draw of the rows and one seed: a curve can rise by chance. What a further doubling would bring is not
        measured. Rows that are like those at hand, and no others.
    Remedy:
        While it falls, collect more rows before the model is made more complex; where it is flat, look for better inputs instead.
    Oracle:
        scikit-learn's models trained on the same rows and asked directly (tests/checks/test_procedures.py); the bounds by simulation and
        enumeration (tests/stats/test_means.py, tests/stats/test_losses.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    width = view.rows.answers.width_of_range
    off = [errors(view, fit) for fit in view.fits]
    sizes = tuple(len(fit.trained) for fit in view.fits)
    cells = tuple(
        losses_of_rows(f"{size:,} training rows", shares) for size, shares in zip(sizes, off, strict=True)
    )
    return LearnedLosses(sizes, cells, width, STEPS, gains(off[-2] - off[-1], width))
