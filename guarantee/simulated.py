"""Simulate every grade-B rule at the boundary, beside the rule that judges the point estimate.

``python -m guarantee.simulated --reps 10000`` prints the tables and the worst sizes that
`assay.stats.simulated_sizes` repeats. The bar is .06 from 100 rows per class, or 50 clusters, on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable

from guarantee.boundary import Design, simulate, worst
from guarantee.row_designs import clustered_designs, weighted_designs
from guarantee.score_designs import (
    auc_designs,
    auc_difference_designs,
    calibration_designs,
    mean_designs,
    observed_expected_designs,
)

BAR = 0.06
TABLES: dict[str, Callable[[], Iterable[Design]]] = {
    "AUC": auc_designs,
    "Difference of two AUCs on the same rows": auc_difference_designs,
    "Brier score, log loss and bounded means": mean_designs,
    "Calibration errors": calibration_designs,
    "Observed over expected": observed_expected_designs,
    "Weighted rates": weighted_designs,
    "Clustered rates": clustered_designs,
}


def tables(reps: int, *, only: str = "") -> dict[str, list[dict[str, object]]]:
    """Title -> rows, one for each design; `only` keeps the titles that contain it."""
    return {
        title: [simulate(design, reps) for design in designs()]
        for title, designs in TABLES.items()
        if only in title
    }


def main(arguments: list[str]) -> int:
    """Print the tables; 1 when a rule is above the bar somewhere."""
    parser = argparse.ArgumentParser(prog="python -m guarantee.simulated", description=__doc__)
    parser.add_argument("--reps", type=int, default=10_000, help="samples per design")
    parser.add_argument("--only", default="", help="print only the tables whose title contains this")
    given = parser.parse_args(arguments)
    rows: list[dict[str, object]] = []
    for title, designs in TABLES.items():
        if given.only in title:
            print(f"\n# {title}, {given.reps} samples each\n", flush=True)
            for design in designs():
                rows.append(simulate(design, given.reps))
                print(" | ".join(str(value) for value in rows[-1].values()), flush=True)
    print("\n# Worst per rule: size -> share of wrong decisions there or at a larger size\n")
    sizes = worst(rows)
    for rule, table in sizes.items():
        print(f"{rule}: {table}")
    return int(any(share > BAR for table in sizes.values() for n, share in table if n >= 100))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
