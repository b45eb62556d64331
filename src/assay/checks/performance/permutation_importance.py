"""What is lost when an input is that of another case."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_LEAST, AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.columns import reference_values
from assay.checks.counting.losses import loss
from assay.checks.tabled import table_view
from assay.domain.evidence import ByInput, Counts, MeanCell, Means, Paired, PairedCell, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import TabulatedChanges
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.perturbation import ChangeContext, Columns, Floats, uniforms
from assay.tally.table import Change, Integers, Rows, TableContext, TableView, together

STEPS = 2048
"""Steps of a loss between none and the largest; a rise is rounded up to the next one."""


def columns(context: TableContext) -> tuple[str, ...]:
    """The named input, or all of them."""
    named = str(context.parameters["column"])
    return (named,) if named else context.inputs


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, what each row loses when its value is that of a known row, drawn for this row."""
    lost = _right if context.parameters["measure"] == "accuracy" else _rise
    return {name: lost(rows, rows.after(name, _from_another(name, context))) for name in columns(context)}


def _from_another(name: str, context: TableContext) -> Change:
    def changed(inputs: Columns, told: ChangeContext) -> Columns:
        known = reference_values(name, inputs, context)
        donors = (uniforms(told.seed, name, told.rows) * len(known)).astype(np.int64)
        return {**inputs, name: known[donors]}

    return changed


def _right(rows: Rows, after: Floats) -> Integers:
    before = (rows.decided == rows.label).astype(np.int64)
    return together((before, 2), ((rows.decisions(after) == rows.label).astype(np.int64), 2))


def _rise(rows: Rows, after: Floats) -> Integers:
    """How much more is lost, in steps: 0 where all is gained, twice the steps where all is lost."""
    rise = np.ceil((_loss(rows, after) - _loss(rows, rows.answered)) * STEPS - 1e-9)
    return (rise + STEPS).astype(np.int64)


def _loss(rows: Rows, said: Floats) -> Floats:
    answers = rows.context.answers
    return loss(answers, said, rows.truth if answers.task is Task.REGRESSION else rows.label)


def _arguments(measure: str = "accuracy") -> dict[str, Decimal | int | str]:
    return {"column": "", "measure": measure}


def _view(weight: float, n: int = 2000, measure: str = "accuracy") -> TableView:
    """Labels that follow debt and, with this weight, age; and a model that knows it."""
    draw = np.random.default_rng(6)
    found = {"debt": draw.normal(size=n), "age": draw.normal(size=n)}

    def model(inputs: Mapping[str, NDArray[Any]]) -> Floats:
        odds: Floats = np.exp(-2 * inputs["debt"] * (1 - weight) - 2 * inputs["age"] * weight)
        return 1 / (1 + odds)

    return table_view(
        tabulate,
        found,
        label=(draw.random(n) < model(found)).astype(int),
        model=model,
        parameters=_arguments(measure),
        known={"debt": draw.normal(size=1000), "age": draw.normal(size=1000)},
    )


@check(
    id="performance.permutation_importance",
    title="Permutation importance",
    estimand="The fall in accuracy (or the rise in loss, as a share of the largest) when the value of an input is that of another case, drawn from the reference data; of the input that is worth most, or of the named one.",
    unit=Unit.POINTS,
    reading="{measure:accuracy=accuracy falls,loss=the loss rises} by {value}[ when {part} is that of another case]",
    need=TabulatedChanges(tabulate, columns, known=True),
    comparators=AT_MOST + AT_LEAST,
    low=Decimal(-1),
    tasks=tuple(Task),
    parameters={
        "column": Parameter(
            "One input to look at; by default each of them, at a prediction of every row for each.",
            default="",
            names=Names.COLUMN,
        ),
        "measure": Parameter(
            "What is lost: accuracy, or loss (the squared error of probabilities, the absolute error of numbers).",
            default="accuracy",
            choices=("accuracy", "loss"),
            decided=("accuracy",),
        ),
    },
    examples=(
        Example(
            says="Neither debt nor age is worth more than 30 points of accuracy.",
            view=lambda: _view(0.5),
            comparator=Comparator.AT_MOST,
            threshold="0.30",
            verdict=Verdict.PASS,
            arguments=_arguments(),
        ),
        Example(
            says="All hangs on the debt, which is worth some 23 points.",
            view=lambda: _view(0),
            comparator=Comparator.AT_MOST,
            threshold="0.15",
            verdict=Verdict.FAIL,
            arguments=_arguments(),
        ),
        Example(
            says="The squared error rises by no more than 0.2 of the largest.",
            view=lambda: _view(0.5, measure="loss"),
            comparator=Comparator.AT_MOST,
            threshold="0.20",
            verdict=Verdict.PASS,
            arguments=_arguments("loss"),
        ),
        Example(
            says="60 rows do not tell what an input is worth.",
            view=lambda: _view(0.5, 60),
            comparator=Comparator.AT_MOST,
            threshold="0.15",
            verdict=Verdict.INCONCLUSIVE,
            arguments=_arguments(),
        ),
    ),
)
def permutation_importance(view: TableView, *, measure: str) -> Counts:
    """What each input is worth to the model: what is lost when it tells about somebody else.

    Purpose:
        Shows on which inputs the decisions rest, with limits: a reviewer sees whether all hangs on one of them, and whether an input
        that was collected at a cost to people is worth anything.
    Method:
        Each row is predicted as it is and once more for each input, whose value is then that of one of 2,000 reference rows, drawn by a
        hash of the row: no batch, order or worker changes the draw (permutation importance: Breiman 2001, Machine Learning 45; as
        model reliance with a second draw from the population: Fisher, Rudin & Dominici 2019, JMLR 20). The fall in accuracy is a paired
        difference, turned wrong less turned right, with exact unconditional p-values; the rise in loss is a mean of bounded
        differences. Each input is a piece: "at most" passes when each one passes at the level that is spent, and what is called too
        much is corrected for all of them (Holm). One more prediction of every row for each input.
    Limits:
        What the model uses, not what causes the label. Inputs that go together share their worth, and a value of one person beside those of
        another may be a person that cannot be. Of equal rows each draws for itself. The limits of the verdict are of each input by itself; those
        of the dossier's table hold for all inputs at once (Bonferroni). If the reference rows are not like the judged ones, the draw is not either.
    Remedy:
        If all hangs on one input, ask how it could fail and watch it; leave inputs out that are worth nothing.
    Oracle:
        scikit-learn's permutation_importance, and an enumeration of all donors of a small table
        (tests/checks/test_permutation_importance.py); the bounds by exact enumeration (tests/stats/test_paired.py).
    """
    if not view.n:
        return NO_ROWS
    if measure == "loss":
        return ByInput(Means(tuple(_mean(name, view) for name in sorted(columns(view.context))), -1.0, 1.0))
    if view.context.answers.task is Task.REGRESSION:
        return Undefined(
            Reason.NOT_MEASURED, "The model predicts a number: ask what is lost by measure: loss."
        )
    return ByInput(Paired(tuple(_pair(name, view) for name in sorted(columns(view.context)))))


def _pair(name: str, view: TableView) -> PairedCell:
    found = view.table(name).dense(2, 2)
    return PairedCell(name, int(found[1, 0]), int(found[0, 1]), int(found.sum()))


def _mean(name: str, view: TableView) -> MeanCell:
    found = view.table(name)
    values = (found.keys - STEPS) / STEPS
    return MeanCell(name, tuple(values.tolist()), tuple(found.counts.tolist()))
