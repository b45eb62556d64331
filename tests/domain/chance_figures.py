"""The figures of decision 0026, measured anew: ``python -m tests.domain.chance_figures [PAIRS]`` from the root of the repository (minutes).

Of each kind of rows, so many independent pairs of sets of each size: how many of the fresh sets are refused, how many of them because
nothing can be told; and how many used sets pass, all of whose rows were used or but half, under names that changed places.
"""

from __future__ import annotations

import sys

import numpy as np
from tests.domain.test_coincidence import Draw, Rows, applicants, questionnaire, used

from assay.domain.used_rows import SPENT_FROM

SIZES = ((1000, 1000), (2000, 2000), (4000, 4000), (4000, 8000), (2000, 8000), (12_000, 12_000))
KINDS: dict[str, Draw] = {
    "applicants": applicants,
    **{
        f"{columns} of {len(shares)} ({', '.join(map(str, shares))})": questionnaire(columns, shares)
        for columns, shares in (
            (6, (0.3, 0.25, 0.2, 0.15, 0.1)),
            (6, (0.4, 0.3, 0.2, 0.1)),
            *((columns, (0.5, 0.3, 0.2)) for columns in (6, 10, 15)),
            *((columns, (0.7, 0.3)) for columns in (8, 15, 20)),
            *((columns, (0.5, 0.5)) for columns in (15, 20)),
        )
    },
}


def names(columns: int) -> dict[str, tuple[str, ...]]:
    """What the columns of the later set are called; the last one is the label."""
    plain = tuple(f"q{k}" for k in range(columns))
    return {
        "two exchanged": (plain[1], plain[0], *plain[2:]),
        "reversed": (*plain[-2::-1], plain[-1]),
    }


def measured(draw: Draw, rows: int, earlier: int, pairs: int) -> dict[str, int]:
    """How many of the pairs: fresh sets that are refused, and used ones that pass."""
    counts: dict[str, int] = {}
    for seed in range(pairs):
        rng = np.random.default_rng((seed, rows, earlier))
        before, fresh = draw(rng, earlier), draw(rng, rows)
        known = used(before, "sha256:a")
        new = used(fresh, "sha256:b").overlap(known)
        found = {"fresh refused": new.share >= SPENT_FROM, "of these untold": new.unclear}
        taken: dict[str, Rows] = {
            "all": before[:rows],  # a part of the earlier set, where that is larger
            "half": np.concatenate([before[: rows // 2], fresh[rows // 2 :]]),
        }
        for how, later in taken.items():
            for order, called in names(before.shape[1]).items():
                share = used(later, "sha256:b", *called).overlap(known).share
                found[f"{how} used, {order}: passed"] = share < SPENT_FROM
        for what, is_so in found.items():
            counts[what] = counts.get(what, 0) + is_so
    return counts


if __name__ == "__main__":
    PAIRS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for kind, draw in KINDS.items():
        for rows, earlier in SIZES:
            told = measured(draw, rows, earlier, PAIRS)
            print(f"{kind}; {rows} against {earlier}; {PAIRS} pairs:", told, flush=True)
