"""Whether there are enough rows of everyone."""

from __future__ import annotations

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.examples import profiled
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import Profiles
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.tally.views import ColumnProfile, ProfileView


@check(
    id="data.group_representation",
    title="Group representation",
    estimand="The number of rows of the smallest group.",
    unit=Unit.COUNT,
    reading="the smallest group has {value} rows",
    need=Profiles(),
    comparators=AT_LEAST,
    high=None,
    across=Across.REQUIRED,
    census=True,
    examples=(
        Example(
            says="The smaller group has 400 rows.",
            view=lambda: profiled(ColumnProfile("sex", 1000, 0), groups={"sex": {"women": 600, "men": 400}}),
            comparator=Comparator.AT_LEAST,
            threshold="300",
            verdict=Verdict.PASS,
            across="sex",
        ),
        Example(
            says="The oldest group has 11 rows.",
            view=lambda: profiled(
                ColumnProfile("age", 1000, 0), groups={"age": {"under 60": 989, "60 and over": 11}}
            ),
            comparator=Comparator.AT_LEAST,
            threshold="300",
            verdict=Verdict.FAIL,
            across="age",
        ),
        Example(
            says="A declared group has no row at all.",
            view=lambda: profiled(ColumnProfile("sex", 1000, 0), groups={"sex": {"women": 1000, "men": 0}}),
            comparator=Comparator.AT_LEAST,
            threshold="1",
            verdict=Verdict.FAIL,
            across="sex",
        ),
        Example(
            says="The grouping was not counted in this data set.",
            view=lambda: profiled(ColumnProfile("sex", 1000, 0)),
            comparator=Comparator.AT_LEAST,
            threshold="300",
            verdict=Verdict.NOT_EVALUABLE,
            across="sex",
        ),
    ),
)
def group_representation(view: ProfileView, *, across: str) -> Counts:
    """The rows of each group, of which the smallest must be large enough.

    Purpose:
        Shows whether there is enough of everyone to learn from and to say something about.
    Method:
        Rows per declared group; the value is that of the smallest, the details have them all. Counted in
        full, no inference. (Buolamwini & Gebru 2018, "Gender shades", PMLR 81, on groups that test data leave
        out.)
    Limits:
        A number of rows, not a share of the population: whether the data resemble the people of the use case
        is for the specification's test population to say. An empty group is a fact here, and fails. Groups
        under the small-group rule count too.
    Remedy:
        Collect more rows of the smallest group, or say in the use case that it is out of scope.
    Oracle:
        rows counted by hand (tests/checks/test_data_checks.py).
    """
    if view.profile.rows == 0:
        return NO_ROWS
    groups = view.groups.get(across, ())
    if not groups:
        return Undefined(Reason.EMPTY_GROUP, f"No group of {across!r} was counted in {view.profile.data!r}.")
    return Census(min(rows for _, rows in groups), view.profile.rows, details=groups)
