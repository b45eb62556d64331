"""Simulate every grade-B rule at the boundary, beside the rule that judges the point estimate.

``python -m guarantee.simulated --reps 10000`` prints the tables and the worst sizes that
`assay.stats.simulated_sizes` repeats; with ``--levels`` at every level that is kept there. The bar is .06 from 100 rows per
class, or 50 clusters, on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator

from guarantee.boundary import Design, simulate, worst, wrong
from guarantee.row_designs import clustered_designs, weighted_designs
from guarantee.score_designs import (
    auc_designs,
    auc_difference_designs,
    calibration_designs,
    mean_designs,
    observed_expected_designs,
)

BAR = 0.06
WORST_OF_EACH = 8
TABLES: dict[str, Callable[[], Iterable[Design]]] = {
    "AUC": auc_designs,
    "Difference of two AUCs on the same rows": auc_difference_designs,
    "Brier score and bounded means": mean_designs,
    "Calibration errors": calibration_designs,
    "Observed over expected": observed_expected_designs,
    "Weighted rates": weighted_designs,
    "Clustered rates": clustered_designs,
}


def tables(reps: int, *, only: str = "", screen: int = 0) -> dict[str, list[dict[str, object]]]:
    """Title -> rows, one for each design; `only` keeps the titles that contain it, `screen` is that of `rows_of`."""
    return {
        title: list(rows_of(designs(), reps, screen=screen))
        for title, designs in TABLES.items()
        if only in title
    }


def rows_of(designs: Iterable[Design], reps: int, *, screen: int = 0) -> Iterator[dict[str, object]]:
    """Simulate designs with `reps` samples each: all of them, or after a screening the worst of each rule and size.

    screen: samples of each design to find the worst by; their shares are then taken from other, new samples.
    """
    chosen = list(designs)
    if screen:
        found = [(wrong(simulate(design, screen, seed=1)), design) for design in chosen]
        found.sort(key=lambda pair: pair[0], reverse=True)
        of_size: dict[tuple[str, int], list[Design]] = {}
        for _, design in found:
            of_size.setdefault((design.rule, design.size), []).append(design)
        worst_of_each = {id(d) for many in of_size.values() for d in many[:WORST_OF_EACH]}
        chosen = [design for design in chosen if id(design) in worst_of_each]
    for design in chosen:
        yield simulate(design, reps)


def main(arguments: list[str]) -> int:
    """Print the tables; 1 when a rule is above the bar somewhere."""
    parser = argparse.ArgumentParser(prog="python -m guarantee.simulated", description=__doc__)
    parser.add_argument("--reps", type=int, default=10_000, help="samples per design")
    parser.add_argument(
        "--screen", type=int, default=0, help="samples to find the worst designs by; 0: all are run"
    )
    parser.add_argument("--only", default="", help="print only the tables whose title contains this")
    given = parser.parse_args(arguments)
    rows: list[dict[str, object]] = []
    for title, designs in TABLES.items():
        if given.only in title:
            print(f"\n# {title}, {given.reps} samples each\n", flush=True)
            for row in rows_of(designs(), given.reps, screen=given.screen):
                rows.append(row)
                print(" | ".join(str(value) for value in row.values()), flush=True)
    print("\n# Worst per rule: size -> share of wrong decisions there or at a larger size\n")
    sizes = worst(rows)
    for rule, table in sizes.items():
        print(f"{rule}: {table}")
    return int(any(share > BAR for table in sizes.values() for n, share in table if n >= 100))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
