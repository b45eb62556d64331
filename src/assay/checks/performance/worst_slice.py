"""How well the model does in the worst of the declared slices."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checks.check import EITHER, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.decision_rates import DECISION_RATES, decision_rate
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Across, Names, Parameter, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "slices"


def columns(context: TableContext) -> tuple[str, ...]:
    """The column that the slices are of."""
    stratum = context.strata.get(str(context.parameters["within"]))
    return (stratum.column,) if stratum is not None else ()


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, its slice, its label and its decision."""
    name = str(context.parameters["within"])
    part = (rows.stratum(name), len(context.strata[name].labels()))
    return {TABLE: together(rows.grouped, part, (rows.label, 2), (rows.decided, 2))}


SITES = {"site": Attribute(column="site", groups={"north": 1, "south": 2})}


def _view(north: int, south: int) -> TableView:
    """A thousand cases in the north and 300 in the south, of which so many are found."""
    return table_view(
        tabulate,
        {"site": [1] * 1000 + [2] * 300},
        label=[1] * 1300,
        score=[float(i < north) for i in range(1000)] + [float(i < south) for i in range(300)],
        strata=SITES,
        parameters={"within": "site", "measure": "recall"},
    )


@check(
    id="performance.worst_slice",
    title="Performance in the worst slice",
    estimand="The accuracy (or recall, precision or false-positive rate) in each part of the cases that a stratum declares; in the worst "
    "part, and the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{measure:accuracy=accuracy,recall=recall,precision=precision,false_positive_rate=the false-positive rate}[ in {group}] is "
    "{value} in the worst slice by {within}",
    need=TabulatedOutcomes(tabulate, columns),
    comparators=EITHER,
    across=Across.OPTIONAL,
    parameters={
        "within": Parameter("The stratum whose parts are the slices.", names=Names.STRATUM),
        "measure": Parameter("What is measured in each.", default="accuracy", choices=tuple(DECISION_RATES)),
    },
    examples=(
        Example(
            says="900 of 1,000 are found in the north, 255 of 300 in the south.",
            view=lambda: _view(900, 255),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            arguments={"within": "site", "measure": "recall"},
        ),
        Example(
            says="900 of 1,000 in the north, 210 of 300 in the south.",
            view=lambda: _view(900, 210),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            arguments={"within": "site", "measure": "recall"},
        ),
        Example(
            says="No case is decided as 0 or has label 0, so there is no false-positive rate.",
            view=lambda: _view(1000, 300),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"within": "site", "measure": "false_positive_rate"},
        ),
    ),
)
def worst_slice(view: TableView, *, within: str, measure: str) -> Counts:
    """A rate of the model's decisions in each declared slice.

    Purpose:
        A good average hides the site, the product or the age of a case in which the model is bad. Slices that are declared before any
        result exists are criteria; slices that somebody finds in the results are findings.
    Method:
        The rate in each part of the stratum, in each group if groups are named; each is one piece and all must hold
        (intersection-union test, Berger 1982, Technometrics 24), so that no correction for their number is due to pass, while a
        failure pays for it (Holm). One-sided Clopper-Pearson bounds (Clopper & Pearson 1934, Biometrika 26).
    Limits:
        The smallest slice decides how many rows are needed. Rows that belong to no part of the stratum are in no slice; with
        more than 2 % of them it is not evaluable.
    Remedy:
        See what the cases of the slice have in common that the inputs do not tell; collect more of them, or do not use the model there.
    Oracle:
        scikit-learn's measures on the rows of each slice (tests/checks/test_slices.py); the bound by exact enumeration
        (tests/stats/test_rates.py).
    """
    if within not in view.context.strata:
        return Undefined(Reason.NOT_MEASURED, f"No stratum {within!r} is declared.")
    slices = view.context.strata[within].labels()
    counts = view.table(TABLE).dense(view.context.n_groups, len(slices), 2, 2)
    if not counts.sum():
        return NO_ROWS
    cells = []
    for label, place in view.each:
        for i, name in enumerate(slices):
            x, n = decision_rate(counts[place, i], measure)
            cells.append(Rate(label or name, x, n, name if label else ""))
    if not any(cell.trials for cell in cells):
        return Undefined(Reason.ZERO_DENOMINATOR, f"In no slice is there a row that {measure} is a rate of.")
    return Rates(tuple(cells))
