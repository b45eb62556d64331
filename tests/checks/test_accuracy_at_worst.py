"""The accuracy at worst is the lowest that any outcomes of the unknown cases allow."""

from __future__ import annotations

from itertools import product

import numpy as np
from sklearn.metrics import accuracy_score

from assay.checks.catalogue import catalogue
from assay.checks.examples import ALL, outcomes


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
