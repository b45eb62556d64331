"""Whether inputs or scores are distributed as they were in the reference data."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Distance, HistogramPair, Histograms, Undefined
from assay.domain.gating import MOST_IN_NO_GROUP
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.domain.written import Written, written_increasing
from assay.tally.coding import missing
from assay.tally.table import Integers, Rows, TableContext, TableView

TABLE = "bins"
MOST_BINS = 100
RARE = 0.02
"""Of the reference at least this share of the rows must lie beside the fullest of declared bins: else hardly anything would be seen to move."""


def edges_of(text: str) -> tuple[float, ...]:
    """The edges of a text as ``10, 20, 50``. Raises ValueError for anything else."""
    edges = tuple(map(float, written_increasing(text, "edges")))
    if len(edges) >= MOST_BINS:
        raise ValueError(f"'edges' has fewer than {MOST_BINS} numbers; found {len(edges)}")
    return edges


def columns(context: TableContext) -> tuple[str, ...]:
    """The column that is compared."""
    return (str(context.parameters["column"]),)


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The bin of each row: between the edges, or the documented code; the last bin is of rows without a value."""
    name = str(context.parameters["column"])
    if name not in rows.names:
        return {}
    column, values = context.column(name), rows.column(name)
    edges = str(context.parameters["edges"])
    if column is not None and column.codes is not None:
        found, documented = rows.codes(name)[0], len(column.codes)
        return {TABLE: np.where(missing(values), documented + 1, np.minimum(found, documented))}
    try:
        limits = np.array(edges_of(edges))
    except ValueError:
        return {}  # the check says what is wrong
    numbers = rows.numbers(name)
    found = np.searchsorted(limits, np.nan_to_num(numbers), side="right").astype(np.int64)
    return {TABLE: np.where(np.isnan(numbers), len(limits) + 1, found)}


def _unseen(
    column: str, reference: str, before: Integers, after: Integers, *, declared: bool, numeric: bool
) -> str:
    """Why the bins would not show how values move: hardly any lie beside one of those declared, or many values are none of the codes."""
    most, rows = int(before.max()), int(before.sum())
    if declared and before[-1] == rows:
        return f"No row of {reference!r} has a number in {column!r}, and 'edges' part numbers; document the codes of a category, and write numbers as such."
    if np.count_nonzero(before) < 2 or (declared and rows - most < RARE * rows):
        return f"{most:,} of {rows:,} rows of {reference!r} are in one bin of {column!r}, so that the bins would not show how its values move; declare others."
    # Of categories those that only one of the data sets has are a shift that the bins do show.
    other = (max if numeric else min)(float(counts[-2] / counts.sum()) for counts in (before, after))
    if not declared and other > MOST_IN_NO_GROUP:
        return (
            f"A share of {other:.2g} of the rows has a value of {column!r} that is no documented code; how these move no bin shows. "
            "Document all codes, or delete those of a number."
        )
    return ""


SCORE: dict[str, Decimal | int | str] = {
    "column": "score",
    "edges": "0.2, 0.4, 0.6, 0.8",
    "reference": "train",
    "distance": "psi",
}


