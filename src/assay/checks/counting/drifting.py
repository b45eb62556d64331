"""How often something is so in each period, and in each part of a stratum: what every two of are compared to find a drift."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import accumulate

from assay.checks.counting.periods import PERIOD_CODES, PERIODS, period_name, unread
from assay.domain.evidence import Rate, Undefined
from assay.domain.metric import Parameter
from assay.domain.vocabulary import Reason
from assay.tally.table import TableCounts, TableView, apart

MOST_PERIODS = 400
"""More are no periods but a column that is of another kind."""
SETTINGS = {
    "period": Parameter(
        "What of a date is one period. Whole numbers, as 202401, are periods of their own.",
        default="month",
        choices=tuple(PERIODS),
    ),
    "join_below": Parameter(
        "A period of fewer rows is joined to the next one, the last one to the one before it.",
        default=0,
        low=Decimal(0),
        integer=True,
    ),
}
"""How a column that says when is cut into periods."""


def by_part(counts: TableCounts, parts: int) -> dict[int, tuple[int, int]]:
    """Rows where it is so (a last code of 1) and all rows of each part, in the order of the codes."""
    found: dict[int, tuple[int, int]] = {}
    for part, so, n in zip(
        *(codes.tolist() for codes in apart(counts.keys, parts, 2)), counts.counts.tolist(), strict=True
    ):
        events, rows = found.get(part, (0, 0))
        found[part] = events + so * n, rows + n
    return dict(sorted(found.items()))


def of_periods(
    view: TableView, counts: TableCounts, period: str, advice: str = ""
) -> dict[str, tuple[int, int]] | Undefined:
    """As :func:`by_part`, of each period by its name; or why not: too many rows say nothing of their time, or each says its own.

    advice: what to do about too many periods.
    """
    time = str(view.context.time)
    if said := unread((time,), view.data, view.n - counts.total, view.n):
        return said
    found = by_part(counts, PERIOD_CODES)
    if len(found) > MOST_PERIODS:
        many = f"The column {time!r} makes {len(found):,} periods; at most {MOST_PERIODS} are compared."
        return Undefined(Reason.NOT_MEASURED, f"{many} {advice}".rstrip())
    return {period_name(code, period): rows for code, rows in found.items()}


def of_parts(view: TableView, counts: TableCounts, stratum: str, family: str) -> list[Rate]:
    """A rate of each part of a stratum; none where rows are in one part alone, which has none to be compared with."""
    labels = view.context.strata[stratum].labels()
    parts = by_part(counts, len(labels))
    found = [Rate(labels[part], events, rows, family) for part, (events, rows) in parts.items()]
    return found if len(found) > 1 else []


def joined(periods: Mapping[str, tuple[int, int]], least: int, family: str = "") -> list[Rate]:
    """A rate of each period; one of fewer rows than the least is joined to the next one, the last one to the one before it.

    No other way to join neighbours leaves more of them.
    """
    made: list[tuple[str, str, int, int]] = []
    for name, (events, rows) in periods.items():
        if made and made[-1][3] < least:
            first, _, before, of = made.pop()
            made.append((first, name, before + events, of + rows))
        else:
            made.append((name, name, events, rows))
    if len(made) > 1 and made[-1][3] < least:
        (first, _, before, of), (_, last, events, rows) = made[-2:]
        made[-2:] = [(first, last, before + events, of + rows)]
    return [
        Rate(one if one == last else f"{one} to {last}", events, rows, family)
        for one, last, events, rows in made
    ]


def nothing_to_compare(periods: Mapping[str, tuple[int, int]], least: int) -> Undefined:
    """Why there are not two periods: all rows are of one, or so few that all were joined; and up to which number two would be left."""
    if len(periods) < 2:
        found = next(iter(periods), "none")
        return Undefined(
            Reason.FEWER_THAN_TWO_GROUPS,
            f"A comparison needs labelled rows of two periods; found {len(periods)}: {found}.",
        )
    before = list(accumulate(rows for _, rows in periods.values()))
    most = max(min(n, before[-1] - n) for n in before[:-1])
    return Undefined(
        Reason.TOO_FEW_ROWS_FOR_METHOD,
        f"The {len(periods)} periods have {before[-1]:,} rows together, and 'join_below: {least}' joins all of them into one; from 'join_below: "
        f"{most}' downwards two are left to compare.",
    )
