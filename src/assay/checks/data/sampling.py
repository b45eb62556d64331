"""Whether the rows look like a sample that was drawn as it is declared, from the declared frame."""

from __future__ import annotations

from fractions import Fraction

from assay.checks.check import EITHER, ONE, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.frames import Parted, by_part, frame_columns
from assay.checks.counting.periods import PERIODS
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, RelativeRate, RelativeRates, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.domain.written import Written, written_counts, written_fractions
from assay.tally.table import TableView

FRAME = {"of": "site", "frame": "north=50000, south=30000, west=20000"}


def _view(*rows: int, outside: int = 0) -> TableView:
    names = ("north", "south", "west")
    site = [name for name, n in zip(names, rows, strict=True) for _ in range(n)] + ["at sea"] * outside
    strata = {"site": Attribute(column="site", groups={name: (name,) for name in names})}
    parameters = {**FRAME, "fractions": "", "period": "month"}
    return table_view(by_part, {"site": site}, label=[0] * len(site), strata=strata, parameters=parameters)


@check(
    id="data.sampling",
    title="Sample against its frame",
    estimand="The share of a part of the frame, such as a site or a month, among the rows, divided by the share that the declared sampling gives it; "
    "in the worst part.",
    unit=Unit.NUMBER,
    reading="the share of the rows[ from {part}] is {value} times what the declared sampling gives it",
    need=Tabulated(by_part, frame_columns, per_unit=True),
    tasks=tuple(Task),
    comparators=EITHER,
    high=None,
    ideal=ONE,
    parameters={
        "of": Parameter(
            "What the frame is parted by: a stratum, or time for the column that says when.",
            names=Names.PARTED,
        ),
        "frame": Parameter(
            "How many cases the frame has in each part, as name=count, separated by commas: north=5080, south=4920; of time 2024-01=512, 2024-02=498.",
            written=Written.COUNTS,
        ),
        "fractions": Parameter(
            "Of a stratified sample the share of each part that was drawn, as name=share: north=0.1, south=0.5. By default all parts alike, as in a simple random or "
            "a systematic sample.",
            default="",
            written=Written.SHARES,
        ),
        "period": Parameter(
            "Of time, what of a date is one period.", default="month", choices=tuple(PERIODS)
        ),
    },
    examples=(
        Example(
            says="5,050, 2,960 and 1,990 rows of a frame of 50,000, 30,000 and 20,000.",
            view=lambda: _view(5050, 2960, 1990),
            comparator=Comparator.AT_MOST,
            threshold="1.1",
            verdict=Verdict.PASS,
            arguments=FRAME,
        ),
        Example(
            says="The west has 1,200 rows where 2,000 are expected.",
            view=lambda: _view(5500, 3300, 1200),
            comparator=Comparator.AT_LEAST,
            threshold="0.9",
            verdict=Verdict.FAIL,
            arguments=FRAME,
        ),
        Example(
            says="Fifty rows do not tell.",
            view=lambda: _view(25, 15, 10),
            comparator=Comparator.AT_LEAST,
            threshold="0.9",
            verdict=Verdict.INCONCLUSIVE,
            arguments=FRAME,
        ),
        Example(
            says="Ten rows are from no part of the frame.",
            view=lambda: _view(5050, 2960, 1990, outside=10),
            comparator=Comparator.AT_MOST,
            threshold="1.1",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=FRAME,
        ),
    ),
)
def sampling(view: TableView, *, of: str, frame: str, fractions: str, period: str) -> Counts:
    """The rows of each part of the frame, against what the declared sampling makes of it.

    Purpose:
        Tests the sampling that was declared: rows that were picked, lost or left out where they were hard to get show in the shares of sites, branches or
        months whose numbers the frame knows.
    Method:
        Each part's expected share is its cases times the fraction that was drawn of it, of the sum of these. The rows of a part among all rows are binomial if each was drawn
        so; their Clopper-Pearson limits (1934, Biometrika 26) are divided by the expected share. Ask for at least 0.9 and, in a second criterion, for at most 1.1.
        A pass needs each part; that a part deviates is told after Holm's correction for all parts (1979, Scand. J. Statist. 6), so that a sample which was drawn
        as declared is accused with a probability of at most alpha, whatever the threshold beyond 1. Drawing without putting back, by fixed numbers per part or each k-th, scatters less than
        that, so that limits are cautious (Cochran 1977, "Sampling techniques", chapters 3, 5 and 8).
    Limits:
        Knows the parts alone: within one anybody may have been picked. One labelled row of each unit counts, so the frame must be one of units with a known outcome. The frame's
        counts are taken as exact; for a survey's use data.population. Parts in which the frame has no case must have no rows.
    Remedy:
        Find out which rows of the part are missing or were added; draw again, or declare the sampling that was really done.
    Oracle:
        scipy's exact binomial interval, and enumeration of all samples of a small frame for the rate of false alarms (tests/checks/test_sampling.py).
    """
    if view.n == 0:
        return NO_ROWS
    try:
        parted = Parted.of(view, of, period)
        cases = written_counts(frame, "frame")
        drawn = written_fractions(fractions, "fractions")
    except ValueError as wrong:
        return Undefined(Reason.NOT_MEASURED, f"{wrong}.")
    unlike = sorted(drawn.keys() ^ cases.keys()) if drawn else ()
    if unlike or not any(cases.values()):
        lacking = (
            f"only one of 'frame' and 'fractions' names {unlike[0]!r}" if unlike else "the frame has no case"
        )
        return Undefined(Reason.NOT_MEASURED, f"No share can be expected: {lacking}.")
    outside = parted.outside + sum(n for name, n in parted.rows.items() if not cases.get(name))
    if outside:
        return Undefined(
            Reason.ROWS_IN_NO_GROUP, f"{outside:,} rows are from no part in which the frame has cases."
        )
    rows = sum(parted.rows.values())
    weights = {name: n * Fraction(drawn.get(name, 1)) for name, n in cases.items() if n}
    whole = sum(weights.values())
    return RelativeRates(
        tuple(
            RelativeRate(name, parted.rows.get(name, 0), rows, float(weight / whole))
            for name, weight in weights.items()
        )
    )
