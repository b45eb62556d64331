"""How many decisions hang on the seed of the training."""

from __future__ import annotations

from itertools import combinations

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.procedures import SEEDS, by_seed
from assay.checks.trained import same_rows
from assay.domain.evidence import Counts, Rate, Rates
from assay.domain.metric import Unit
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.refits import Fit, Parameters, RefitView, TrainingRows, nobody, whole_number


def design(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """Models with nothing different but their seeds."""
    return by_seed(rows, seed, whole_number(parameters, "seeds"))


def _turned(count: int, rows: int = 2000) -> RefitView:
    """Two models that decide so many rows differently."""
    second = [1.0] * count + [0.0] * (rows - count)
    return same_rows([0] * rows, (8, [0.0] * rows), (8, second))


@check(
    id="performance.seed_stability",
    title="Stability between seeds of the recipe",
    estimand="The share of people whom two models decide differently that the recipe trains on the same rows with other seeds; that of the two that differ most.",
    unit=Unit.SHARE,
    reading="{value} of the decisions change with the seed of the training",
    need=Refits(design),
    tasks=(Task.BINARY, Task.MULTICLASS),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={"seeds": SEEDS},
    examples=(
        Example(
            says="Of 2,000 rows 20 are decided otherwise with another seed.",
            view=lambda: _turned(20),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 2,000 rows 100 are decided otherwise with another seed.",
            view=lambda: _turned(100),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="Of 100 rows none is decided otherwise, and they are too few to show 2 %.",
            view=lambda: _turned(0, 100),
            comparator=Comparator.AT_MOST,
            threshold="0.02",
            verdict=Verdict.INCONCLUSIVE,
        ),
    ),
)
def seed_stability(view: RefitView) -> Counts:
    """The share of decisions that change when nothing but the seed of the training does.

    Purpose:
        Shows which part of the decisions is chance: who is refused by one model, and would be accepted by another
        that its makers could as well have shipped.
    Method:
        A fifth of the training rows, whole units, is held out. The recipe trains a model on the others with each of
        several seeds, which follow from the run's, and all decide the held-out rows, one row of each unit. For two
        models that were trained on other rows these are independent draws, so the number of different decisions is
        binomial: one-sided Clopper-Pearson bound (Clopper & Pearson 1934, Biometrika 26) for each pair, and each must hold
        (intersection-union test, Berger 1982, Technometrics 24). (Models that do equally well and decide differently: Marx, Calmon &
        Ustun 2020, ICML, "Predictive multiplicity in classification".)
    Limits:
        Of these seeds, not of all. What else is chance in a model (the draw of the rows, the choice of settings) is held
        fixed. A recipe that does not use its seed has 0. Models that learned from four fifths of the rows differ more
        than those that learned from all. Of models of numbers performance.seed_shift says how far their predictions lie apart.
    Remedy:
        Average several models, regularise, or train on more rows; fix nothing by choosing the seed that looks best.
    Oracle:
        scikit-learn's models trained on the same rows and asked directly (tests/app/test_refits.py); the bound by scipy
        (tests/stats/test_rates.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    decided = [view.decided(fit) for fit in view.fits]
    return Rates(
        tuple(
            Rate(f"seeds {i + 1} and {j + 1}", int((decided[i] != decided[j]).sum()), len(decided[i]))
            for i, j in combinations(range(len(decided)), 2)
        )
    )
