"""Columns that know the number which is to be predicted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.columns import COLUMN
from assay.checks.counting.cuts import cuts_of
from assay.checks.counting.leaks import Side, by_value_and_label, looked_at, screened
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Counts, Undefined
from assay.domain.metric import Parameter, Unit
from assay.domain.needs import TabulatedEverywhere
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.domain.written import Written
from assay.tally.table import Floats, Integers, Rows, TableContext, TableView

CUT = "cut at "
"""How the name begins of a table that only tells at which number labels are parted: its place among the cuts, and the number."""
MEDIAN = (0.5,)


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """By column, the value of each row, missing ones last, whether it has one, its groups and how many cuts its label reaches; and the cuts."""
    cuts = cuts_of(context, MEDIAN)
    if not cuts:
        return {}
    reached = np.searchsorted(np.array(list(cuts.values())), rows.truth, side="right").astype(np.int64)
    told = {f"{CUT}{place:02} {cut}": np.full(rows.n, -1, dtype=np.int64) for place, cut in enumerate(cuts)}
    label = np.where(rows.label < 0, -1, reached)
    return told | by_value_and_label(rows, context, label, len(cuts) + 1)


def _sides(cuts: list[str]) -> tuple[Side, ...]:
    """Labels from each cut on."""
    return tuple(
        Side(
            tuple(range(place + 1, len(cuts) + 1)),
            (f"labels below {cut}", f"labels of {cut} or more"),
            f" for {cut} or more",
            f"labels on one side of {cut}",
        )
        for place, cut in enumerate(cuts)
    )


def _view(knows: float, *, others: tuple[str, ...] = ("train",)) -> TableView:
    """Ten thousand rows to learn from and as many to judge; a column that knows the number of this share of them, and of the others another one's."""
    draw = np.random.default_rng(5)

    def rows() -> dict[str, Floats]:
        days = draw.gamma(2.0, 4.0, 10_000).round(1)
        told = np.where(draw.random(10_000) < knows, days, draw.permutation(days))
        return {"label": days, "bill": 300 * told, "age": draw.integers(18, 80, 10_000).astype(np.float64)}

    def labels() -> NDArray[np.int64]:
        return np.zeros(10_000, dtype=np.int64)

    found = rows()
    return table_view(
        tabulate,
        found,
        label=labels(),
        others={name: rows() for name in others},
        labels_of_others={name: labels() for name in others},
        inputs=("bill", "age"),
        answers=Answers(Task.REGRESSION, 0.0, 100.0),
        parameters={"column": "", "at": ""},
        known={"label": rows()["label"][:2000]},
    )


@check(
    id="data.leaking_columns_of_numbers",
    title="Columns that know the predicted number",
    estimand="The largest area under the ROC curve with which one column alone ranks labels of a cut or more before the others, over the cuts and what the model is fed, or of the "
    "named column, on all rows, on those that have a value, and on those of each protected group; how a value is scored was learnt on another data set.",
    unit=Unit.NUMBER,
    reading="the column[ {part}] alone ranks the cases with an AUC of {value}",
    need=TabulatedEverywhere(tabulate, looked_at, per_unit=True, of_labels=True, known=True),
    tasks=(Task.REGRESSION,),
    comparators=AT_MOST,
    ideal=Decimal("0.5"),
    parameters={
        "column": COLUMN,
        "at": Parameter(
            "Numbers from which on labels are told from the others, separated by commas: 10, 20, 50; by default one, the median of the reference rows' labels.",
            default="",
            written=Written.CUTS,
            of_answers=True,
        ),
    },
    examples=(
        Example(
            says="No column of 10,000 rows ranks the days that they stay.",
            view=lambda: _view(0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
            verdict=Verdict.PASS,
        ),
        Example(
            says="The bill counts the days, and is written when they are over.",
            view=lambda: _view(1.0),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="It does so for nine in ten, which such a threshold does not tell from what is allowed.",
            view=lambda: _view(0.9),
            comparator=Comparator.AT_MOST,
            threshold="0.95",
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
def leaking_columns_of_numbers(view: TableView, *, column: str) -> Counts:
    """How well each column alone ranks labels from a cut on before the others.

    Purpose:
        Finds target leakage where a number is predicted: a column that was filled in after the number was known, or because of it. A model that is fed one looks
        excellent until it is used.
    Method:
        A label is told from the others where it is the cut or more; the cut is declared, or the median of up to 2,000 reference rows, drawn at random, so that it is fixed
        before these rows are counted. For each column the share of such labels is learnt per code, or per cell of at most 256 equally filled ones of a number, on the training data, else the
        development data, and the rows of this data set are ranked by it, as ``data.leaking_columns`` does for two labels: rising or not, named or numbered, a leak is
        found; also on the rows that have a value, on each protected group, and of numbers that recur by each value itself. Each column, cut and part with at least 30
        rows on either side is a piece: its AUC has the bound of ``performance.auc``, which is valid because scoring and cut were fixed by other rows. Pass needs the bound of every piece; fail pays for all of them
        (Holm). (Kaufman, Rosset, Perlich & Stitelman 2012, "Leakage in data mining", ACM TKDD 6.)
    Limits:
        What a column tells of numbers on one side of the cut is not seen: one that knows the largest twentieth alone ranks the halves hardly better than chance. Name more cuts
        under ``at`` where that matters. A truly good predictor looks the same; the threshold says what is too good to be true. One column at a time: two that know the number together are not found.
        What holds of values that lie close together, are new, or name single cases holds as in ``data.leaking_columns``: with more than 2 % of the rows of a side whose
        value was not seen where it was learnt, or of the rows of either data set without a label, the criterion is not evaluable. A rehearsal judges the reference rows, so that without a declared cut it takes it from the rows that it counts.
    Remedy:
        Ask when and by whom the column is filled in; take out what is not known at the time of the prediction, and train again.
    Oracle:
        scikit-learn: TargetEncoder of codes, roc_auc_score of codes and numbers; planted leaks in 20 seeds, and 20 clean ones
        (tests/checks/test_leaks_of_classes_and_numbers.py).
    """
    cuts = [name.split(" ", 3)[3] for name in sorted(view.tables[view.data]) if name.startswith(CUT)]
    if view.n and not cuts:
        return Undefined(
            Reason.NOT_MEASURED,
            "The labels of the reference rows are all alike, or none is known, so that they give no cut; name numbers under 'at'.",
        )
    return screened(view, column, len(cuts) + 1, _sides(cuts))
