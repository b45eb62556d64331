"""Answers that move the wrong way when an input moves, though a direction was declared."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.errors import SubjectError
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Across, Names, Parameter, Unit
from assay.domain.needs import TabulatedChanges
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.perturbation import ChangeContext, Columns, Floats, whole
from assay.tally.table import Integers, Rows, TableContext, TableView, together

TABLE = "moves"
RIGHT, WRONG, STILL, UNMOVED = range(4)
"""Whether the answer moves, and which way, or stays within the tolerance; or the row has no room for the step."""
LEAST_MOVED = 0.5
"""At least this share of the rows of each group must have room for the step."""
LEAST_MOVING = 0.1
"""Of those, at least this share of scores must move by more than the tolerance; those of trees stay for most small steps."""
OUTERMOST = 0.01
"""This share of the reference rows at either end does not say where values lie: a few may be mistakes."""


def columns(context: TableContext) -> tuple[str, ...]:
    """The column that is moved."""
    return (str(context.parameters["column"]),)


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The group of each row, and whether it can be moved, its score moves at all, and its answer moves the wrong way."""
    (name,) = columns(context)
    values = rows.column(name)
    direction = _directions(values, context, name)
    asked: list[bool] = []  # not in a plan, whose scores are made up and of which most stay

    def moved(inputs: Columns, _: ChangeContext) -> Columns:
        asked.append(True)
        _refuse_what_cannot_be_moved(values, context, name)
        step = float(context.parameters["step"])
        return {**inputs, name: _like(inputs[name], step * direction.astype(np.float64))}

    after = rows.after("moved", moved)
    rise = direction * (1 if context.parameters["direction"] == "increasing" else -1)
    wrong = _gain(rows, after, context) * rise < -_tolerance(context)
    still = bool(asked) & ~wrong & (np.abs(after - rows.answered) <= _of_scores(context))
    code = np.select([direction == 0, wrong, still], [UNMOVED, WRONG, STILL], RIGHT)
    return {TABLE: together(rows.grouped, (code, 4))}


def _refuse_what_cannot_be_moved(values: NDArray[Any], context: TableContext, name: str) -> None:
    documented, step = context.column(name), Decimal(str(context.parameters["step"]))
    if name not in context.inputs:
        said, remedy = f"The model is not fed the column {name!r}.", "Name an input of the model."
    elif values.dtype.kind not in "iuf":
        said, remedy = f"The column {name!r} holds no numbers.", "Name a column of numbers."
    elif documented is not None and documented.type == "integer" and step % 1:
        said, remedy = (
            f"The column {name!r} holds whole numbers; found a step of {step}.",
            "Give a whole step.",
        )
    else:
        return
    raise SubjectError(said, code="nothing_to_change", remedy=remedy)


def _directions(values: NDArray[Any], context: TableContext, name: str) -> Integers:
    """Up, where the step does not lead beyond where values lie, else down, else not at all."""
    if values.dtype.kind not in "iuf":
        return np.zeros(len(values), dtype=np.int64)
    step, (low, high) = float(context.parameters["step"]), _ends(context, name)
    up, down = values + step <= high, values - step >= low
    return np.where(up, 1, np.where(down, -1, 0))  # a missing value is neither


def _ends(context: TableContext, name: str) -> tuple[float, float]:
    """Where values lie: in the documented range, and where all but the outermost of the reference rows have theirs, for beyond them hardly anybody is."""
    documented = context.column(name)
    low, high = documented.range if documented is not None and documented.range is not None else (None, None)
    ends = [-np.inf if low is None else float(low), np.inf if high is None else float(high)]
    known = context.known.columns.get(name) if context.known is not None else None
    there = known[np.isfinite(known)] if known is not None and known.dtype.kind == "f" else np.empty(0)
    if len(there):
        ends[0] = max(ends[0], float(np.quantile(there, OUTERMOST, method="lower")))
        ends[1] = min(ends[1], float(np.quantile(there, 1 - OUTERMOST, method="higher")))
    return ends[0], ends[1]


def _like(before: NDArray[Any], move: Floats) -> NDArray[Any]:
    after = before + move
    exact = before.dtype.kind in "iu" and bool((move == np.rint(move)).all())
    return whole(after, before) if exact else after


def _gain(rows: Rows, after: Floats, context: TableContext) -> Floats:
    if context.parameters["measure"] == "score":
        return after - rows.answered
    return (rows.decisions(after) - rows.decided).astype(np.float64)


def _tolerance(context: TableContext) -> float:
    """In what the answers are: a share of their range; of decisions none."""
    if context.parameters["measure"] == "decision":
        return 0.0
    return _of_scores(context)


def _of_scores(context: TableContext) -> float:
    return float(context.parameters["tolerance"]) * (context.answers.high - context.answers.low)


ARGUMENTS: Mapping[str, Decimal | int | str] = {
    "column": "debt",
    "direction": "increasing",
    "step": Decimal(1),
    "measure": "score",
    "tolerance": Decimal("0.0001"),
}


def _view(falls: int, n: int = 2000) -> TableView:
    """A score that rises with debt, but falls for the first so many rows."""
    place = np.arange(n)

    def model(inputs: Mapping[str, NDArray[Any]]) -> Floats:
        rise: Floats = 0.01 * inputs["debt"]
        return 0.5 + np.where(inputs["place"] < falls, -rise, rise)

    return table_view(
        tabulate, {"debt": place % 30, "place": place}, label=[0] * n, model=model, parameters=ARGUMENTS
    )


