"""Names tell rows apart only where both sets have the same ones: whoever gives the columns other names makes no row new by that."""

from __future__ import annotations

import numpy as np
import pytest
from tests.domain.test_coincidence import small_numbers, used


@pytest.mark.parametrize("again", [True, False], ids=["used rows", "fresh rows"])
@pytest.mark.parametrize("seed", [6, 7])
def test_answers_under_other_names_are_not_told_by_names(again: bool, seed: int) -> None:
    """As many of their values coincide as chance has it, whether or not they were used, and under names none does."""
    rng = np.random.default_rng(seed)
    earlier, fresh = small_numbers(rng, 2000), small_numbers(rng, 1500)
    later = used(earlier[:1500] if again else fresh, "sha256:b", *(f"r{k}" for k in range(7)))
    overlap = later.overlap(used(earlier, "sha256:a"))
    assert overlap.unclear
    assert overlap.share > 0.9