def _view(n: int, *shares: float) -> TableView:
    """Rows evenly in five bins in the reference, and with these shares in the test data."""
    middle = (0.1, 0.3, 0.5, 0.7, 0.9)
    before = [value for value in middle for _ in range(n // 5)]
    after = [value for value, share in zip(middle, shares, strict=True) for _ in range(round(n * share))]
    return table_view(
        tabulate,
        {"score": after},
        others={"train": {"score": before}},
        parameters=SCORE,
        label=[0] * len(after),
    )


@check(
    id="performance.psi",
    title="Population stability index (PSI)",
    estimand="The sum over bins of (p - q) ln(p / q), of the shares p in the reference data and q in the judged data, each at least "
    "0.0001; or the total variation or Hellinger distance of these shares.",
    unit=Unit.NUMBER,
    reading="the {distance:psi=population stability index,total_variation=total variation distance,hellinger=Hellinger distance} of "
    "{column} is {value}",
    need=TabulatedEverywhere(tabulate, columns, per_unit=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    ideal=ZERO,
    high=None,
    parameters={
        "column": Parameter("The column to compare: an input, or a column of scores.", names=Names.COLUMN),
        "edges": Parameter(
            "Where the bins of a number begin: '10, 20, 50' makes four. A category has a bin for each documented code.",
            default="",
            written=Written.INCREASING,
        ),
        "reference": Parameter(
            "The data set to compare with.",
            default="develop",
            choices=("train", "develop", "test"),
            names=Names.DATA,
        ),
        "distance": Parameter("psi, total_variation or hellinger.", default="psi", choices=tuple(Distance)),
    },
    examples=(
        Example(
            says="20,000 rows are spread as before but for two in a hundred.",
            view=lambda: _view(20_000, 0.19, 0.2, 0.2, 0.2, 0.21),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
            arguments=SCORE,
        ),
        Example(
            says="Half of the rows are in the last bin, which had a fifth.",
            view=lambda: _view(20_000, 0.1, 0.1, 0.1, 0.2, 0.5),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
            arguments=SCORE,
        ),
        Example(
            says="500 rows that are spread as before do not show it.",
            view=lambda: _view(500, 0.2, 0.2, 0.2, 0.2, 0.2),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.INCONCLUSIVE,
            arguments=SCORE,
        ),
    ),
)
def psi(view: TableView, *, column: str, edges: str, reference: str, distance: str) -> Counts:
    """How far the distribution of a column has moved.

    Purpose:
        Shows whether the people whom the model was judged on, or will be used for, are those that it was made for. The usual index of
        credit scorecards, with a bound in place of a rule of thumb: noise alone makes a PSI of about (bins - 1)(1/m + 1/n).
    Method:
        Bins are declared, or the documented codes; rows without a value, and codes that nobody documented, have bins of their own. Each
        counts, also where neither data set has a row in it: the rows do not say which bins there are. In the PSI a share below 0.0001
        counts as 0.0001, as is usual for empty bins. All
        shares lie in their Clopper-Pearson limits at once (Bonferroni over the bins of both data sets), and the largest distance that
        such shares can have is the bound (PSI: Siddiqi 2006, Credit Risk Scorecards; total variation and Hellinger as usual). Exact for
        every number of rows.
    Limits:
        Cautious: with ten bins of equal size 10,000 rows on each side support 0.04. Each bin without rows costs as well, so declare those
        that the column has; not evaluable where more than 98 % of the reference rows are in one of the declared bins, or all of them in one of the codes, or more than 2 % of whole numbers, or of the categories of both data sets, are no documented code. A shift in a column says nothing of what it does
        to the model. Bins that are chosen on these very rows hide what lies between them.
    Remedy:
        Find out what changed at the source; judge the model on the new cases (`where`), and train it anew if it lost.
    Oracle:
        scipy's entropy, cityblock and euclidean distances; the share of bounds that err by simulation with the true
        distance known (tests/stats/test_distances.py).
    """
    if reference == view.data:
        return Undefined(
            Reason.NOT_MEASURED,
            f"The rows of {reference!r} are those that are judged, as in a rehearsal on development rows, and would be compared with themselves. Name "
            "another data set as 'reference', such as train.",
        )
    if reference not in view.tables:
        known = ", ".join(name for name in view.tables if name != view.data) or "none"
        return Undefined(
            Reason.NOT_MEASURED,
            f"There is no other data set {reference!r} to compare with; there are: {known}.",
        )
    documented = view.context.column(column)
    codes = None if documented is None else documented.codes
    if codes is None and not edges.strip():
        return Undefined(
            Reason.NOT_MEASURED,
            f"{column!r} has no bins: the dictionary documents no codes of it, and 'edges' is empty. Write the edges of the bins of a number, such as "
            "10, 20, 50, or document the codes of a category.",
        )
    try:
        bins = len(codes) + 2 if codes is not None else len(edges_of(edges)) + 2
    except ValueError as wrong:
        return Undefined(Reason.NOT_MEASURED, f"The bins of {column!r} cannot be read: {wrong}.")
    if not view.n or not view.rows[reference]:
        return NO_ROWS
    before, after = (view.table(TABLE, data).dense(bins) for data in (reference, view.data))
    for data, counts in ((reference, before), (view.data, after)):
        if not counts.sum():
            return Undefined(Reason.COLUMN_MISSING, f"The data set {data!r} has no column {column!r}.")
    numeric = documented is not None and documented.is_numeric
    if said := _unseen(column, reference, before, after, declared=codes is None, numeric=numeric):
        return Undefined(Reason.NOT_MEASURED, said)
    pair = HistogramPair(column, tuple(before.tolist()), tuple(after.tolist()))
    return Histograms((pair,), Distance(distance))
