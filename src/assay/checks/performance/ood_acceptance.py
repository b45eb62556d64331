"""The share of rows that a detector of unusual rows accepts as being like the known ones."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_LEAST, AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.detector import Detector
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE, ALL_NEW = "accepted", "all new: "
REFUSED, ACCEPTED, UNKNOWN = 0, 1, 2
"""What the detector says of a row; nothing where too few rows are known."""
NEW_IN_EVERY_ROW = frozenset({"text", "date", "identifier"})
"""The dictionary's types of columns that it does not look at, but for numbers of which codes are documented."""


def columns(context: TableContext) -> tuple[str, ...]:
    """What the model is fed, but dates, identifiers and texts without a code."""
    known = {name: context.column(name) for name in context.fed}
    return tuple(
        name
        for name, column in known.items()
        if column is None or column.codes is not None or column.type not in NEW_IN_EVERY_ROW
    )


def _is_free_text(context: TableContext, name: str, values: NDArray[Any]) -> bool:
    """Whether a column holds texts and is called so; numbers that are called texts are looked at."""
    column = context.column(name)
    return column is not None and column.type in NEW_IN_EVERY_ROW and values.dtype.kind not in "iufb"


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, and whether it is accepted; all rows by the column of most new codes where one more is as usual as any."""
    known, level = context.known, float(context.parameters["level"])
    there = {} if known is None else {n: v for n, v in known.columns.items() if n in rows.names}
    names = [n for n in columns(context) if n in there and not _is_free_text(context, n, there[n])]
    if known is None or known.n < 2 or not names:
        return _counted(rows, np.full(rows.n, UNKNOWN, dtype=np.int64))
    numeric = _numeric(names, context, rows)
    detector = Detector.fitted({name: known.columns[name] for name in names}, numeric)
    if detector.least_p > level:
        said = np.full(rows.n, UNKNOWN, dtype=np.int64)
    else:
        said = (detector.p_values({name: rows.column(name) for name in names}) > level).astype(np.int64)
    new = {name: _new(known.columns[name]) for name in names if name not in numeric}
    if not new or np.logical_or.reduce(list(new.values())).mean() <= level:
        return _counted(rows, said)
    most = max(new, key=lambda name: int(new[name].sum()))
    return _counted(rows, said) | {f"{ALL_NEW}{most}": np.zeros(rows.n, dtype=np.int64)}


def _counted(rows: Rows, said: Integers) -> dict[str, Integers]:
    return {TABLE: together(rows.grouped, (said, 3))}


def _new(codes: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of the second half of the known rows, which says what is usual, have a code that no row of the first half has."""
    half = len(codes) // 2
    seen = set(codes[:half].tolist())
    return np.array([code == code and code not in seen for code in codes[half:].tolist()], dtype=bool)


def _numeric(names: list[str], context: TableContext, rows: Rows) -> frozenset[str]:
    documented = {name: context.column(name) for name in names}
    return frozenset(
        name
        for name, column in documented.items()
        if rows.column(name).dtype.kind in "iuf"
        and (column is None or (column.is_numeric and column.codes is None))
    )


def _view(elsewhere: int, n: int = 2000, known: int = 2000) -> TableView:
    """Two numbers that go together, but for so many rows where they go apart, each as usual as before."""
    draw = np.random.default_rng(4)

    def people(rows: int) -> dict[str, np.ndarray]:
        income = draw.normal(size=rows)
        return {"income": income, "rent": income + 0.2 * draw.normal(size=rows)}

    judged = people(n)
    judged["rent"][:elsewhere] *= -1
    return table_view(
        tabulate, judged, label=[0] * n, known=people(known), parameters={"level": Decimal("0.05")}
    )


