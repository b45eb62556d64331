"""Columns that know the answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.columns import COLUMN
from assay.checks.counting.leaks import Side, by_value_and_label, looked_at, screened
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.tally.table import Integers, Rows, TableContext, TableView


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the value of each row, missing ones last, whether it has one, its groups and its label."""
    return by_value_and_label(rows, context, rows.label, context.answers.labels)


def _sides(answers: Answers) -> tuple[Side, ...]:
    """Label 1, or each of several classes."""
    if answers.task is Task.BINARY:
        return (Side((1,), ("the label 0", "the label 1")),)
    return tuple(
        Side(
            (code,),
            (f"the classes but {name!r}", f"the class {name!r}"),
            f" for class {name}",
            f"the class {name!r}, or of the others,",
        )
        for code, name in enumerate(answers.classes)
    )


def _view(knows: float, *, others: tuple[str, ...] = ("train",)) -> TableView:
    """Ten thousand rows to learn from and as many to judge; a column that knows the label of this share of them."""
    draw = np.random.default_rng(5)

    def rows() -> tuple[dict[str, NDArray[np.float64]], Integers]:
        label = (draw.random(10_000) < 0.3).astype(np.int64)
        told = np.where(draw.random(10_000) < knows, label, draw.random(10_000) < 0.3)
        # Neither rising nor falling: who lost lies between the others.
        amount = np.where(told == 1, 50 + draw.normal(0, 5, 10_000), draw.choice([20, 80], 10_000))
        return {"settled_amount": amount, "age": draw.integers(18, 80, 10_000).astype(np.float64)}, label

    columns_, label = rows()
    learnt = {name: rows() for name in others}
    return table_view(
        tabulate,
        columns_,
        label=label,
        others={name: found for name, (found, _) in learnt.items()},
        labels_of_others={name: of for name, (_, of) in learnt.items()},
        parameters={"column": ""},
    )


@check(
    id="data.leaking_columns",
    title="Columns that know the answer",
    estimand="The largest area under the ROC curve that one column alone reaches, over what the model is fed, or of the named column, on all "
    "rows, on those that have a value, and on those of each protected group; "
    "of several classes, that of each class against all others; how a value is scored was learnt on another data set.",
    unit=Unit.NUMBER,
    reading="the column[ {part}] alone ranks the cases with an AUC of {value}",
    need=TabulatedEverywhere(tabulate, looked_at, per_unit=True, of_labels=True),
    tasks=(Task.BINARY, Task.MULTICLASS),
    comparators=AT_MOST,
    ideal=Decimal("0.5"),
    parameters={"column": COLUMN},
    examples=(
        Example(
            says="No column of 10,000 rows ranks them.",
            view=lambda: _view(0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The amount that was settled lies between 35 and 65 for those who lost, as it is known only afterwards.",
            view=lambda: _view(1.0),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="It knows so for nine in ten, which such a threshold does not tell from what is allowed.",
            view=lambda: _view(0.9),
            comparator=Comparator.AT_MOST,
            threshold="0.952",
            verdict=Verdict.INCONCLUSIVE,
        ),
        Example(
            says="There is no other data set on which a scoring could be learnt.",
            view=lambda: _view(1.0, others=()),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def leaking_columns(view: TableView, *, column: str) -> Counts:
    """How well each column alone ranks the label.

    Purpose:
        Finds target leakage: a column that was filled in after the outcome was known, or because of it. A model that is fed one looks
        excellent until it is used.
    Method:
        For each column the share of label 1 (of several classes that of each one against all others) is learnt per code, or per cell of at most 256 equally filled ones of a number (a frequent
        value and a missing one are cells of their own), on the training data, else the development data, and shrunk towards the
        overall share by ten rows. With these shares as scores the rows of this data set are ranked; rising or not, named or
        numbered, a leak is found. The same is asked of the rows that have a value, and of each protected group with the shares learnt on its own rows, shrunk
        towards those of all by ten rows, and of numbers that share a cell and recur with the share of each by itself: a column may know the answer where it is filled in, or for one group alone. Each of these with at least 30 rows
        of each label is a piece, for each of several classes: its AUC has the bound of ``performance.auc``, which is valid because the scoring was
        fixed by other rows. Pass needs the bound of every piece; fail pays for all of them (Holm). (Kaufman, Rosset, Perlich &
        Stitelman 2012, "Leakage in data mining", ACM TKDD 6; Kapoor & Narayanan 2023, Patterns 4.)
    Limits:
        Whole numbers up to 134 million are told apart, all others to .0000015 %; of those that lie closer, two are taken for one by a chance of 1 in 255, and
        where many do the criterion is not evaluable. A column that knows the answer for other parts of the rows than these (a site, a group that is not declared, the rows with a value of one group) can pass:
        ask it of them with ``where``. One column at a time: two that know the answer together are not found, nor are columns that a model needs beside a leak
        (leave-one-out needs the model to be trained again). A truly good predictor looks the same; the threshold says what is
        too good to be true. Rows shared with the data that it was learnt on make columns look better; ``data.split_overlap`` finds them. A value
        that is learnt on few rows is under-estimated, so a column that names single cases is not found unless the cases recur. With more than 2 % of the
        rows of a label whose value was not seen where it was learnt the criterion is not evaluable: of such values nothing is known.
        Where the inputs are not known, identifiers are not looked at, and the time only if its values come again.
        Nor is it with more than 2 % of the rows of either data set, or of a group there, without a label.
    Remedy:
        Ask when and by whom the column is filled in; take out what is not known at the time of the decision, and train again.
    Oracle:
        scikit-learn: TargetEncoder and roc_auc_score for codes, roc_auc_score for numbers (tests/checks/test_leaking_columns.py), TargetEncoder of each of several classes
        (tests/checks/test_leaks_of_classes_and_numbers.py); planted leaks in 20 seeds.
    """
    return screened(view, column, view.context.answers.labels, _sides(view.context.answers))
