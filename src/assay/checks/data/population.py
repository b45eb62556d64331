"""Whether the rows resemble a population that was declared."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.tabled import table_view
from assay.domain.evidence import Compare, Counts, Rate, Rates, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.domain.written import Written, written_counts
from assay.tally.table import Integers, Rows, TableContext, TableView

GROUPS = "groups"


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, one more for those in none."""
    attributes = _attributes(context)
    if not attributes or set(attributes) - {name for name, _ in context.layout.attributes}:
        return {}
    group, others = rows.group(*attributes), len(context.layout.labels(attributes))
    return {GROUPS: np.where(group < 0, others, group)}


def _attributes(context: TableContext) -> tuple[str, ...]:
    return tuple(name.strip() for name in str(context.parameters["of"]).split(",") if name.strip())


def _view(women: int, men: int, population: str) -> TableView:
    codes = [0] * women + [1] * men
    return table_view(
        tabulate,
        {"sex": codes},
        label=[0] * len(codes),
        groups={"sex": (("women", "men"), codes)},
        parameters={"of": "sex", "population": population},
    )


@check(
    id="data.population",
    title="Difference from the population",
    estimand="The largest difference, over groups or intersections of groups, between the share of a group in the data and its share in a declared "
    "population; each is an estimate with its own number of people.",
    unit=Unit.POINTS,
    reading="the share[ of {family}] is {value} larger[ {first} than {second}]",
    need=Tabulated(tabulate, no_columns, per_unit=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={
        "of": Parameter(
            "A protected attribute, or several that are crossed, separated by commas: sex, age.",
            names=Names.ATTRIBUTES,
        ),
        "population": Parameter(
            "How many people of each group a survey or a census counted, as group=count, separated by commas: women=5080, men=4920. "
            "Crossed groups are written as in the report: women × under 30=700. Names of no group count as others.",
            written=Written.COUNTS,
        ),
    },
    examples=(
        Example(
            says="1,020 women and 980 men, where a survey of 10,000 counted 5,080 women.",
            view=lambda: _view(1020, 980, "women=5080, men=4920"),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            arguments={"of": "sex", "population": "women=5080, men=4920"},
        ),
        Example(
            says="600 women and 1,400 men.",
            view=lambda: _view(600, 1400, "women=5080, men=4920"),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            arguments={"of": "sex", "population": "women=5080, men=4920"},
        ),
        Example(
            says="1,020 women and 980 men, where the survey asked a hundred people.",
            view=lambda: _view(1020, 980, "women=51, men=49"),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
            arguments={"of": "sex", "population": "women=51, men=49"},
        ),
        Example(
            says="The population says nothing of men.",
            view=lambda: _view(1020, 980, "women=5080"),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"of": "sex", "population": "women=5080"},
        ),
    ),
)
def population_difference(view: TableView, *, of: str, population: str) -> Counts:
    """The share of each group in the data, against its share among people that were counted elsewhere.

    Purpose:
        Shows whether training or test rows stand for the people on whom the model is used, by group and by intersection of groups.
    Method:
        For each group its labelled rows, one of each unit, of all; and its people of all in the declared table. Either share may be larger: both differences are pieces, bounded by MOVER with
        Clopper-Pearson limits and an audit of its exact size, so that the survey's number of people counts as the data's does (Zou & Donner 2008, Statistics in Medicine 27).
        (Buolamwini & Gebru 2018, "Gender shades", PMLR 81.)
    Limits:
        The table is as good as its source, which the rationale should name; a weighted survey has fewer people than it asked. Groups that the table does not name make the criterion
        not evaluable, and rows in no group are others.
    Remedy:
        Draw more rows of the groups that are lacking; or say in the use case for whom the model is not made.
    Oracle:
        Shares by pandas and limits near statsmodels' Newcombe interval (tests/checks/test_population.py); the bound by exact enumeration (tests/stats/test_exact_size.py).
    """
    if view.n == 0:
        return NO_ROWS
    attributes = _attributes(view.context)
    unknown = sorted(set(attributes) - {name for name, _ in view.context.layout.attributes})
    if unknown or not attributes:
        return Undefined(
            Reason.NOT_MEASURED, f"'of' names {of!r}; protected attributes are expected, separated by commas."
        )
    try:
        declared = written_counts(population, "population")
    except ValueError as error:
        return Undefined(Reason.NOT_MEASURED, f"{error}.")
    labels = view.context.layout.labels(attributes)
    lacking = [label for label in labels if label not in declared]
    if lacking:
        return Undefined(
            Reason.NOT_MEASURED, f"The declared population has no number of {', '.join(lacking[:3])}."
        )
    counts, people = view.table(GROUPS).dense(len(labels) + 1), sum(declared.values())
    cells = []
    for label, rows in zip(labels, counts.tolist(), strict=False):
        cells.append(Rate("in the data", rows, int(counts.sum()), label))
        cells.append(Rate("in the population", declared[label], people, label))
    return Rates(tuple(cells), Compare.DIFFERENCE)
