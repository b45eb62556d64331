"""Whether the model is good enough in those slices in which it looked worst on other rows."""

from __future__ import annotations

import math
from decimal import Decimal

from assay.checks.check import EITHER, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.slices import (
    DEPTH,
    MEASURE,
    Slice,
    columns,
    slices,
    slices_by,
    tabulate,
    undocumented,
)
from assay.checks.tabled import table_view
from assay.domain.dictionary import Column
from assay.domain.evidence import Counts, FoundRates, Rate, Undefined
from assay.domain.evidence.found import group_of, place_of, worst_of
from assay.domain.metric import Across, Names, Parameter, Unit
from assay.domain.needs import TabulatedBeside
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.table import TableView

LIKELY, ERRORS = 26, 5
"""So many rows of a slice would be expected among the searched rows before it is said that they were kept from them: that so many are none is
more than this many standard errors, as fewer than half of a hundred are."""

DICTIONARY = tuple(
    Column(name=name, type="category", description=name, codes={0: "no", 1: "yes"})
    for name in ("new", "abroad")
)
ARGUMENTS: dict[str, Decimal | int | str] = {
    "measure": "accuracy",
    "depth": 2,
    "min_rows": 100,
    "searched": "develop",
    "worst": 3,
}


def _view(wrong: int, n: int = 1000) -> TableView:
    """So many rows in each of four slices, 5 % of them decided wrongly, but of those that are new and abroad this many; and other rows
    on which 15 % of these were."""
    made = {data: _slices(n, {"test": wrong, "develop": 15 * n // 100}[data]) for data in ("test", "develop")}
    cells, label, score = made["test"]
    beside, labels, scores = made["develop"]
    return table_view(
        tabulate,
        cells,
        label=label,
        score=score,
        others={"develop": beside},
        labels_of_others={"develop": labels},
        scores_of_others={"develop": scores},
        dictionary=DICTIONARY,
        parameters=ARGUMENTS,
    )


def _slices(n: int, wrong: int) -> tuple[dict[str, list[int]], list[int], list[float]]:
    new = [i // (2 * n) for i in range(4 * n)]
    abroad = [(i // n) % 2 for i in range(4 * n)]
    label = [i % 2 for i in range(4 * n)]
    errors = [i % n < (wrong if i >= 3 * n else n // 20) for i in range(4 * n)]
    return {"new": new, "abroad": abroad}, label, [float(y != e) for y, e in zip(label, errors, strict=True)]


@check(
    id="performance.found_slices",
    title="Weak slices that were found on other rows",
    estimand="The accuracy (or recall, precision or false-positive rate) in each of the slices that looked worst on the searched rows, among all that one "
    "documented code, or two of them together, make there; in the worst of them, and the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{measure:accuracy=accuracy,recall=recall,precision=precision,false_positive_rate=the false-positive rate} is {value} "
    "in the worst of the {worst} slices that looked worst on the {searched} rows[: {group}]",
    need=TabulatedBeside(tabulate, columns, beside="searched"),
    comparators=EITHER,
    across=Across.OPTIONAL,
    parameters={
        "measure": MEASURE,
        "depth": DEPTH,
        "min_rows": Parameter(
            "Slices of fewer searched rows that the rate is of are not found.",
            default=100,
            low=Decimal(10),
            high=Decimal(1000000),
            integer=True,
        ),
        "searched": Parameter(
            "The data set on which slices are searched; the model is asked about its rows, too.",
            default="develop",
            choices=("develop", "train"),
            names=Names.DATA,
        ),
        "worst": Parameter(
            "As many of the slices that look worst there are judged, of each group.",
            default=5,
            low=Decimal(1),
            high=Decimal(50),
            integer=True,
        ),
    },
    examples=(
        Example(
            says="The slice that looked worst, with 15 % decided wrongly, has 5 % on these rows, as all others have.",
            view=lambda: _view(50),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.PASS,
            arguments=ARGUMENTS,
        ),
        Example(
            says="It has 15 % on these rows as well.",
            view=lambda: _view(150),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.FAIL,
            arguments=ARGUMENTS,
        ),
        Example(
            says="It has 10 %, which may be more.",
            view=lambda: _view(100),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.INCONCLUSIVE,
            arguments=ARGUMENTS,
        ),
    ),
)
def found_slices(
    view: TableView, *, measure: str, depth: int, min_rows: int, searched: str, worst: int
) -> Counts:
    """The rate, on the judged rows, in the slices that looked worst on other rows.

    Purpose:
        Confirms, or does not, on fresh rows what a search of many slices found: that nobody is served badly where it looked so.
    Method:
        All slices by one or two documented codes that have so many of the searched rows are ordered by how bad they surely are: by Wilson's one-sided
        95 % limit of their rate, which needs no threshold and asks more of few rows (Wilson 1927, JASA 22). The worst of them, of each group so
        many, are judged on the judged rows, and no others. These had no say in which slices they are, so that whatever the search does the
        error is that of slices which somebody named: a pass says that the rate satisfies the threshold in each (intersection-union test,
        Berger 1982, Technometrics 24); that one violates it is told after Holm's correction for those that were found, not for all that
        were looked at (Holm 1979, Scand. J. Statist. 6). One-sided Clopper-Pearson bounds. (Search and test on different rows: Cox 1975,
        Biometrika 62.)
    Limits:
        The searched rows must be others than the judged ones (`data.split_overlap`), and like them: where a slice of many judged rows is hardly
        among them it is not evaluable. On training rows a model that learnt them by heart is
        weak nowhere. A slice that is found and has no judged row leaves it not evaluable; one of few seldom passes. A pass says nothing of slices that were not
        found. The model is asked about each searched row once more. Knows documented codes, as `performance.slice_search` does.
    Remedy:
        See what the slices have in common that the inputs do not tell; train on more such rows, or decide them otherwise, and judge on fresh rows.
    Oracle:
        pandas' groupby over all pairs of columns and statsmodels' Wilson interval; an exact enumeration of search and confirmation, in which no search errs more often than alpha; a planted slice is found
        and confirmed, and none on clean rows, in 19 of 20 seeds (tests/checks/test_found_slices.py).
    """
    if not columns(view.context):
        return Undefined(Reason.NOT_MEASURED, "No documented column has codes to make slices of.")
    if said := _no_others(view, searched):
        return Undefined(Reason.NOT_MEASURED, said)
    if not view.n or not view.rows[searched]:
        return NO_ROWS
    told = (undocumented(view, measure, int(min_rows), data) for data in (searched, view.data))
    if said := next(filter(None, told), ""):
        return Undefined(Reason.NOT_MEASURED, said)
    looked_at = slices(view, int(depth), measure, int(min_rows), searched)
    lacking = {label for label, _ in view.each} - {group_of(found.rate) for found in looked_at}
    if lacking:
        whose = f" of {min(lacking)}" if min(lacking) else ""
        return Undefined(
            Reason.EMPTY_GROUP,
            f"No slice{whose} has {min_rows:,} of the {searched} rows that {measure} is a rate of: search more rows, or write a smaller 'min_rows'.",
        )
    if said := _kept_from_search(view, looked_at, searched, int(depth), measure, int(min_rows)):
        return Undefined(Reason.NOT_MEASURED, said)
    low_is_bad = measure != "false_positive_rate"
    rates = tuple(found.rate for found in looked_at)
    found = worst_of(rates, int(worst), low_is_bad=low_is_bad)
    return FoundRates(_judged(view, looked_at, found, measure), rates, int(worst), low_is_bad)


def _no_others(view: TableView, searched: str) -> str:
    """Why there are no other rows to search; empty when there are."""
    if searched == view.data:
        return (
            f"The rows of {searched!r} are those that are judged, as in a rehearsal on development rows: what is found on them cannot be confirmed on them. "
            "Name another data set as 'searched'."
        )
    if searched not in view.tables:
        return f"There is no other data set {searched!r} to search: name one under 'data', or another as 'searched'."
    return ""


def _kept_from_search(
    view: TableView, looked_at: list[Slice], searched: str, depth: int, measure: str, least: int
) -> str:
    """Why the searched rows are not like the judged ones: a slice of many of these was not looked at, since it has less than half the rows among
    them that it would have; empty when there is none."""
    share = view.rows[searched] / view.n
    known = {_which(found) for found in looked_at}
    for one in slices(view, depth, measure, math.ceil(max(least, LIKELY) / share)):
        if _which(one) in known:
            continue
        there = slices_by(view, one.columns, measure, 0, searched)
        found = next((other.rate.trials for other in there if _which(other) == _which(one)), 0)
        likely = one.rate.trials * share
        if found < min(likely / 2, likely - ERRORS * math.sqrt(likely)):
            told = f"{one.rate.family} ({one.rate.label})" if one.rate.family else one.rate.label
            return (
                f"Of {one.rate.trials:,} judged rows with {told} the {searched} rows have {found:,} like them, where about {likely:,.0f} would be as many: "
                "nothing was looked for there. Search rows that are drawn as the judged ones are."
            )
    return ""


def _which(one: Slice) -> tuple[tuple[str, ...], tuple[int, ...], str]:
    return one.columns, one.codes, group_of(one.rate)


def _judged(
    view: TableView, looked_at: list[Slice], found: tuple[Rate, ...], measure: str
) -> tuple[Rate, ...]:
    """The rates of the judged rows in the slices that were found; of no rows where there are none."""
    by = {place_of(one.rate): one.columns for one in looked_at}
    wanted = [place_of(rate) for rate in found]
    here = {
        place_of(one.rate): one.rate
        for names in dict.fromkeys(by[place] for place in wanted)
        for one in slices_by(view, names, measure, 0)
    }
    return tuple(here.get(place, Rate(place[0], 0, 0, place[1])) for place in wanted)
