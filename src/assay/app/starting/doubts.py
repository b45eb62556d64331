"""What is doubtful about the data or the model that a specification is started from: sentences for whoever fills it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assay.app.starting.guess import ColumnGuess, LabelGuess
from assay.domain.nearest import listed, nearest

if TYPE_CHECKING:
    from assay.subject.describe import ColumnFacts


def weak_label(guess: LabelGuess) -> Iterator[str]:
    """That nothing but the form of its values speaks for the label, or that none was taken."""
    if guess.named:
        return
    again = "remove these texts and start again with --label and the column that holds the truth"
    if guess.name is not None:
        others = [name for name in guess.binary if name != guess.name]
        too = f" So do {listed(others)}." if len(others) > 1 else f" So does {others[0]!r}." if others else ""
        yield (
            f"The label {guess.name!r} is a weak guess: it holds 0 and 1, and no column is named like a label.{too} If it is not the "
            f"truth, {again}."
        )
    elif guess.words:
        zeros = f", {listed(guess.binary)} 0 and 1" if guess.binary else ""
        yield (
            f"No label was guessed, for no column is named like one: {listed(guess.words)} {'holds' if len(guess.words) == 1 else 'hold'} "
            f"two texts{zeros}. Which is the truth? Recode it to 0 and 1 in all data sets, 1 for the event that the score is the "
            f"probability of, and {again}. Columns of two texts that are inputs belong under 'inputs', where none was put."
        )
    else:
        yield (
            f"No label was guessed: no column of 0 and 1 could be the truth. Fill in 'label', or {again}. "
            "For a model of numbers, or of several classes, the text is begun with --label alone."
        )


def attributes_without_groups(columns: Sequence[ColumnGuess]) -> Iterator[str]:
    """Protected attributes that are left out, since nobody knows the groups of such values."""
    for column in columns:
        values = f" from {column.seen}" if column.numeric and column.low is not None else ""
        yield (
            f"{column.name!r} is named like a protected attribute, and no groups were made of its values ({column.type}{values}): nobody "
            "is compared by it. If these are codes, write them as whole numbers or texts in all data sets and start again with the texts "
            "removed; else put it under 'protected' with bands, or say in the charter why it is left out."
        )


def wrong_labels(facts: Sequence[ColumnFacts], label: str | None) -> Iterator[str]:
    """What the label's values are when they are not 0 and 1."""
    column = next((column for column in facts if column.name == label), None)
    if column is None:
        return
    seen = column.codes if column.codes is not None else (column.minimum, column.maximum)
    unlike = column.codes is None and column.minimum is None  # many texts, or none at all
    if unlike or not all(value in {0, 1} for value in seen if value is not None):
        found = ", ".join(repr(value) for value in seen[:5]) if column.codes is not None else column.type
        span = (
            f" from {column.minimum} to {column.maximum}"
            if column.codes is None and column.minimum is not None
            else ""
        )
        yield (
            f"The label {label!r} holds {found}{span}, and the numbers 0 and 1 are expected. Recode it in all data sets, 1 for "
            "the event that the score is the probability of, before you go on."
        )


def wrong_scores(facts: Sequence[ColumnFacts], scores: str | None) -> Iterator[str]:
    """What the values of a column of scores are when they are no probabilities."""
    column = next((column for column in facts if column.name == scores), None)
    if column is None:
        return
    low, high = column.minimum, column.maximum
    if isinstance(low, int | float) and isinstance(high, int | float) and low >= 0 and high <= 1:
        return
    found = column.type if low is None else f"{column.type} from {low} to {high}"
    yield (
        f"The column of scores {scores!r} holds {found}, and probabilities from 0 to 1 are expected. If it is an input and no "
        "score, name the model file, or the column that the scores stand in."
    )


DENIED = "Protected attributes are no inputs of the model"
"""What a template's charter may say; the proposed inputs must not contradict it."""


def denied_inputs(tradeoffs: str, inputs: Sequence[str], protected: Sequence[str]) -> tuple[str, ...]:
    """The protected columns among the inputs, where the charter says that there are none."""
    return tuple(name for name in inputs if name in protected) if DENIED in tradeoffs else ()


def inputs_denied(denied: Sequence[str]) -> Iterator[str]:
    """That the model is fed what the charter says it is not."""
    if denied:
        yield (
            f"The model was fitted on {listed(denied)}, and the template's 'tradeoffs' says that protected attributes are no inputs of "
            "the model. Correct that text, or train the model without them."
        )


def inputs_elsewhere(known: Sequence[str], names: Sequence[str], data: Path) -> Iterator[str]:
    """The model's inputs that the data does not have."""
    missing = [name for name in known if name not in names]
    if missing:
        near = nearest(missing[0], names)
        hint = f" (nearest to {missing[0]!r}: {near!r})" if near else ""
        yield (
            f"The model was fitted on {listed(missing)}, which {data.name} does not have{hint}. Give it these columns, in the "
            "form in which the model takes them, before you go on."
        )
