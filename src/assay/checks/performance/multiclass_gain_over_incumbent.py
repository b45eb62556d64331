"""Whether the model gives the true class more often than the one that is in use, on the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.anothers import (
    INCUMBENT,
    incumbent_classes,
    incumbent_columns,
    no_incumbent,
    unlike_classes,
)
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.confusion import THREE
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Paired, PairedCell, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.informed import LEVEL, p_decided
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

TABLE = "classes"
OLD: Mapping[str, Decimal | int | str] = {"incumbent": "old"}


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, its class, the one that the model gives it and the one that the incumbent does."""
    old, classes = incumbent_classes(rows, context), context.answers.labels
    if old is None:
        return {}
    keys = together(rows.grouped, *((codes, classes) for codes in (rows.label, rows.decided, old)))
    return {TABLE: keys, **unlike_classes(old)}


def _view(only_new: int, only_old: int, n: int = 2001) -> TableView:
    """Rows of three classes in turn, which both give right but for so many that only one of them does."""
    truth = np.arange(n) % 3
    new, old = truth.copy(), truth.copy()
    old[:only_new] = (old[:only_new] + 1) % 3
    new[only_new : only_new + only_old] = (new[only_new : only_new + only_old] + 1) % 3
    said = [THREE.classes[code] for code in old]
    return table_view(
        tabulate, {"old": said}, label=truth, score=np.eye(3)[new], answers=THREE, parameters=OLD
    )


def _straw(label: Integers, old: Integers, rows: Integers, view: TableView, name: str) -> Undefined | None:
    """Why what the incumbent gives is no model's: no class is shown to be given more often where it is the true one."""
    classes = view.context.answers.labels
    found = min(p_decided(_by_class(label == c, old == c, rows)) for c in range(classes))
    p = min(1.0, classes * found)
    if p <= LEVEL:
        return None
    said = (
        f"{name!r} is not shown to give any class more often where it is the true one (p = {p:.2g}, at level {LEVEL:g}): a gain over what "
        "gives everybody the same class, or one by lot, is no improvement on a model. Ask for performance.macro_recall instead, or name the "
        "classes that are in use."
    )
    return Undefined(Reason.NOT_MEASURED, said)


def _by_class(true: NDArray[np.bool_], given: NDArray[np.bool_], rows: Integers) -> Integers:
    counts = np.zeros((2, 2), dtype=np.int64)
    np.add.at(counts, (true.astype(np.int64), given.astype(np.int64)), rows)
    return counts


@check(
    id="performance.multiclass_gain_over_incumbent",
    title="Gain over the incumbent, of several classes",
    estimand="The share of rows that the model gives their true class, less the share that the incumbent does, on the same rows; in the worst "
    "group if groups are named.",
    unit=Unit.POINTS,
    reading="the share of cases[ for {group}] that are given their true class is {value} above that of the incumbent",
    need=TabulatedOutcomes(tabulate, incumbent_columns),
    tasks=(Task.MULTICLASS,),
    comparators=AT_LEAST,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    parameters={"incumbent": INCUMBENT},
    examples=(
        Example(
            says="Of 2,001 rows 100 are given their class by the model alone and 20 by the incumbent alone.",
            view=lambda: _view(100, 20),
            comparator=Comparator.AT_LEAST,
            threshold="0.02",
            verdict=Verdict.PASS,
            arguments=OLD,
        ),
        Example(
            says="50 against 50: no gain, and shown not to be a loss of more than 0.02.",
            view=lambda: _view(50, 50),
            comparator=Comparator.AT_LEAST,
            threshold="-0.02",
            verdict=Verdict.PASS,
            arguments=OLD,
        ),
        Example(
            says="20 against 100: a loss.",
            view=lambda: _view(20, 100),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.FAIL,
            arguments=OLD,
        ),
        Example(
            says="42 against 32: a gain of 0.005 that so few rows do not tell from none.",
            view=lambda: _view(42, 32),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.INCONCLUSIVE,
            arguments=OLD,
        ),
    ),
)
def multiclass_gain_over_incumbent(view: TableView, *, incumbent: str) -> Counts:
    """How much more often the model gives the true class than the one in use, row by row.

    Purpose:
        Says whether replacing a model of several classes is an improvement, how large it surely is and how significant; or, with a
        threshold below zero, that the new one is not worse by more than that (non-inferiority), over all and for each group.
    Method:
        On the same rows, those that only the model gives their class less those that only the incumbent does, of all rows. A paired
        difference: verdicts by exact unconditional p-values over the joint table (MOVER order with the multinomial correlation,
        Newcombe 1998, Statistics in Medicine 17; Tango 1998, ibid.). "At least 0.01" is superiority by a margin, "at least -0.01"
        non-inferiority. Each group is one piece and all must hold.
    Limits:
        Counts all errors alike and is dominated by the large classes: a rare class may be lost where a common one gains; ask for
        performance.class_recall too. A row to which the incumbent gives none of the declared classes leaves the comparison undefined, and so does an
        incumbent that is not shown (Fisher's exact test of each class, 5 % over all of them) to give a class more often where it is the true one. A weak one
        that is shown to is compared: whether it is the one in use is its writer's word.
    Remedy:
        See which classes the incumbent tells apart better; keep it for those cases.
    Oracle:
        Differences of scikit-learn's accuracy_score and the p-value of statsmodels' mcnemar (tests/checks/test_other_gains.py); the p-values by
        exact enumeration (tests/stats/test_paired.py).
    """
    if wrong := no_incumbent(view, incumbent):
        return wrong
    found, classes = view.table(TABLE), view.context.answers.labels
    if not found.total:
        return NO_ROWS
    group, label, new, old = apart(found.keys, view.context.n_groups, classes, classes, classes)
    judged = np.isin(group, [place for _, place in view.each])
    if wrong := _straw(label[judged], old[judged], found.counts[judged], view, incumbent):
        return wrong

    def rows(where: NDArray[np.bool_]) -> int:
        return int(found.counts[where].sum())

    return Paired(
        tuple(
            PairedCell(
                name,
                rows((group == place) & (new == label) & (old != label)),
                rows((group == place) & (new != label) & (old == label)),
                rows(group == place),
            )
            for name, place in view.each
        )
    )
