"""In which slice of the cases the model is worst, among all that the documented codes make."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.check import EITHER, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.slices import DEPTH, MEASURE, columns, slices, tabulate, undocumented
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Counts, Rates, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.table import TableView

DICTIONARY = tuple(
    Column(name=name, type="category", description=name, codes={0: "no", 1: "yes"})
    for name in ("new", "abroad")
)
ARGUMENTS: dict[str, Decimal | int | str] = {"measure": "accuracy", "depth": 2, "min_rows": 100}


def _view(wrong: int, n: int = 1000) -> TableView:
    """So many rows in each of four slices, 5 % of them decided wrongly, but of those that are new and abroad this many."""
    new = [i // (2 * n) for i in range(4 * n)]
    abroad = [(i // n) % 2 for i in range(4 * n)]
    label = [i % 2 for i in range(4 * n)]
    errors = [i % n < (wrong if i >= 3 * n else n // 20) for i in range(4 * n)]
    score = [float(y != e) for y, e in zip(label, errors, strict=True)]
    return table_view(
        tabulate,
        {"new": new, "abroad": abroad},
        label=label,
        score=score,
        dictionary=DICTIONARY,
        parameters=ARGUMENTS,
    )


@check(
    id="performance.slice_search",
    title="Search for weak slices",
    estimand="The accuracy (or recall, precision or false-positive rate) in every slice that one documented code, or two of them together, make and "
    "that has at least so many rows; in the worst of them, and the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{measure:accuracy=accuracy,recall=recall,precision=precision,false_positive_rate=the false-positive rate} is {value} "
    "in the worst slice of at least {min_rows} rows[: {group}]",
    need=TabulatedOutcomes(tabulate, columns),
    comparators=EITHER,
    across=Across.OPTIONAL,
    parameters={
        "measure": MEASURE,
        "depth": DEPTH,
        "min_rows": Parameter(
            "Slices of fewer rows that the rate is of are left out.",
            default=100,
            low=Decimal(10),
            high=Decimal(1000000),
            integer=True,
        ),
    },
    examples=(
        Example(
            says="In each of four slices 5 % of 1,000 are decided wrongly.",
            view=lambda: _view(50),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.PASS,
            arguments=ARGUMENTS,
        ),
        Example(
            says="20 % of those that are new and abroad are decided wrongly; over all it is less than a tenth.",
            view=lambda: _view(200),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.FAIL,
            arguments=ARGUMENTS,
        ),
        Example(
            says="12 % of 1,000 look like more than 10 %, and among nine slices one such is no surprise.",
            view=lambda: _view(115),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.INCONCLUSIVE,
            arguments=ARGUMENTS,
        ),
    ),
)
def slice_search(view: TableView, *, measure: str, depth: int, min_rows: int) -> Counts:
    """The rate in the worst of all slices that the documented codes make.

    Purpose:
        Finds the cases in which the model is bad without being told where to look: one code, or two together, such as new customers
        from abroad.
    Method:
        All slices by one or two documented codes are looked at, of which each has so many rows that the rate is of. A pass says that the rate satisfies the threshold in each of them, and costs no correction (intersection-union test,
        Berger 1982, Technometrics 24); that some slice violates it is told after Holm's correction for all of them (Holm 1979, Scand.
        J. Statist. 6), so that chance finds nothing in more than alpha of the runs. One-sided Clopper-Pearson bounds. (Slices by
        codes and their pairs: Chung et al. 2019, "Slice Finder", ICDE.)
    Limits:
        Knows documented codes: a weakness by age or amount is found only where a column has bands as codes. A
        slice of fewer rows, and one by three codes, is not looked at. Rows without a value are one slice of that column. Not evaluable where so many rows of a category have codes that nobody documented: among them one
        could be weak. Many slices make a pass rare: as an advisory criterion it is a
        search, as a critical one a strict promise.
    Remedy:
        See what the slice has in common that the inputs do not tell. `performance.found_slices` searches the development rows and judges what it finds on fresh rows;
        or declare the slice as a stratum, and ask for it on fresh rows.
    Oracle:
        pandas' groupby over all pairs of columns (tests/checks/test_slices.py); a planted slice is found, and none on clean rows, in
        19 of 20 seeds (the same).
    """
    if not columns(view.context):
        return Undefined(Reason.NOT_MEASURED, "No documented column has codes to make slices of.")
    if not view.n:
        return NO_ROWS
    if said := undocumented(view, measure, int(min_rows)):
        return Undefined(Reason.NOT_MEASURED, said)
    cells = [found.rate for found in slices(view, int(depth), measure, int(min_rows))]
    found = {cell.label for cell in cells}
    lacking = [label for label, _ in view.each if label and label not in found]
    if not cells or lacking:
        whose = f" of {lacking[0]}" if lacking else ""
        return Undefined(
            Reason.EMPTY_GROUP, f"No slice{whose} has {min_rows:,} rows that {measure} is a rate of."
        )
    return Rates(tuple(cells))
