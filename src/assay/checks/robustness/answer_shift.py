"""Predicted numbers that move too far when inputs have small errors, fewer digits, or get lost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.counting.moved import MOST_NUMBERS, Noting, too_few_moved
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import TabulatedChanges
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.changes import add_noise, lose_values, round_numbers
from assay.tally.perturbation import Floats
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "shifts"
NEAR, FAR = 0, 1
CHANGES = {"noise": add_noise, "rounding": round_numbers, "missingness": lose_values}


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, and whether its answer moves by more than the tolerance."""
    change = str(context.parameters["change"])
    noting = Noting(rows, CHANGES[change])
    moved = np.abs(rows.after(change, noting) - rows.answered)
    far = (moved > float(context.parameters["tolerance"])).astype(np.int64)
    found = {TABLE: together(rows.grouped, (far, 2))}
    return found | dict(noting.table(rows, np.ones(rows.n, dtype=bool)))


ARGUMENTS: Mapping[str, Decimal | int | str] = {
    "change": "noise",
    "tolerance": Decimal(5),
    "scale": Decimal("0.1"),
    "digits": 2,
    "share": Decimal("0.05"),
}
DAYS = Answers(Task.REGRESSION, 0.0, 200.0)


def _view(steep: float, n: int = 2000) -> TableView:
    """Days in hospital that rise with age by so many a year."""
    age = 30 + np.arange(n) % 41 * 1.0

    def model(inputs: Mapping[str, NDArray[Any]]) -> Floats:
        days: Floats = steep * inputs["age"]
        return days

    return table_view(
        tabulate,
        {"age": age},
        label=[10.0] * n,
        score=steep * age,
        model=model,
        known={"age": age},
        answers=DAYS,
        parameters=ARGUMENTS,
    )


@check(
    id="robustness.answer_shift",
    title="Predicted numbers that move too far",
    estimand="The share of rows whose predicted number moves by more than the tolerance when inputs are changed as an error would change them; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the predictions[ for {group}] move by more than {tolerance} under {change:noise=small errors,rounding=fewer digits,missingness=lost values} (errors of {scale} standard deviations, {digits} digits, a share of {share} lost)",
    need=TabulatedChanges(tabulate, no_columns, known=True),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.OPTIONAL,
    tasks=(Task.REGRESSION,),
    parameters={
        "change": Parameter(
            "What happens to the inputs: normal errors of all numbers, fewer digits of them, or values that get lost.",
            default="noise",
            choices=tuple(CHANGES),
        ),
        "tolerance": Parameter(
            "How far a prediction may move, in the unit of the label.", low=Decimal("0.000000001"), high=None
        ),
        "scale": Parameter(
            "Of noise: its standard deviation, in standard deviations of the column on the reference data.",
            default=Decimal("0.1"),
            low=Decimal("0.001"),
            high=Decimal(10),
        ),
        "digits": Parameter(
            "Of rounding: how many significant digits are kept.",
            default=2,
            low=Decimal(1),
            high=Decimal(15),
            integer=True,
        ),
        "share": Parameter(
            "Of missingness: the probability with which each value is lost.",
            default=Decimal("0.05"),
            low=Decimal("0.001"),
            high=Decimal(1),
        ),
    },
    examples=(
        Example(
            says="Half a day for each year: an error of one year, which is a tenth of the spread, moves nothing by five days.",
            view=lambda: _view(0.5),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
            arguments=ARGUMENTS,
        ),
        Example(
            says="Two and a half days for each year: about one prediction in ten moves by more than five.",
            view=lambda: _view(2.5),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
            arguments=ARGUMENTS,
        ),
        Example(
            says="None of 100 moves so far, which does not show that fewer than one in a hundred would.",
            view=lambda: _view(0.5, 100),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.INCONCLUSIVE,
            arguments=ARGUMENTS,
        ),
    ),
)
def answer_shift(view: TableView, *, change: str, tolerance: Decimal) -> Counts:
    """The share of predictions that small changes of the inputs move by more than they may.

    Purpose:
        Shows whether a predicted number survives the errors that measuring, storing and losing values bring, row by row: a mean error
        that stays the same can hide predictions that jump.
    Method:
        Each row is predicted as it is and with changed inputs: independent normal errors of every number (whole numbers are rounded
        again), numbers of fewer significant digits, or values that are lost. What is drawn is a pure function of the seed, the column
        and the row. A prediction that moves by more than the tolerance, either way, counts; the share has Clopper-Pearson limits (1934). (Kinds of
        test: ISO/IEC TR 24029-1:2021.)
    Limits:
        One draw per row and no adversary: it shows average, not worst-case, robustness. Where errors or fewer digits leave
        more than half of the rows of a group as they are, or lost values all of them, the criterion has no value, nor has it where the tolerance is as wide as the declared range. A model that ignores its inputs moves nothing. A model that takes no missing values fails
        under missingness, and the criterion has no value.
    Remedy:
        Regularise, coarsen inputs that are measured less exactly than they are stored, or train with noise and with lost values.
    Oracle:
        The normal tail of a linear model, whose answer moves by a normal error of known size, and NumPy's rounding
        (tests/checks/test_answer_shift.py); the bound by exact enumeration (tests/stats/test_rates.py).
    """
    if not view.n:
        return NO_ROWS
    answers = view.context.answers
    if tolerance >= Decimal(str(answers.high)) - Decimal(str(answers.low)):
        said = f"No prediction between {answers.low:.15g} and {answers.high:.15g} can move by more than {tolerance}; name a smaller tolerance."
        return Undefined(Reason.NOT_MEASURED, said)
    still = too_few_moved(view, 0.0 if change == "missingness" else MOST_NUMBERS)
    if still is not None:
        return still
    counts = view.table(TABLE).dense(view.context.n_groups, 2)
    return Rates(
        tuple(Rate(label, int(counts[place, FAR]), int(counts[place].sum())) for label, place in view.each)
    )
