"""Values that are missing more often from one source than from another."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import COLUMN, named_or_fed, sources
from assay.checks.counting.drifting import of_parts
from assay.checks.counting.unknown import not_known
from assay.checks.tabled import Values, table_view
from assay.domain.evidence import Compare, Counts, Rate, Rates, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, together

APART = "\t"


def sourced_columns(context: TableContext) -> tuple[str, ...]:
    """The named column, or what the model is fed; and the columns of the strata."""
    return (*named_or_fed(context), *(context.strata[name].column for name in sources(context)))


def by_source(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column and stratum, the part that each row is of and whether its value is missing."""
    return {
        f"{name}{APART}{source}": together(
            (rows.stratum(source), len(context.strata[source].labels())),
            (not_known(rows, name), 2),
        )
        for source in sources(context)
        if context.strata[source].column in rows.names
        for name in named_or_fed(context)
        if name in rows.names and name != context.strata[source].column
    }


def _sites(*lacking: int) -> TableView:
    names = [f"site {i + 1}" for i in range(len(lacking))]
    rows: dict[str, Values] = {
        "income": [None if i < n else 1.0 for n in lacking for i in range(1000)],
        "site": [name for name in names for _ in range(1000)],
    }
    strata = {"site": Attribute(column="site", groups={name: (name,) for name in names})}
    return table_view(
        by_source, rows, strata=strata, inputs=("income",), parameters={"source": "", "column": ""}
    )


@check(
    id="data.missing_by_source",
    title="Gap in missing values between sources",
    estimand="The largest difference between two parts of a stratum, such as two sites, in the share of rows without a value, over the columns that the "
    "model is fed, or in the named one.",
    unit=Unit.POINTS,
    reading="values[ of {family}] are missing {value} more often[ for {first} than for {second}]",
    need=Tabulated(by_source, sourced_columns, per_unit=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={
        "source": Parameter(
            "One stratum to look at; by default all that are declared.", default="", names=Names.STRATUM
        ),
        "column": COLUMN,
    },
    examples=(
        Example(
            says="20, 25 and 22 of 1,000 rows of three sites have no income.",
            view=lambda: _sites(20, 25, 22),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The third site does not ask 300 of 1,000.",
            view=lambda: _sites(20, 25, 300),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="30 of 1,000 and 70 of 1,000, which so few rows do not tell from a gap of 0.05.",
            view=lambda: _sites(30, 70),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There is one site only.",
            view=lambda: _sites(20),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def missing_by_source(view: TableView, *, source: str, column: str) -> Counts:
    """The share of rows without a value in each part of the declared strata, compared column by column.

    Purpose:
        Shows whether a site does not record what others do, so that a model knows less about its people, or learns from the gap where a row comes from.
    Method:
        Rows without a value (null, NaN or infinite, a text without a character, or a code that the dictionary calls unknown, not asked and such) of the labelled rows of each part, one of each unit, for each column and stratum; every ordered pair of parts of one stratum is one piece in each column. A gap is
        bounded by MOVER with Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008, Statistics in Medicine 27); a fail pays for all (Holm).
    Limits:
        Knows these only; ``data.sentinel_values`` looks for values that stand for them, site by site. Rows in no declared part are left out.
    Remedy:
        Have the site record the value; or give the model an input that says that it is missing, and judge it at that site.
    Oracle:
        Shares by pandas' groupby (tests/checks/test_missing_by_part.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    if view.n == 0:
        return NO_ROWS
    cells: list[Rate] = []
    for table in sorted(view.tables[view.data]):
        name, stratum = table.split(APART)
        cells += of_parts(view, view.table(table), stratum, f"{name}, {stratum}")
    if not cells:
        lacking = repr(source) if source else "that the specification declares (strata)"
        asked = f" with the column {column!r}" if column else ""
        return Undefined(Reason.FEWER_THAN_TWO_GROUPS, f"No stratum {lacking} has rows in two parts{asked}.")
    return Rates(tuple(cells), Compare.DIFFERENCE)
