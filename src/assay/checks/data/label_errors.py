"""How many labels are wrong, by an expert's audit of a random sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.counting.audited import drawn_rows, shares_drawn
from assay.checks.counting.cells import NO_ROWS
from assay.checks.tabled import table_view
from assay.domain.evidence import Counts, Rate, Rates, Undefined
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Verdict
from assay.domain.written import Written
from assay.tally.coding import missing
from assay.tally.hashes import MISSING
from assay.tally.table import Integers, Rows, TableContext, TableView, together

AUDIT, UNANSWERED, ALIKE, UNNAMED, NAMES = "audit", "unanswered", "alike", "unnamed", "names"
NEITHER = 2
"""The expert gave another answer than 0 or 1."""


def columns(context: TableContext) -> tuple[str, ...]:
    """The column with the expert's labels, and the one that names a row."""
    return tuple(filter(None, (str(context.parameters[name]) for name in ("audited", "by"))))


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:
    """The recorded label of each row that was drawn and the expert's; and the label of those drawn that have none of an expert."""
    name, by = (str(context.parameters[of]) for of in ("audited", "by"))
    if name not in rows.names or (by and by not in rows.names):
        return {}
    expert = rows.each(name, _answers)
    audited = together((rows.label, 2), (expert, 3))
    alike = {ALIKE: together(((expert == rows.label).astype(np.int64), 2))}
    if not by:
        return {AUDIT: audited, **alike}
    try:
        shares = shares_drawn(str(context.parameters["drawn"]))
    except ValueError:
        return {AUDIT: audited, **alike}
    words = rows.words(by)
    unnamed = rows.missing(by) | (words == MISSING)
    drawn = drawn_rows(words, rows.label, shares, str(context.parameters["word"]))
    return {
        AUDIT: np.where(drawn, audited, -1),
        UNANSWERED: np.where(drawn & (expert < 0), rows.label, -1),
        UNNAMED: np.where(unnamed & (rows.label >= 0), 0, -1),
        NAMES: np.where(unnamed | (rows.label < 0), -1, (words >> np.uint64(2)).astype(np.int64)),
        **alike,
    }


def _answers(values: NDArray[Any]) -> Integers:
    """0, 1 or neither of what the expert wrote, -1 where that is nothing."""
    if values.dtype.kind in "iufb":
        said = np.where(values == 1, 1, np.where(values == 0, 0, NEITHER))
    else:
        texts = ["" if value is None else str(value).strip() for value in values.tolist()]
        known = {"": -1, "0": 0, "1": 1, "0.0": 0, "1.0": 1}
        said = np.array([known.get(text, NEITHER) for text in texts], dtype=np.int64)
    return np.where(missing(values), -1, said).astype(np.int64)


def _view(wrong: int, audited: int = 400) -> TableView:
    label = [0, 1] * 1000
    expert: list[float | None] = [None] * 2000
    for i in range(audited):
        expert[i] = float(label[i] if i >= wrong else 1 - label[i])
    parameters = {"audited": "audit", "by": "", "drawn": "", "word": ""}
    return table_view(tabulate, {"audit": expert}, label=label, inputs=(), parameters=parameters)


