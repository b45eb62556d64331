"""What more training rows would bring."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.procedures import SIZES, by_size
from assay.checks.trained import same_rows
from assay.domain.evidence import Counts, Learned, PairedCell, Rate
from assay.domain.metric import Unit
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.refits import Fit, Parameters, RefitView, TrainingRows, nobody, whole_number


def design(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """Models of one seed on nested sets of rows: all that are not held out, half of these, and so on; the smallest first."""
    return by_size(rows, seed, whole_number(parameters, "sizes"))


def _curve(rows: int, lost: int, won: int) -> RefitView:
    """Two models: with all rows ``lost`` are wrong that the smaller one has right, and ``won`` the other way round."""
    half = [1.0] * lost + [0.0] * won + [1.0] * (rows - lost - won)
    full = [0.0] * lost + [1.0] * won + [1.0] * (rows - lost - won)
    return same_rows([1] * rows, (40, half), (80, full))


@check(
    id="performance.learning_curve",
    title="Learning curve of the recipe",
    estimand="The gain in accuracy when the recipe is given twice as many training rows: from half of four fifths of them to all of these.",
    unit=Unit.POINTS,
    reading="accuracy gains {value} when the recipe is given the last half of its training rows",
    need=Refits(design),
    tasks=(Task.BINARY, Task.MULTICLASS),
    comparators=AT_MOST,
    low=Decimal(-1),
    ideal=ZERO,
    parameters={"sizes": SIZES},
    examples=(
        Example(
            says="Of 4,000 rows the larger model has 30 right that the smaller one has not, and 25 the other way round.",
            view=lambda: _curve(4000, 25, 30),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 4,000 rows the larger model has 200 right that the smaller one has not, and 40 the other way round.",
            view=lambda: _curve(4000, 40, 200),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="A hundred rows cannot show a gain of at most 1 point.",
            view=lambda: _curve(100, 2, 2),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.INCONCLUSIVE,
        ),
    ),
)
def learning_curve(view: RefitView) -> Counts:
    """The gain in accuracy from the last doubling of the training rows.

    Purpose:
        Shows whether the model lacks rows: a curve that still rises says that collecting more is worth more than
        another kind of model.
    Method:
        A fifth of the training rows, whole units, is held out. The recipe trains a model of one seed on the others, on half of
        them, and so on, each set inside the next, and all decide the held-out rows, one row of each unit. Judged is
        the last step: rows that turn right minus rows that turn wrong, of all, a paired difference with exact
        unconditional p-values (Chan 1998, Statistics in Medicine 17) and MOVER limits (Newcombe 1998, Statistics in
        Medicine 17). The dossier draws the curve, each point with Clopper-Pearson limits (1934, Biometrika 26). (Curves
        of this kind: Perlich, Provost & Simonoff 2003, JMLR 4.)
    Limits:
        One draw of the rows and one seed: a curve can dip by chance. What a further doubling would bring is not
        measured. Rows that are like those at hand, and no others. Of models of numbers performance.mae_learning_curve says the same.
    Remedy:
        Where it still rises, collect more rows like these. Where it does not, look for better inputs.
    Oracle:
        scikit-learn's models trained on the same rows and asked directly (tests/app/test_refits.py); the bound by scipy
        (tests/stats/test_rates.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    right = [view.right(fit) for fit in view.fits]
    sizes = tuple(len(fit.trained) for fit in view.fits)
    cells = tuple(
        Rate(f"{size:,} training rows", int(r.sum()), len(r)) for size, r in zip(sizes, right, strict=True)
    )
    before, after = right[-2], right[-1]
    last = PairedCell(
        "", worse=int((after & ~before).sum()), better=int((before & ~after).sum()), n=len(after)
    )
    return Learned(sizes, cells, last)