@check(
    id="performance.ood_acceptance",
    title="Acceptance by a detector of unusual rows",
    estimand="The share of rows that a detector, fitted to reference rows, accepts as being like them at the declared level; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="{value} of the cases[ of {group}] are accepted as being like the known ones, of which a share of {level} would be refused",
    need=Tabulated(tabulate, columns, per_unit=True, known=True),
    comparators=AT_LEAST + AT_MOST,
    across=Across.OPTIONAL,
    tasks=tuple(Task),
    parameters={
        "level": Parameter(
            "The rate of false alarms: of rows like the known ones at most this share is refused, on average.",
            default=Decimal("0.05"),
            low=Decimal("0.001"),
            high=Decimal("0.5"),
        )
    },
    examples=(
        Example(
            says="2,000 rows like the known ones.",
            view=lambda: _view(0),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.PASS,
        ),
        Example(
            says="Of 2,000 rows 400 have an income and a rent that never go together.",
            view=lambda: _view(400),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="2,000 rows of another world, of which the detector should refuse half.",
            view=lambda: _view(2000),
            comparator=Comparator.AT_MOST,
            threshold="0.50",
            verdict=Verdict.PASS,
        ),
        Example(
            says="60 rows do not show it.",
            view=lambda: _view(0, 60),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="Of 20 known rows half say what is usual: too few to refuse anything.",
            view=lambda: _view(0, known=20),
            comparator=Comparator.AT_LEAST,
            threshold="0.90",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def ood_acceptance(view: TableView, *, level: Decimal) -> Counts:
    """The share of rows that are accepted as being like those that the model was made for.

    Purpose:
        A model answers for anybody, also for whom it was never meant. Says how many of the judged rows a simple detector would pass on
        ("at least"), and, narrowed to rows that are known to be others (``where: {site: elsewhere}``), how many of them it would
        wrongly pass on ("at most"); for each group, whether one is sent away more often.
    Method:
        2,000 reference rows are drawn; half of them fit a detector, the other half say what is usual. It scores a row by a robust
        Mahalanobis distance of its numbers (medians, quartiles, and the correlation of wrapped values: Raymaekers & Rousseeuw 2021,
        Technometrics 63) and by how rare its codes and missing values are. A row is refused when its conformal p-value is at most the
        level, so that rows like the reference rows are refused with at most that probability, whatever their distribution (Bates et
        al. 2023, Annals of Statistics 51). The detector is fixed before the judged rows are read, so that the share that it accepts has
        exact Clopper-Pearson limits (1934). No prediction is asked for.
    Limits:
        The detector is Assay's, not one that is in use beside the model. It sees pairs of numbers that never go together, and no finer
        pattern; codes only one by one, and it is not evaluable where more reference rows than the level have a code that is new among them in any column, as each number of a
        column has whose dictionary entry calls it a category. The level holds on average over the reference rows that are drawn: those of one run refuse a
        little more or less. It says that a row is unusual, not that the answer is wrong. Texts, dates and identifiers are not looked at, but numbers that are called texts are.
    Remedy:
        Train on such rows, or send them to a person. If too many usual rows are refused, the reference rows are not like the judged ones:
        see performance.psi, which compares a column with that of another data set.
    Oracle:
        scipy's mahalanobis and percentileofscore, scikit-learn's EllipticEnvelope, and the rate of false alarms by simulation
        (tests/checks/test_ood_acceptance.py); the bound by exact enumeration (tests/stats/test_rates.py).
    """
    if not view.n:
        return NO_ROWS
    counts = view.table(TABLE).dense(view.context.n_groups, 3)
    if counts[:, UNKNOWN].sum():
        return Undefined(
            Reason.TOO_FEW_ROWS_FOR_METHOD,
            f"Too few reference rows are known to refuse anything at the level {level}, or none of the inputs is a number or a code.",
        )
    if name := next((t.removeprefix(ALL_NEW) for t in view.tables[view.data] if t.startswith(ALL_NEW)), ""):
        return Undefined(
            Reason.NOT_MEASURED,
            f"More than a share of {level} of the reference rows have a code that others of them do not have, most often of {name!r}, so that a new one would "
            "hardly be refused. Call a column a number if it is one, and store it as such; or leave it out of the inputs.",
        )
    return Rates(
        tuple(
            Rate(label, int(counts[place, ACCEPTED]), int(counts[place].sum())) for label, place in view.each
        )
    )