@check(
    id="data.label_errors",
    title="Label errors",
    estimand="The share of wrong labels among the rows with label 0, and among those with label 1: the larger one.",
    unit=Unit.SHARE,
    reading="{value} of the rows[ with {part}] have a wrong label",
    need=Tabulated(tabulate, columns, per_unit=True, of_labels=True),
    comparators=AT_MOST,
    ideal=ZERO,
    parameters={
        "audited": Parameter(
            "The column with an expert's label, 0 or 1, of the rows that were drawn for the audit; it is empty in all others.",
            names=Names.COLUMN,
            anothers=True,
            zero_or_one=True,
        ),
        "by": Parameter(
            "The column that names a row. With it the drawing is done by a hash of its value, and rows that were not drawn count for nothing, whoever audited them: "
            "assay audit writes the sheet. Without it, that the rows were drawn at random is the auditor's word.",
            default="",
            names=Names.COLUMN,
        ),
        "drawn": Parameter(
            "With 'by', the share of the rows with each recorded label that is drawn: 0=0.01, 1=0.1.",
            default="",
            written=Written.SHARES,
        ),
        "word": Parameter(
            "With 'by', a word that nobody could choose who knows the labels: public randomness of a day after they were given, such as a round of drand.",
            default="",
        ),
    },
    examples=(
        Example(
            says="Of 200 rows of each label an expert finds one wrong.",
            view=lambda: _view(2),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.PASS,
            arguments={"audited": "audit"},
        ),
        Example(
            says="Of 200 rows of each label 20 are wrong.",
            view=lambda: _view(40),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.FAIL,
            arguments={"audited": "audit"},
        ),
        Example(
            says="Of 50 rows of each label none is wrong, which does not say that fewer than 3 in 100 are.",
            view=lambda: _view(0, 100),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.INCONCLUSIVE,
            arguments={"audited": "audit"},
        ),
        Example(
            says="Nothing was audited.",
            view=lambda: _view(0, 0),
            comparator=Comparator.AT_MOST,
            threshold="0.03",
            verdict=Verdict.NOT_EVALUABLE,
            arguments={"audited": "audit"},
        ),
    ),
)
def label_errors(view: TableView, *, audited: str, by: str, drawn: str, word: str) -> Counts:
    """The labels that an expert who looked again found wrong, of those that were drawn.

    Purpose:
        Says how far the labels can be trusted against which the model is judged: at worst an accuracy is wrong by as much as they are.
    Method:
        Of the audited rows with recorded label 0, and of those with 1, the share to which the expert gave the other label, or an answer that is neither (a
        row to which no label belongs has a wrong one); each is a piece with Clopper-Pearson limits (1934,
        Biometrika 26), exact in finite samples. Rows may be drawn at other rates for each label. (Northcutt, Athalye & Mueller 2021, "Pervasive label errors in test sets",
        NeurIPS Datasets, arXiv:2103.14749.)
    Limits:
        Valid only if the rows were drawn at random among those of a label, and if the expert did not see the label. With 'by' the drawing is done here: drawn is
        whose hash under the word lies below the share, a row that was drawn and not audited leaves the criterion not evaluable, as does a row without a name of its own, and no other row counts. Whoever chooses the word and knows
        which labels are wrong can try words until few of these are drawn, and no count shows it: nothing that is known when the specification is written, neither its digest nor that of the data, would
        prevent that. A word that others can look up (a public beacon, its round and day in the rationale) does. Rows that a
        program such as cleanlab ranked as suspicious are no random sample: they find errors to correct, and say nothing of how many there are. Experts err, too. The column
        may be neither the label nor anything that the model is fed or answered: it must say what somebody else saw.
    Remedy:
        Have the labels of the worse kind given again by two experts who do not know the first one; then audit a new sample.
    Oracle:
        scipy's exact binomial interval (tests/checks/test_label_errors.py).
    """
    if view.n == 0:
        return NO_ROWS
    if audited in {view.context.label, view.context.score_column, *view.context.inputs}:
        said = f"The column {audited!r} is the label, an input or a score, and not what an expert found; name the column of the audit."
        return Undefined(Reason.NOT_MEASURED, said)
    if AUDIT not in view.tables[view.data]:
        lacking = f"{audited!r} and {by!r}" if by else repr(audited)
        return Undefined(
            Reason.COLUMN_MISSING, f"The data set {view.data!r} does not have the column {lacking}."
        )
    if wrong := _unlike(by, drawn, word):
        return Undefined(Reason.NOT_MEASURED, wrong)
    if unanswered := view.table(UNANSWERED).total:
        return Undefined(
            Reason.NOT_MEASURED,
            f"{unanswered:,} of the rows that were drawn have no expert's label in {audited!r}: which ones were left out may depend on what they say.",
        )
    if by and (said := _no_random_sample(view, by)):
        return Undefined(Reason.NOT_MEASURED, said)
    if not view.table(ALIKE).dense(2)[0]:
        said = f"In every row {audited!r} has the label, which a copy of it would have, too; leave it empty in rows that nobody drew."
        return Undefined(Reason.NOT_MEASURED, said)
    counts = view.table(AUDIT).dense(2, 3)
    if not counts.sum():
        return Undefined(Reason.NOT_MEASURED, f"No labelled row has an expert's label in {audited!r}.")
    cells = [Rate(f"label {y}", int(counts[y].sum() - counts[y, y]), int(counts[y].sum())) for y in (0, 1)]
    return Rates(tuple(cells))


def _no_random_sample(view: TableView, by: str) -> str:
    """Why the rows that were drawn are none: some of all rows have no name and are never drawn, or share one and are drawn together or not at all."""
    without, names = view.table(UNNAMED).total, view.table(NAMES)
    if without:
        return (
            f"{without:,} of {view.n:,} rows have nothing in {by!r} and are never drawn, and the wrong ones may be among them. Name a column that "
            "names each row."
        )
    alike = int(names.counts[names.counts > 1].sum())
    if alike:
        return (
            f"{alike:,} of {view.n:,} rows share what {by!r} names them by, and are drawn together or not at all; name a column that is "
            "different in each row."
        )
    return ""


def _unlike(by: str, drawn: str, word: str) -> str:
    """What is wrong with the settings of a drawing; empty when nothing is."""
    if not by:
        return (
            "'drawn' and 'word' are about a drawing by the column that names a row; name it under 'by'."
            if drawn or word
            else ""
        )
    try:
        shares_drawn(drawn)
    except ValueError as wrong:
        return f"{wrong}."
    return "" if word else "'by' draws rows by a hash, and 'word' must be one that nobody could know before."
