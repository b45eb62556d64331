"""What the data must at least have for the use case: rows, and rows of the rarest label."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import no_columns
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts
from assay.domain.metric import Across, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView, together

LABELS = "labels"


def by_label(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row and its label, of those that are told apart."""
    return {LABELS: together(rows.grouped, (rows.label, context.answers.labels))}


def _labelled(negatives: int, positives: int) -> TableView:
    label = [0] * negatives + [1] * positives
    return table_view(by_label, {"age": [40] * len(label)}, label=label)


@check(
    id="data.rows",
    title="Rows",
    estimand="The number of rows with a label, one of each unit; of groups that of the smallest.",
    unit=Unit.COUNT,
    reading="there are {value} rows that count",
    need=Tabulated(by_label, no_columns, per_unit=True, every_group=True, of_labels=True),
    tasks=tuple(Task),
    comparators=AT_LEAST,
    high=None,
    across=Across.OPTIONAL,
    census=True,
    examples=(
        Example(
            says="There are 2,000 rows.",
            view=lambda: _labelled(1900, 100),
            comparator=Comparator.AT_LEAST,
            threshold="1000",
            verdict=Verdict.PASS,
        ),
        Example(
            says="There are 400.",
            view=lambda: _labelled(300, 100),
            comparator=Comparator.AT_LEAST,
            threshold="1000",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: _labelled(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="1000",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def rows_that_count(view: TableView) -> Counts:
    """The rows that count: those with a label, one of each unit.

    Purpose:
        A requirement of the use case on the data: fewer rows are too few to learn from or to judge on, whatever the bounds of other criteria say.
    Method:
        Rows with a label, one of each declared unit; across groups, of the smallest group. Counted in full, no inference. (EU AI Act 2024/1689, Article 10, on
        data sets that are sufficient for the purpose.)
    Limits:
        Says nothing of whom the rows are: see ``data.population`` and ``data.group_representation``. Of groups every one counts, the small ones that the small-group rule sets aside too.
    Remedy:
        Collect more rows.
    Oracle:
        Counted by hand and by pandas (tests/checks/test_requirements.py).
    """
    return _least(view, sum)


@check(
    id="data.events",
    title="Events",
    estimand="The number of rows with the rarest label, one of each unit; of groups that of the group with fewest.",
    unit=Unit.COUNT,
    reading="there are {value} rows of the rarest label",
    need=Tabulated(by_label, no_columns, per_unit=True, every_group=True, of_labels=True),
    tasks=(Task.BINARY, Task.MULTICLASS),
    comparators=AT_LEAST,
    high=None,
    across=Across.OPTIONAL,
    census=True,
    examples=(
        Example(
            says="A hundred of 2,000 rows have the label 1.",
            view=lambda: _labelled(1900, 100),
            comparator=Comparator.AT_LEAST,
            threshold="100",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Twelve of 2,000 have it.",
            view=lambda: _labelled(1988, 12),
            comparator=Comparator.AT_LEAST,
            threshold="100",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="The file has no rows.",
            view=lambda: _labelled(0, 0),
            comparator=Comparator.AT_LEAST,
            threshold="100",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def events(view: TableView) -> Counts:
    """The rows of the label that is rarest.

    Purpose:
        A requirement of the use case on the data: how well recall, discrimination and calibration are known depends on the events, not on the rows.
    Method:
        The smallest of the numbers of rows with each label, 0 and 1 or each class, one of each unit; across groups, of the group with fewest. Counted in full, no
        inference. (Collins, Ogundimu & Altman 2016, Statistics in Medicine 35: at least 100 events, better 200, to validate a prediction model.)
    Limits:
        As many events as this are a rule of thumb; the plan says what they can show.
    Remedy:
        Collect more cases, or a longer period.
    Oracle:
        Counted by hand and by pandas (tests/checks/test_requirements.py).
    """
    return _least(view, min)


def _least(view: TableView, count: Callable[[Iterable[int]], int]) -> Counts:
    if view.n == 0:
        return NO_ROWS
    counts = view.table(LABELS).dense(view.context.n_groups, view.context.answers.labels)
    found = tuple((label, int(count(counts[place].tolist()))) for label, place in view.each)
    return Census(min(n for _, n in found), view.n, details=found if view.context.across else ())
