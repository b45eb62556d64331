"""Whether all cases of a frame, or each k-th of them, are there: none is lacking, and none is too many."""

from __future__ import annotations

from collections.abc import Iterator

from assay.checks.check import AT_MOST, ONE, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.frames import Parted, by_part, frame_columns, periods_between
from assay.checks.counting.periods import PERIODS
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import TIME, Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import Setting, TableView

TO = " to "
YEAR: dict[str, Setting] = {"of": TIME, "frame": "2024-01 to 2024-04"}


def _view(*rows: int, frame: str = "2024-01 to 2024-04") -> TableView:
    """So many rows in each month of 2024 from January on."""
    when = [f"2024-{month:02}-15" for month, n in enumerate(rows, 1) for _ in range(n)]
    parameters: dict[str, Setting] = {**YEAR, "frame": frame, "period": "month", "every": 1}
    return table_view(by_part, {"day": when}, time="day", parameters=parameters)


def _asked(view: TableView, frame: str, of: str, period: str) -> Iterator[tuple[str, int | None]]:
    """Each part that is asked for, and how many cases it has; None where it must have some. Raises ValueError."""
    for item in filter(str.strip, frame.split(",")):
        name, equals, count = (text.strip() for text in item.partition("="))
        if not name or (equals and not count.isdecimal()):
            raise ValueError(
                f"'frame' is written as name=count, or name where there must be rows; found {item.strip()!r}"
            )
        first, to, last = name.partition(TO)
        names = (
            periods_between(first.strip(), last.strip(), period, like=view) if to and of == TIME else (name,)
        )
        yield from ((one, int(count) if equals else None) for one in names)


def _each_once(parts: Iterator[tuple[str, int | None]]) -> dict[str, int | None]:
    """The cases of each part. Raises ValueError where one is named twice: one of two numbers would be held against nothing."""
    found: dict[str, int | None] = {}
    for name, cases in parts:
        if name in found:
            raise ValueError(f"'frame' names {name!r} twice; write each part once")
        found[name] = cases
    return found


def _off(found: int, cases: int | None, every: int) -> tuple[int, str]:
    """How many rows are lacking or too many, and which of it; of each k-th case one more or less follows from where one begins."""
    if cases is None:
        return (0, "") if found else (1, "no row")
    fewest, most = cases // every, -(-cases // every)
    if found < fewest:
        return fewest - found, "lacking"
    return (found - most, "too many") if found > most else (0, "")


@check(
    id="data.frame_coverage",
    title="Cases of the frame that are lacking",
    estimand="The number of rows that are lacking in the data, or too many, against the declared frame, of which all cases or each k-th were taken; a part "
    "that must have rows and has none counts as one.",
    unit=Unit.COUNT,
    reading="rows that are lacking against the frame, or too many: {value}",
    need=Tabulated(by_part, frame_columns),
    tasks=tuple(Task),
    comparators=AT_MOST,
    high=None,
    census=True,
    parameters={
        "of": Parameter(
            "What the frame is parted by: a stratum, or time for the column that says when.",
            names=Names.PARTED,
        ),
        "frame": Parameter(
            "How many cases it has in each part: north=5080, south=4920; of time also from one period to another: 2024-01 to 2024-12, or with a "
            "number, 2024-01 to 2024-03=500. Without a number there must be at least one row."
        ),
        "every": Parameter(
            "Of a systematic sample, each how many-th case was taken.", default=1, low=ONE, integer=True
        ),
        "period": Parameter(
            "Of time, what of a date is one period.", default="month", choices=tuple(PERIODS)
        ),
    },
    examples=(
        Example(
            says="All of January to April: each month has rows.",
            view=lambda: _view(30, 25, 40, 31),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
            arguments=YEAR,
        ),
        Example(
            says="March has none.",
            view=lambda: _view(30, 25, 0, 31),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
            arguments=YEAR,
        ),
        Example(
            says="The register had 32 cases in April, and one is lacking.",
            view=lambda: _view(30, 25, 40, 31, frame="2024-01 to 2024-03, 2024-04=32"),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
            arguments={**YEAR, "frame": "2024-01 to 2024-03, 2024-04=32"},
        ),
        Example(
            says="The data set has no rows.",
            view=_view,
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=YEAR,
        ),
    ),
)
def frame_coverage(view: TableView, *, of: str, frame: str, every: int, period: str) -> Counts:
    """The rows of each part, against all cases of the frame or each k-th of them.

    Purpose:
        Shows a month, a site or single cases that were lost where all cases of a period were said to be taken, and rows that do not belong.
    Method:
        Rows are counted by part and held against the number of cases; of a systematic sample each part may have one row more or less than its
        share, as one begins (Cochran 1977, "Sampling techniques", chapter 8). Rows in no part, and in one that the frame does not name, are too many. Counted in full.
    Limits:
        As many too many as are lacking within one part are not seen. All rows count, those without a label and of one unit, too: the frame must count them so.
    Remedy:
        Find the rows that are lacking in the source; where the outcome is not known yet, say so, and end the period earlier.
    Oracle:
        pandas' value_counts over a calendar (tests/checks/test_sampling.py).
    """
    if view.n == 0:
        return NO_ROWS
    try:
        parted = Parted.of(view, of, period)
        asked = _each_once(_asked(view, frame, of, period))
    except ValueError as wrong:
        return Undefined(Reason.NOT_MEASURED, f"{wrong}.")
    if not asked:
        return Undefined(Reason.NOT_MEASURED, "The frame names no part.")
    off = [(name, *_off(parted.rows.get(name, 0), cases, every)) for name, cases in asked.items()]
    off += [(name, n, "too many") for name, n in parted.rows.items() if name not in asked and n]
    off += [("in no part", parted.outside, "too many")] if parted.outside else []
    details = tuple((f"{name}: {what}", n) for name, n, what in off if n)
    return Census(sum(n for _, n in details), view.n, details=details)
