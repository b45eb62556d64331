"""Whether predicted numbers lie nearer to the truth than those of the model that is in use, on the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_LEAST, ZERO, Example, check
from assay.checks.counting.anothers import (
    INCUMBENT,
    incumbent_columns,
    incumbent_scores,
    no_incumbent,
    unlike_scores,
)
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts, MeanCell, Means, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.settled import Settled, Settles
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.stats.informed import LEVEL
from assay.tally.table import Integers, Rows, TableContext, TableView, apart, together

STEPS = 5_000
"""Steps of the declared range in which a gain is counted, rounded down;"""
PLACES = 500
"""and those to which a label and the incumbent's error are, to see whether it knows anything."""
GAINS, FIT = "gains", "fit"
OLD: Mapping[str, Decimal | int | str] = {"incumbent": "old"}


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row and by how much the model is nearer than the incumbent; and the label with the incumbent's error."""
    old = incumbent_scores(rows, context)
    if old is None:
        return {}
    answers, truth = context.answers, rows.truth
    known = ~(np.isnan(truth) | np.isnan(old))
    off = np.nan_to_num(np.abs(old - truth))
    gain = (off - np.nan_to_num(np.abs(rows.answered - truth))) / answers.width_of_range
    place = np.clip(np.floor(gain * STEPS + 1e-9), -STEPS, STEPS) + STEPS
    at = np.nan_to_num((truth - answers.low) / answers.width_of_range)
    missed = np.minimum(np.ceil(off / answers.width_of_range * PLACES - 1e-9), PLACES)
    return {
        GAINS: together(rows.grouped, (np.where(known, place, -1).astype(np.int64), 2 * STEPS + 1)),
        FIT: together(
            (np.where(known, np.clip(np.rint(at * PLACES), 0, PLACES), -1).astype(np.int64), PLACES + 1),
            (missed.astype(np.int64), PLACES + 1),
        ),
        **unlike_scores(old, context),
    }


def _view(new: float, old: float, n: int = 2000) -> TableView:
    """Labels from 0 to 100, of which the model and the incumbent are off by up to twice as much as named, evenly."""
    at = np.arange(n)
    truth = 20.0 + 60.0 * (at % 61) / 60
    side, far = np.array([-1.0, 1.0])[at % 2], 2 * (at // 61 % 40 + 0.5) / 40
    return table_view(
        tabulate,
        {"label": truth, "old": truth - side * old * far[::-1]},
        label=[0] * n,
        score=truth + side * new * far,
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
        parameters=OLD,
    )


def _straw(view: TableView, name: str) -> Undefined | None:
    """Why the incumbent is no model to be better than: it is not shown to be nearer to the labels than their median is for everybody."""
    from assay.stats.means import mean_bound  # which imports scipy, that a list of checks does not need

    found = view.table(FIT)
    label, missed = apart(found.keys, PLACES + 1, PLACES + 1)
    order = np.argsort(label, kind="stable")
    middle = np.searchsorted(np.cumsum(found.counts[order]), found.total / 2)
    # Half a step off on either side: what the median alone reaches is not made worse than it is.
    alone = np.maximum(np.abs(label - label[order][middle]) - 1, 0)
    values, place = np.unique((alone - missed) / PLACES, return_inverse=True)
    rows = np.zeros(len(values), dtype=np.int64)
    np.add.at(rows, place, found.counts)
    lower = mean_bound(values, rows, low=-1.0, high=1.0, alpha=LEVEL).lower
    if lower is not None and lower > 0:
        return None
    said = (
        f"{name!r} is not shown to be nearer to the labels than their median is for everybody (at level {LEVEL:g}): a gain over what knows "
        "nothing of a case is no improvement on a model. Ask for performance.r2 instead, or name the predictions that are in use."
    )
    return Undefined(Reason.NOT_MEASURED, said)


@check(
    id="performance.mae_gain_over_incumbent",
    title="Gain in mean absolute error over the incumbent",
    estimand="The mean absolute error of the incumbent's predictions less that of the model's on the same rows, in the label's unit; in the "
    "worst group if groups are named.",
    unit=Unit.NUMBER,
    reading="the mean absolute error of the incumbent[ for {group}] is {value} above that of the model",
    need=TabulatedOutcomes(tabulate, incumbent_columns),
    tasks=(Task.REGRESSION,),
    comparators=AT_LEAST,
    low=None,
    high=None,
    settled=Settled(Settles.GAIN),
    ideal=ZERO,
    across=Across.OPTIONAL,
    parameters={"incumbent": INCUMBENT},
    examples=(
        Example(
            says="Off by 5 on average, where the incumbent is off by 8.",
            view=lambda: _view(5.0, 8.0),
            comparator=Comparator.AT_LEAST,
            threshold="2",
            verdict=Verdict.PASS,
            arguments=OLD,
        ),
        Example(
            says="Off by as much: no gain, and shown not to be a loss of more than 1.",
            view=lambda: _view(8.0, 8.0),
            comparator=Comparator.AT_LEAST,
            threshold="-1",
            verdict=Verdict.PASS,
            arguments=OLD,
        ),
        Example(
            says="Off by 8, where the incumbent is off by 5.",
            view=lambda: _view(8.0, 5.0),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.FAIL,
            arguments=OLD,
        ),
        Example(
            says="A gain of .1, which 200 rows do not tell from none.",
            view=lambda: _view(7.9, 8.0, 200),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.INCONCLUSIVE,
            arguments=OLD,
        ),
    ),
)
def mae_gain_over_incumbent(view: TableView, *, incumbent: str) -> Counts:
    """How much nearer the model's numbers are than those of the one in use, row by row.

    Purpose:
        Says whether replacing a model that predicts a number is an improvement, and by how much in the unit in which it is used; or,
        with a threshold below zero, that the new one is not worse by more than that (non-inferiority), over all and for each group.
    Method:
        The mean over the rows of the incumbent's absolute error less the model's, a paired difference that lies within the width of the
        declared range on either side. Its mean is bounded by the more cautious of t and Gaffke's limit (2005, Mathematical Methods of Statistics 14) from
        100 rows on, and below by an exact mixture of bets (Waudby-Smith & Ramdas 2024, JRSS B 86). Gains are counted in steps of a
        five-thousandth of that width and rounded down. "At least 1" is superiority by a margin, "at least -1" non-inferiority. Each group is
        one piece and all must hold.
    Limits:
        A mean hides rare large errors, for which see performance.rmse, and the direction of errors. A row without a prediction of the incumbent, or with
        one outside of the declared range, leaves the comparison undefined, and so does an incumbent that is not shown (5 %) to be nearer to the
        labels than their median is for everybody. A weak one that is shown to is compared: whether it is the one in use is its writer's word.
    Remedy:
        Look where the incumbent is nearer, by group and by stratum; keep it for those cases.
    Oracle:
        Differences of scikit-learn's mean_absolute_error, with the limits of scipy's one-sample t interval (tests/checks/test_other_gains.py); the
        size of the bound by simulation (docs/guarantee.md).
    """
    if wrong := no_incumbent(view, incumbent):
        return wrong
    found, width = view.table(GAINS), view.context.answers.width_of_range
    if not found.total:
        return NO_ROWS
    if wrong := _straw(view, incumbent):
        return wrong
    group, place = apart(found.keys, view.context.n_groups, 2 * STEPS + 1)
    gains: NDArray[np.float64] = (place - STEPS) / STEPS * width
    cells = (
        MeanCell(label, tuple(gains[group == code].tolist()), tuple(found.counts[group == code].tolist()))
        for label, code in view.each
    )
    return Means(tuple(cells), -width, width)
