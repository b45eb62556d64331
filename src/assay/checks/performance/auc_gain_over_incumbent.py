"""Whether the model ranks better than the one that is in use, on the same rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from assay.checks.check import AT_LEAST, Example, check
from assay.checks.counting.anothers import (
    INCUMBENT,
    incumbent_columns,
    incumbent_scores,
    no_incumbent,
    unlike_scores,
)
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, PairedScoreCell, PairedScores, Undefined
from assay.domain.metric import Across, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.stats.informed import p_ranked, uninformed
from assay.tally.coding import probability_codes, probability_of
from assay.tally.table import MOST, Integers, Rows, TableContext, TableView, apart, together

PAIRS = "pairs"


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, the bins of its two scores and its label; and the rows of which the incumbent has no score."""
    old = incumbent_scores(rows, context)
    if old is None:
        return {}
    size = _size(context.n_groups)
    known = np.clip(np.nan_to_num(old), 0, 1)  # others are told to be no probabilities
    scores = (probability_codes(rows.answered, size), size), (probability_codes(known, size), size)
    keys = together(rows.grouped, *scores, (rows.label, 2))
    return {PAIRS: np.where(np.isnan(old), -1, keys), **unlike_scores(old, context)}


def _size(groups: int) -> int:
    """How many codes a score may have, so that a key can say two of them with the group and the label."""
    return math.isqrt((MOST - 1) // (2 * groups))


OLD: dict[str, Decimal | int | str] = {"incumbent": "old"}


def _view(n: int, new: float, old: float) -> TableView:
    """As many rows of each label, whose scores say this much about it, with errors of their own."""
    rng = np.random.default_rng(7)
    label = np.arange(2 * n) % 2
    scores = [label * signal + rng.normal(0, 1, 2 * n) for signal in (new, old)]
    model, incumbent = (1 / (1 + np.exp(-one)) for one in scores)
    return table_view(tabulate, {"old": incumbent.tolist()}, label=label, score=model, parameters=OLD)


def _straw(old: Integers, label: Integers, rows: Integers, incumbent: str) -> Undefined | None:
    """Why the incumbent's scores rank nobody; None where they do, or where one label alone says nothing of it."""
    bins, place = np.unique(old, return_inverse=True)
    counts = np.zeros((len(bins), 2), dtype=np.int64)
    np.add.at(counts, (place, label), rows)
    if not counts.sum(axis=0).all():
        return None
    return uninformed(incumbent, p_ranked(counts), "score rows higher where the label is 1")


@check(
    id="performance.auc_gain_over_incumbent",
    title="Gain in AUC over the incumbent",
    estimand="The area under the ROC curve of the model less that of the incumbent's scores on the same rows; in the worst group if groups "
    "are named.",
    unit=Unit.NUMBER,
    reading="the area under the ROC curve[ for {group}] is {value} above that of the incumbent",
    need=TabulatedOutcomes(tabulate, incumbent_columns),
    comparators=AT_LEAST,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    parameters={"incumbent": INCUMBENT},
    examples=(
        Example(
            says="1,000 rows of each label, which the model ranks clearly better.",
            view=lambda: _view(1000, 1.8, 1.0),
            comparator=Comparator.AT_LEAST,
            threshold="0.05",
            verdict=Verdict.PASS,
            arguments=OLD,
        ),
        Example(
            says="1,000 rows of each label, which the incumbent ranks clearly better.",
            view=lambda: _view(1000, 1.0, 1.8),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.FAIL,
            arguments=OLD,
        ),
        Example(
            says="30 rows of each label are too few for the method.",
            view=lambda: _view(30, 1.8, 1.0),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=OLD,
        ),
    ),
)
def auc_gain_over_incumbent(view: TableView, *, incumbent: str) -> Counts:
    """How much better the model ranks than the one in use.

    Purpose:
        Says whether a new model orders the cases better, at every score at which one might decide; or, with a threshold below zero,
        that it does not order them worse by more than that (non-inferiority).
    Method:
        The difference of two areas under the ROC curve on the same rows, with the paired variance of DeLong, DeLong & Clarke-Pearson
        (1988, Biometrics 44) and Welch's t, and Gaffke's limit against rare but grave changes; the more cautious of the two, whose size
        is simulated. The p-value and the confidence that was reached are printed with it. Each group is one piece and all must hold.
    Limits:
        Needs 50 rows of each label. Scores count as equal that differ by less than about a millionth of their distance from 0 or from 1, whichever is nearer. The incumbent's scores must
        be probabilities, as the model's are. A row without one leaves the comparison undefined, and so does an incumbent that is not shown (Mann and
        Whitney's test, 5 %) to score rows higher where the label is 1. A better ranking decides no
        better if the score at which 1 is decided is wrong.
    Remedy:
        Look at the ROC curves: where they cross, one model is better for some uses and the other for others.
    Oracle:
        Differences of scikit-learn's roc_auc_score (tests/checks/test_gains.py); the size of the bound by simulation
        (docs/guarantee.md).
    """
    if wrong := no_incumbent(view, incumbent):
        return wrong
    counts = view.table(PAIRS)
    if not counts.total:
        return NO_ROWS
    size = _size(view.context.n_groups)
    group, new, old, label = apart(counts.keys, view.context.n_groups, size, size, 2)
    if wrong := _straw(old, label, counts.counts, incumbent):
        return wrong
    cells = []
    for name, place in view.each:
        mine = group == place
        rows, positive = counts.counts[mine], label[mine] == 1
        cells.append(
            PairedScoreCell(
                name,
                tuple(probability_of(old[mine], size).tolist()),
                tuple(probability_of(new[mine], size).tolist()),
                tuple(np.where(positive, 0, rows).tolist()),
                tuple(np.where(positive, rows, 0).tolist()),
            )
        )
    return PairedScores(tuple(cells))