@check(
    id="performance.monotonicity",
    title="Violations of a declared direction",
    estimand="The share of rows, of those that can be moved, whose score (or decision) moves against the declared direction when the column moves by the declared step and nothing else changes; in the worst group if groups are named.",
    unit=Unit.SHARE,
    reading="the {measure} moves the wrong way for {value} of the cases[ for {group}] when {column} moves by {step}",
    need=TabulatedChanges(tabulate, columns, known=True),
    comparators=AT_MOST,
    ideal=ZERO,
    across=Across.OPTIONAL,
    tasks=(Task.BINARY, Task.REGRESSION),
    parameters={
        "column": Parameter("The input of numbers that is moved.", names=Names.COLUMN),
        "direction": Parameter(
            "How the score must go when the column rises.", choices=("increasing", "decreasing")
        ),
        "step": Parameter(
            "By how much the column is moved, in its own unit.", low=Decimal("0.000000001"), high=None
        ),
        "measure": Parameter(
            "What must not move the wrong way: the score (of a regression the number), or the decision.",
            default="score",
            choices=("score", "decision"),
            decided=("decision",),
        ),
        "tolerance": Parameter(
            "How far a score may move the wrong way, as a share of the range of scores: sums of floats are no finer.",
            default=Decimal("0.0001"),
            low=Decimal("0.00001"),
            high=Decimal("0.01"),
        ),
    },
    examples=(
        Example(
            says="Of 2,000 scores 5 fall when the debt rises.",
            view=lambda: _view(5),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.PASS,
            arguments=ARGUMENTS,
        ),
        Example(
            says="60 of 2,000 do.",
            view=lambda: _view(60),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.FAIL,
            arguments=ARGUMENTS,
        ),
        Example(
            says="None of 100 does, which does not show that fewer than one in a hundred would.",
            view=lambda: _view(0, 100),
            comparator=Comparator.AT_MOST,
            threshold="0.01",
            verdict=Verdict.INCONCLUSIVE,
            arguments=ARGUMENTS,
        ),
    ),
)
def monotonicity(view: TableView, *, column: str, measure: str) -> Counts:
    """The share of answers that go the wrong way when one input moves and everything else is kept.

    Purpose:
        Holds the model to what its owners know of the world and promised: more debt is never a better risk, a longer history never a
        worse one. A reason that is given to a person is void where the score goes the other way.
    Method:
        Each row is predicted as it is and with the column one step higher; one step lower where the step would leave the documented
        range, or what all but 1 % of 2,000 reference rows have at that end. At least half of the rows of each judged group must have room for the step, and of those one in ten a score that moves by more
        than the tolerance, one way or the other: else nothing is said. It counts as a violation when the score goes against the direction by more than the tolerance, or when the decision
        turns against it. The share has Clopper-Pearson limits (1934). Every row costs one more prediction. (Individual monotonicity:
        Sivaraman et al. 2020, "Counterexample-guided learning of monotonic neural networks", NeurIPS, arXiv:2006.08852.)
    Limits:
        One step from where each person stands, not every step: what happens between and beyond is not asked, and no share of rows is a
        proof for all inputs. Rows with a missing value, or with no room for the step in the documented range and among the values of the reference rows, are not moved and not
        counted: a step to where nobody is shows what the model answers for nobody. No more answers can move the wrong way than move at all, and a decision turns for few rows at a small step: take a step that moves most scores, a limit below a tenth, and ask for the score too. Moves of other inputs that go with this one are not made.
    Remedy:
        Constrain the model (monotone_constraints of gradient boosting), or drop the promise and say so.
    Oracle:
        LightGBM's trees with monotone_constraints, which have no violation, and a count by hand over the predictions of free ones (tests/checks/test_monotonicity.py); the bound by exact enumeration (tests/stats/test_rates.py).
    """
    if not view.n:
        return NO_ROWS
    if measure == "decision" and view.context.favourable is None:
        return Undefined(Reason.NOT_MEASURED, "The model predicts a number, and nothing is decided.")
    counts = view.table(TABLE).dense(view.context.n_groups, 4)
    for label, place in view.each:
        if said := _too_few(counts[place], f" of {label!r}" if label else "", column):
            return Undefined(Reason.NOT_MEASURED, said)
    return Rates(
        tuple(
            Rate(label, int(counts[place, WRONG]), int(counts[place, :UNMOVED].sum()))
            for label, place in view.each
        )
    )


def _too_few(counts: Integers, of: str, column: str) -> str:
    """Why the rows of a group say little: too few have room for the step, or too few scores move by it; empty where enough do."""
    rows, room = int(counts.sum()), int(counts[:UNMOVED].sum())
    if room < LEAST_MOVED * rows:
        return (
            f"{room:,} of {rows:,} rows{of} could be moved, and fewer than half say little of the others: in them {column!r} is missing, or a step "
            "leads beyond its documented range, or beyond the values of the reference rows. Take a smaller step."
        )
    moving = int(counts[RIGHT] + counts[WRONG])
    if rows and moving < LEAST_MOVING * room:
        return (
            f"The score of {moving:,} of {room:,} rows{of} moves by more than the tolerance, either way, fewer than one in ten, and a score that stays shows no direction: "
            f"the model depends little on {column!r}, or not at all, or the step is too small. Take a larger step, or a smaller tolerance."
        )
    return ""
