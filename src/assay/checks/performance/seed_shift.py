"""How far predicted numbers hang on the seed of the training."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.losses import STEPS, losses_of_rows
from assay.checks.counting.procedures import SEEDS, by_seed
from assay.checks.trained import numbers
from assay.domain.evidence import Counts, Losses
from assay.domain.metric import Unit
from assay.domain.needs import Refits
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.refits import Fit, Parameters, RefitView, TrainingRows, nobody, whole_number


def design(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """Models with nothing different but their seeds."""
    return by_seed(rows, seed, whole_number(parameters, "seeds"))


@check(
    id="performance.seed_shift",
    title="Shift of predictions between seeds of the recipe",
    estimand="The mean distance, in the label's unit, between what two models predict for a person that the recipe trains on the same rows with other seeds; that of the two that differ most.",
    unit=Unit.NUMBER,
    reading="predictions move by {value} on average with the seed of the training",
    need=Refits(design),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    high=None,
    ideal=ZERO,
    settled=Settled(Settles.WIDTH),
    parameters={"seeds": SEEDS},
    examples=(
        Example(
            says="Of 2,000 rows each is predicted 1 apart with another seed.",
            view=lambda: numbers([(8, [0.0]), (8, [1.0])], 2000),
            comparator=Comparator.AT_MOST,
            threshold="2",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 2,000 rows each is predicted 3 apart with another seed.",
            view=lambda: numbers([(8, [0.0]), (8, [3.0])], 2000),
            comparator=Comparator.AT_MOST,
            threshold="2",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="30 rows are too few to show that none of many is far apart.",
            view=lambda: numbers([(8, [0.0]), (8, [1.0])], 30),
            comparator=Comparator.AT_MOST,
            threshold="2",
            verdict=Verdict.INCONCLUSIVE,
        ),
    ),
)
def seed_shift(view: RefitView) -> Counts:
    """The mean distance of predictions when nothing but the seed of the training changes.

    Purpose:
        Shows which part of a predicted number is chance: what one model says of a person, and another would that its makers could as well have shipped.
    Method:
        A fifth of the training rows, whole units, is held out. The recipe trains a model on the others with each of
        several seeds, which follow from the run's, and all predict the held-out rows, one row of each unit. The distances of two
        models that were trained on other rows are independent draws, none larger than the declared range is wide: their mean is bounded by a mixture
        of bets, exact for any number of rows (Waudby-Smith & Ramdas 2024, JRSS B 86), for each pair, and each must hold
        (intersection-union test, Berger 1982, Technometrics 24). Distances are counted on a grid of a ten-thousandth of the range and rounded to
        the worse side.
    Limits:
        Of these seeds, not of all. What else is chance in a model (the draw of the rows, the choice of settings) is held
        fixed. A recipe that does not use its seed has 0. Models that learned from four fifths of the rows differ more
        than those that learned from all. A mean hides a few who are far apart.
    Remedy:
        Average several models, regularise, or train on more rows; fix nothing by choosing the seed that looks best.
    Oracle:
        scikit-learn's models trained on the same rows and asked directly (tests/checks/test_procedures.py); the bound by exhaustive enumeration
        of small worlds (tests/stats/test_losses.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    width = view.rows.answers.width_of_range
    said = [fit.scores[0] for fit in view.fits]
    cells = tuple(
        losses_of_rows(f"seeds {i + 1} and {j + 1}", np.abs(said[i] - said[j]) / width)
        for i, j in combinations(range(len(said)), 2)
    )
    return Losses(cells, width, STEPS)
