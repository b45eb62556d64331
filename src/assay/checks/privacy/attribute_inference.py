"""How much better an attacker who can ask the model guesses a sensitive input than one who cannot."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from assay.checks.check import AT_MOST, ZERO, Example, check
from assay.checks.trained import guessed
from assay.domain.errors import SubjectError
from assay.domain.evidence import Counts, Paired, PairedCell
from assay.domain.metric import Names, Parameter, Unit
from assay.domain.needs import Refits
from assay.domain.vocabulary import Comparator, Task, Verdict
from assay.stats.attacks import (
    CLIP,
    binned,
    confidence,
    likeliest_spread,
    likelihood_of_numbers,
    naive_bayes,
    size_of,
)
from assay.tally.perturbation import uniforms
from assay.tally.refits import (
    Asking,
    Fit,
    Floats,
    Integers,
    Parameters,
    RefitView,
    TrainingRows,
    nobody,
    one_of_each,
    parts,
    seed_of,
    some,
    whole_number,
)

MOST_VALUES = 20
"""Values that are tried one after the other."""


def design(rows: TrainingRows, seed: int, parameters: Parameters) -> tuple[Fit, ...]:
    """One model on half of the rows, which is asked some of them with every value of the column.

    Raises:
        SubjectError: ``data_invalid`` when the column is no input, or has no two values, or too many.
    """
    column = str(parameters["column"])
    codes = _codes(rows, column)
    half = parts(rows, seed, 2)
    known = one_of_each(rows, seed, np.flatnonzero((half == 0) & (codes >= 0)))
    attacked = some(known, seed, "attacked", whole_number(parameters, "attacked"))
    asked = tuple(
        Asking(attacked, column, _someone(codes == value, seed)) for value in range(codes.max() + 1)
    )
    return (Fit(seed_of(seed, 0), np.flatnonzero(half == 0), asked),)


def _codes(rows: TrainingRows, column: str) -> Integers:
    if column not in rows.codes:
        raise SubjectError(
            f"{column!r} is none of the model's inputs, so asking the model tells nothing that it was fed of it.",
            code="data_invalid",
            remedy="Name one of the columns under subject.inputs.",
        )
    codes = rows.codes[column]
    values = int(codes.max(initial=-1)) + 1
    if not 2 <= values <= MOST_VALUES:
        raise SubjectError(
            f"The input {column!r} has {values:,} different values, and from 2 to {MOST_VALUES} are tried one after the other.",
            code="data_invalid",
            remedy="Name a column of categories or of numbers.",
        )
    return codes


def _someone(among: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], seed: int) -> int:
    """The row, drawn, whose value stands for all that have the same code."""
    places = np.flatnonzero(among)
    return int(places[np.argmin(uniforms(seed, "value", places))])


@check(
    id="privacy.attribute_inference",
    title="Attribute inference (advantage of asking the model)",
    estimand="The share of people of whom an attacker guesses an input right by asking a model of the recipe that learned from them, minus the share guessed right without it.",
    unit=Unit.POINTS,
    reading="an attacker guesses {column} right for {value} more people by asking a model of the recipe",
    need=Refits(design, coded=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    low=Decimal(-1),
    ideal=ZERO,
    parameters={
        "column": Parameter("The input that is guessed.", names=Names.COLUMN),
        "attacked": Parameter(
            "Most people that are attacked.",
            default=4000,
            low=Decimal(100),
            high=Decimal(100_000),
            integer=True,
        ),
    },
    examples=(
        Example(
            says="A model whose scores are the same whatever the input is tells nothing of it.",
            view=lambda: guessed(4000, by=0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.PASS,
            arguments={"column": "illness"},
        ),
        Example(
            says="A model that is surer of a row with its true value than with another gives it away.",
            view=lambda: guessed(4000, by=0.3),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.FAIL,
            arguments={"column": "illness"},
        ),
        Example(
            says="Twenty people cannot show it.",
            view=lambda: guessed(40, by=0.0),
            comparator=Comparator.AT_MOST,
            threshold="0.05",
            verdict=Verdict.INCONCLUSIVE,
            arguments={"column": "illness"},
        ),
    ),
)
def attribute_inference(view: RefitView, *, column: str) -> Counts:
    """What asking the model adds to guessing a sensitive input of people whose other inputs and label are known.

    Purpose:
        Shows whether scores give away what somebody would rather not tell: an illness, an origin, an income.
    Method:
        The recipe trains a model on a drawn half of the training rows; members of it are attacked, one row of each unit. Who asks the model tries every
        value of the input and takes the one with the largest P(value | other inputs) P(true label | score with that value) (Fredrikson et al. 2014,
        USENIX Security, "Privacy in pharmacogenetics"). Who cannot ask takes the one with the largest P(value | other inputs, true
        label): a guess that is right because inputs hang together is no leak of the model (Jayaraman & Evans 2022, ACM CCS, "Are attribute inference
        attacks just imputation?"). Both learn these shares by naive Bayes from the other half, with numbers in bins. Of a predicted number the
        second factor is the density of the true one under normal errors (Fredrikson et al. 2014 attack a regression so), of the spread that makes the true numbers
        likeliest. Judged is the difference of the two on the same
        people, by exact unconditional p-values (Chan 1998, Statistics in Medicine 17) and MOVER limits (Newcombe 1998, Statistics in Medicine 17).
    Limits:
        Of a model that learned from half of the rows; not of the judged model, so that it never gates. Another attack may be better. A weak guess without
        the model, as by a label of numbers in eight bins, makes the advantage look larger, and an attacker without the other inputs or the label gains less. Of numbers with more than 20 values the
        bin is guessed; others with more than 20 cannot be asked about. Of a value that few have nobody gains more than their share: whoever guesses that nobody has a rare illness is hardly
        ever wrong, so that a threshold above its share says nothing.
    Remedy:
        Drop the input, or those that only it explains; regularise; release rounded scores or decisions alone.
    Oracle:
        scikit-learn's naive Bayes (tests/stats/test_attacks.py); a recipe that remembers people is caught
        (tests/app/test_privacy_of_recipes.py; of classes and numbers tests/checks/test_attacks_by_task.py).
    """
    if (nothing := nobody(view)) is not None:
        return nothing
    rows, (fit,) = view.rows, view.fits
    people, truth = fit.asked[0].rows, rows.codes[column]
    member = np.zeros(rows.n, dtype=bool)
    member[fit.trained] = True
    others = np.flatnonzero(~member & (truth >= 0))
    known = [codes for name, codes in rows.codes.items() if name != column]
    values = len(fit.asked)
    numbers = rows.answers.task is Task.REGRESSION
    told = binned(rows.labels) if numbers else rows.labels
    before = naive_bayes(known, truth, others, people, values)
    sure = (_of_numbers if numbers else _of_labels)(view, before)
    asking = before + np.log(np.clip(sure, CLIP, 1))
    alone = naive_bayes([*known, told], truth, others, people, values)
    right = asking.argmax(axis=1) == truth[people]
    without = alone.argmax(axis=1) == truth[people]
    lead = PairedCell("", int((right & ~without).sum()), int((without & ~right).sum()), len(people))
    return Paired((lead,))


def _of_labels(view: RefitView, _: Floats) -> Floats:
    """float64[people, values]: the probability of the true label, with each value of the column."""
    (fit,), answers = view.fits, view.rows.answers
    labels = view.rows.labels[fit.asked[0].rows]
    return np.stack([confidence(said, labels, answers) for said in fit.scores], axis=1)


def _of_numbers(view: RefitView, before: Floats) -> Floats:
    """The same with the density of the true number."""
    (fit,) = view.fits
    labels = view.rows.labels[fit.asked[0].rows]
    missed = np.stack([said - labels for said in fit.scores], axis=1)
    missed /= size_of(missed)
    return likelihood_of_numbers(missed, likeliest_spread(missed, before))
