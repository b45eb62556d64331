"""Whether the model decides better than the one that is in use, on the same rows."""

from __future__ import annotations

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
from assay.domain.evidence import Counts, Paired, PairedCell, Undefined
from assay.domain.metric import Across, Parameter, Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.stats.informed import p_decided, uninformed
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "decisions"
AMONG = {"accuracy": (0, 1), "recall": (1,), "specificity": (0,)}
"""Per measure the labels of the rows that count: a decision is right when it is the label."""


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, its label, what the model decides and what the incumbent does."""
    old = incumbent_scores(rows, context)
    if old is None:
        return {}
    decided = np.where(np.isnan(old), -1, old >= float(context.parameters["decide_at"])).astype(np.int64)
    return {
        TABLE: together(rows.grouped, (rows.label, 2), (rows.decided, 2), (decided, 2)),
        **unlike_scores(old, context),
    }


def _view(only_new: int, only_old: int) -> TableView:
    """2,000 rows, half of each label, that both decide right but for so many that only one of them does."""
    label = np.arange(2000) % 2
    new, old = label.astype(float), label.astype(float)
    old[:only_new] = 1 - old[:only_new]
    new[only_new : only_new + only_old] = 1 - new[only_new : only_new + only_old]
    return table_view(
        tabulate,
        {"old": old.tolist()},
        label=label,
        score=new,
        parameters={"incumbent": "old", "decide_at": Decimal("0.5"), "measure": "accuracy"},
    )


def _arguments(measure: str = "accuracy") -> dict[str, Decimal | int | str]:
    return {"incumbent": "old", "decide_at": Decimal("0.5"), "measure": measure}


def _straw(counts: Integers, judged: list[int], incumbent: str) -> Undefined | None:
    """Why the incumbent's decisions are none of a model: alike in each group that is judged, or not shown to follow the label."""
    by_group = counts[judged].sum(axis=(1, 2))
    if not (by_group > 0).all(axis=1).any():
        return Undefined(
            Reason.NOT_MEASURED,
            f"At the declared 'decide_at' {incumbent!r} decides everybody alike{' of each group' if len(judged) > 1 else ''}, so that there is no "
            "model to be better than. Compare with performance.gain_over_baseline instead, or give the score from which the incumbent decides 1.",
        )
    by_label = counts.sum(axis=(0, 2))
    if not by_label.sum(axis=1).all():
        return None  # of one label alone nothing says whether decisions follow it
    return uninformed(incumbent, p_decided(by_label), "decide 1 more often where the label is 1")


@check(
    id="performance.gain_over_incumbent",
    title="Gain over the incumbent",
    estimand="The accuracy (or recall, or specificity) of the model less that of the incumbent's decisions on the same rows; in the worst "
    "group if groups are named.",
    unit=Unit.POINTS,
    reading="{measure:accuracy=accuracy,recall=recall,specificity=specificity}[ for {group}] is {value} above that of the incumbent",
    need=TabulatedOutcomes(tabulate, incumbent_columns),
    comparators=AT_LEAST,
    low=Decimal(-1),
    across=Across.OPTIONAL,
    parameters={
        "incumbent": INCUMBENT,
        "decide_at": Parameter(
            "The incumbent decides 1 for scores from here on.",
            default=Decimal("0.5"),
            low=Decimal(0),
            high=Decimal(1),
        ),
        "measure": Parameter(
            "What is compared: accuracy, recall or specificity.", default="accuracy", choices=tuple(AMONG)
        ),
    },
    examples=(
        Example(
            says="Of 2,000 rows 100 are decided right by the model alone and 20 by the incumbent alone.",
            view=lambda: _view(100, 20),
            comparator=Comparator.AT_LEAST,
            threshold="0.02",
            verdict=Verdict.PASS,
            arguments=_arguments(),
        ),
        Example(
            says="50 against 50: no gain, and shown not to be a loss of more than 0.02.",
            view=lambda: _view(50, 50),
            comparator=Comparator.AT_LEAST,
            threshold="-0.02",
            verdict=Verdict.PASS,
            arguments=_arguments(),
        ),
        Example(
            says="Of the 1,000 rows with label 1 the incumbent alone finds 50 and the model alone 10.",
            view=lambda: _view(20, 100),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.FAIL,
            arguments=_arguments("recall"),
        ),
        Example(
            says="42 against 32: a gain of 0.005 that so few rows do not tell from none.",
            view=lambda: _view(42, 32),
            comparator=Comparator.AT_LEAST,
            threshold="0",
            verdict=Verdict.INCONCLUSIVE,
            arguments=_arguments(),
        ),
    ),
)
def gain_over_incumbent(view: TableView, *, incumbent: str, measure: str) -> Counts:
    """How much more often the model is right than the one in use, row by row.

    Purpose:
        Says whether replacing a model is an improvement, how large it surely is and how significant; or, with a threshold below zero,
        that the new model is not worse by more than that (non-inferiority), over all and for each group.
    Method:
        On the same rows, those that only the model decides right less those that only the incumbent does, over all rows (accuracy), those
        with label 1 (recall) or those with label 0 (specificity). A paired difference: verdicts by exact unconditional p-values over
        the joint table (MOVER order with the multinomial correlation, Newcombe 1998, Statistics in Medicine 17; Tango 1998, ibid.).
        "At least 0.01" is superiority by a margin, "at least -0.01" non-inferiority. Each group is one piece and all must hold:
        nobody's group is made worse by more than the margin. The p-value and the confidence that was reached are printed with it.
    Limits:
        The incumbent's scores must be probabilities, as the model's are. A row without one leaves the comparison undefined: it
        may be missing where the incumbent was worst; so does an incumbent that decides everybody alike, in all judged groups, or that is
        not shown (Fisher's exact test, 5 %) to decide 1 more often where the label is 1. A weak one that is shown to is compared: whether it is
        the one in use, and decides from that score on, is its writer's word. If the incumbent chose which rows have a label at all, it is at an advantage
        or at a disadvantage that no count shows. A chain of replacements, each not worse than the last by a margin, can lose many
        margins: compare with the first one, too.
    Remedy:
        Look where the two differ, by group and by stratum; keep the incumbent for the cases in which it is better.
    Oracle:
        Differences of scikit-learn's accuracy_score and recall_score and the p-value of statsmodels' mcnemar
        (tests/checks/test_gains.py); the p-values by exact enumeration (tests/stats/test_paired.py).
    """
    labels = AMONG[measure]
    if wrong := no_incumbent(view, incumbent):
        return wrong
    counts = view.table(TABLE).dense(view.context.n_groups, 2, 2, 2)
    if not counts.sum():
        return NO_ROWS
    if wrong := _straw(counts, [place for _, place in view.each], incumbent):
        return wrong
    cells = []
    for label, place in view.each:
        found = counts[place]
        worse = sum(int(found[value, value, 1 - value]) for value in labels)
        better = sum(int(found[value, 1 - value, value]) for value in labels)
        cells.append(PairedCell(label, worse, better, int(found[list(labels)].sum())))
    if not any(cell.n for cell in cells):
        return Undefined(Reason.ONE_CLASS_ONLY, f"No row has label {labels[0]}.")
    return Paired(tuple(cells))
