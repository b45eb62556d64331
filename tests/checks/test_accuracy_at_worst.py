"""What is told at worst is the worst that any outcomes of the unknown cases allow: of two labels, of several classes and of numbers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, mean_absolute_error

from assay.checks.catalogue import catalogue
from assay.checks.counting.confusion import classified
from assay.checks.counting.losses import absolute_errors
from assay.checks.examples import ALL, outcomes
from assay.checks.tabled import table_view
from assay.domain.answers import Answers
from assay.domain.evidence import Losses
from assay.domain.vocabulary import Task


def test_it_is_the_lowest_of_all_ways_to_fill_what_is_unknown() -> None:
    draw = np.random.default_rng(1)
    label, decided = draw.integers(0, 2, 40), draw.integers(0, 2, 40)
    guesses = draw.integers(0, 2, 8)
    lowest = min(
        accuracy_score([*label, *outcome], [*decided, *guesses]) for outcome in product((0, 1), repeat=8)
    )
    tn, fp, fn, tp = (int(((label == y) & (decided == d)).sum()) for y in (0, 1) for d in (0, 1))
    found = catalogue()["performance.accuracy_at_worst"].count(
        outcomes({ALL: (tn, fp, fn, tp)}), arguments={"unknown": 8}
    )
    (rate,) = found.cells
    assert rate.events / rate.trials == lowest


def test_of_several_classes_it_is_the_lowest_of_all_ways_to_fill_what_is_unknown() -> None:
    draw = np.random.default_rng(2)
    label, decided, guesses = (draw.integers(0, 3, n) for n in (40, 40, 5))
    lowest = min(
        accuracy_score([*label, *outcome], [*decided, *guesses]) for outcome in product(range(3), repeat=5)
    )
    check = catalogue()["performance.multiclass_accuracy_at_worst"]
    (rate,) = check.count(classified(label, decided), arguments={"unknown": 5}).cells
    assert rate.events / rate.trials == lowest


@pytest.mark.parametrize("unknown", [0, 3])
def test_of_numbers_it_is_the_largest_of_all_ways_to_fill_what_is_unknown(unknown: int) -> None:
    draw = np.random.default_rng(3)
    truth, said = draw.uniform(-20, 80, 40).round(2), draw.uniform(-20, 80, 40).round(2)
    view = table_view(
        absolute_errors,
        {"label": truth},
        label=[0] * 40,
        score=said,
        answers=Answers(Task.REGRESSION, -20.0, 80.0),
    )
    found = catalogue()["performance.mae_at_worst"].count(view, arguments={"unknown": unknown})
    assert isinstance(found, Losses)
    (cell,) = found.cells
    ours = (
        sum(place * n for place, n in zip(cell.places, cell.rows, strict=True)) / cell.n / found.steps * 100
    )
    filled = (-20.0, 30.0, 80.0)
    largest = max(
        mean_absolute_error([*truth, *outcome], [*said, *guess])
        for outcome in product(filled, repeat=unknown)
        for guess in product(filled, repeat=unknown)
    )
    assert cell.n == 40 + unknown
    assert largest <= ours + 1e-9 <= largest + 100 / found.steps
