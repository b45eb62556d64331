"""Labels that come more often from one source than from another."""

from __future__ import annotations

from collections.abc import Mapping

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import sources
from assay.checks.counting.drifting import of_parts
from assay.checks.tabled import table_view
from assay.domain.evidence import Compare, Counts, Rates, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, together


def source_columns(context: TableContext) -> tuple[str, ...]:
    """The columns of the strata that are looked at."""
    return tuple(context.strata[name].column for name in sources(context))


def by_source(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By the name of a stratum, the part that each row is of and its label."""
    return {
        name: together((rows.stratum(name), len(context.strata[name].labels())), (rows.label, 2))
        for name in sources(context)
        if context.strata[name].column in rows.names
    }


def _sites(*shares: float, rows: int = 1000) -> TableView:
    """So many rows of each site, of which this share has the label 1."""
    names = [f"site {i + 1}" for i in range(len(shares))]
    site = [name for name in names for _ in range(rows)]
    label = [int(i < share * rows) for share in shares for i in range(rows)]
    strata = {"site": Attribute(column="site", groups={name: (name,) for name in names})}
    return table_view(by_source, {"site": site}, label=label, strata=strata, parameters={"source": ""})


@check(
    id="data.source_drift",
    title="Label drift between sources",
    estimand="The largest difference between two parts of a stratum, such as two sites, in the share of rows with label 1; over all "
    "strata that the specification declares, or in the named one.",
    unit=Unit.POINTS,
    reading="{label} = 1 is {value} more frequent[ for {first} than for {second}][ of {family}]",
    need=Tabulated(by_source, source_columns, per_unit=True),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={
        "source": Parameter(
            "One stratum to look at; by default all that are declared.", default="", names=Names.STRATUM
        ),
    },
    examples=(
        Example(
            says="The share is 0.20 to 0.22 at each of three sites with 1,000 rows.",
            view=lambda: _sites(0.20, 0.21, 0.22),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The third site counts other cases, and 45 % have the label 1.",
            view=lambda: _sites(0.20, 0.21, 0.45),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The share is 0.20 at one site and 0.26 at the other.",
            view=lambda: _sites(0.20, 0.26, rows=300),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There is one site only.",
            view=lambda: _sites(0.2),
            comparator=Comparator.AT_MOST,
            threshold="0.10",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def source_drift(view: TableView, *, source: str) -> Counts:
    """The share of label 1 in each part of the declared strata, every two of which are compared.

    Purpose:
        Shows whether sites, feeds or annotators that delivered the rows give labels differently, so that a model learns where a row comes
        from instead of what it says.
    Method:
        Rows with label 1 of all labelled rows of each part of a stratum; every ordered pair of parts of one stratum is a piece. A gap is bounded by
        MOVER with Clopper-Pearson limits and an audit of its exact size (Zou & Donner 2008, Statistics in Medicine 27); a fail pays for all pairs
        of all strata (Holm).
    Limits:
        Sites may differ because their people do. Rows without a label, and in no declared part, are left out, and with more than 2 % of them the criterion
        is not evaluable; so are parts without a labelled row. That shares are equal does
        not say that labels mean the same.
    Remedy:
        Have the same cases labelled at both places; state one definition of the outcome and label again.
    Oracle:
        Shares by pandas' groupby (tests/checks/test_drift.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    if view.n == 0:
        return NO_ROWS
    cells = [
        rate
        for name in sorted(view.tables[view.data])
        for rate in of_parts(view, view.table(name), name, name)
    ]
    if not cells:
        lacking = repr(source) if source else "that the specification declares (strata)"
        return Undefined(
            Reason.FEWER_THAN_TWO_GROUPS, f"No stratum {lacking} has labelled rows in two parts."
        )
    return Rates(tuple(cells), Compare.DIFFERENCE)
