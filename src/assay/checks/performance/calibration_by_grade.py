"""Whether in each rating grade as many default as the grade says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from assay.checks.check import EITHER, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, RelativeRate, RelativeRates, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.domain.written import Written, written_grades
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "grades"


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, its grade (of all with the same or a higher limit the lowest) and its label."""
    try:
        edges = [float(limit) for _, limit in written_grades(str(context.parameters["grades"]), "grades")]
    except ValueError:
        return {}  # the check says what is wrong
    grade = np.searchsorted(np.array(edges), rows.answered, side="left").astype(np.int64)
    return {TABLE: together(rows.grouped, (grade, len(edges) + 1), (rows.label, 2))}


GRADES: dict[str, Decimal | int | str] = {"grades": "A: 0.01, B: 0.05, C: 0.2"}


def _view(*defaults: int, outside: int = 0) -> TableView:
    """2,000 rows in each of three grades, of which so many default."""
    score = [0.008] * 2000 + [0.03] * 2000 + [0.1] * 2000 + [0.5] * outside
    label = [int(i < n) for n in defaults for i in range(2000)] + [0] * outside
    return table_view(tabulate, {}, label=label, score=score, parameters=GRADES)


@check(
    id="performance.calibration_by_grade",
    title="Observed against expected rate of each grade",
    estimand="The share of rows with label 1 among those whose score lies in a grade, divided by the highest probability of the grade; in "
    "the worst grade, and the worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the observed rate[ in {group}] is {value} times the highest that the grade stands for",
    need=TabulatedOutcomes(tabulate, no_columns),
    comparators=EITHER,
    high=None,
    settled=Settled(Settles.INVERSE, ("grades",)),
    across=Across.OPTIONAL,
    parameters={
        "grades": Parameter(
            "The grades, each with the highest probability in it: 'A: 0.005, B: 0.02, C: 1'. A score on the line belongs to the lower one.",
            written=Written.GRADES,
        )
    },
    examples=(
        Example(
            says="Of 2,000 each 9, 60 and 300 default: 0.45, 0.6 and 0.75 of what the grades stand for.",
            view=lambda: _view(9, 60, 300),
            comparator=Comparator.AT_MOST,
            threshold="1",
            verdict=Verdict.PASS,
            arguments=GRADES,
        ),
        Example(
            says="140 of 2,000 in grade B default, which stands for at most 5 %.",
            view=lambda: _view(9, 140, 300),
            comparator=Comparator.AT_MOST,
            threshold="1",
            verdict=Verdict.FAIL,
            arguments=GRADES,
        ),
        Example(
            says="18 of 2,000 in grade A are fewer than 1 %, and do not show that.",
            view=lambda: _view(18, 60, 300),
            comparator=Comparator.AT_MOST,
            threshold="1",
            verdict=Verdict.INCONCLUSIVE,
            arguments=GRADES,
        ),
        Example(
            says="Ten rows have a score above the last grade.",
            view=lambda: _view(9, 60, 300, outside=10),
            comparator=Comparator.AT_MOST,
            threshold="1",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=GRADES,
        ),
    ),
)
def calibration_by_grade(view: TableView, *, grades: str) -> Counts:
    """The rate of label 1 in each grade against the probability that the grade stands for.

    Purpose:
        Shows whether a rating grade keeps what it promises: whoever prices, provisions or refuses by grade relies on its probability.
    Method:
        Grades are bands of the score, declared with the highest probability in each. The number of rows with label 1 in a grade is
        binomial; its Clopper-Pearson limits (Clopper & Pearson 1934, Biometrika 26) are divided by the declared probability: the
        binomial test of a rating system (Basel Committee 2005, Working Paper 14), with the burden of proof on the model. Each grade
        is one piece, in each group, and all must hold (intersection-union test, Berger 1982, Technometrics 24).
    Limits:
        To ask for at most 1 says that a grade is not worse than its upper end; a row may lie anywhere in the band. Defaults of one year depend
        on each other through the economy, which no count of one year shows. Scores above the last grade leave it undefined.
    Remedy:
        Recalibrate the scores, or draw the grades anew on development data; cautious margins belong into the probabilities.
    Oracle:
        pandas' cut and scipy's binomtest (tests/checks/test_slices.py).
    """
    try:
        declared = written_grades(grades, "grades")
    except ValueError as wrong:
        return Undefined(Reason.NOT_MEASURED, f"The grades cannot be read: {wrong}.")
    groups = view.context.n_groups
    counts = view.table(TABLE).dense(groups, len(declared) + 1, 2)
    if not counts.sum():
        return NO_ROWS
    if outside := int(counts[:, -1].sum()):
        return Undefined(
            Reason.ROWS_IN_NO_GROUP,
            f"{outside:,} rows have a score above {declared[-1][1]}, the end of the last grade.",
        )
    return RelativeRates(
        tuple(
            RelativeRate(
                label or name,
                int(counts[place, i, 1]),
                int(counts[place, i].sum()),
                float(limit),
                name if label else "",
            )
            for label, place in view.each
            for i, (name, limit) in enumerate(declared)
        )
    )
