"""Simulate every grade-B rule at the boundary, and exact rules that no enumeration covers, beside the rule that judges the point estimate.

``python -m guarantee.simulated --reps 10000`` prints the tables and the worst sizes that
`assay.stats.simulated_sizes` repeats; with ``--levels`` at every level that is kept there. The bar is .06 from 100 rows per
class, or 50 clusters, on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator

from assay.stats.simulated_sizes import LEVELS
from guarantee.auc_designs import auc_designs
from guarantee.auc_difference_designs import auc_difference_designs
from guarantee.boundary import ALPHA, Design, simulate, simulate_at, worst, wrong
from guarantee.effect_designs import effect_designs
from guarantee.exact_designs import average_designs, distance_designs, top_designs
from guarantee.explained_designs import explained_designs
from guarantee.precision_designs import average_precision_designs
from guarantee.proxied_designs import proxied_designs
from guarantee.row_designs import clustered_designs, weighted_designs
from guarantee.score_designs import calibration_designs, mean_designs, observed_expected_designs
from guarantee.stratified_designs import stratified_designs

BAR = 0.06
WORST_OF_EACH = 4
SCREENED = (0.05, 0.20)
TABLES: dict[str, Callable[[], Iterable[Design]]] = {
    "AUC": auc_designs,
    "Average precision": average_precision_designs,
    "Difference of two AUCs on the same rows": auc_difference_designs,
    "Brier score and bounded means": mean_designs,
    "Explained variance": explained_designs,
    "Calibration errors": calibration_designs,
    "Observed over expected": observed_expected_designs,
    "Weighted rates": weighted_designs,
    "Clustered rates": clustered_designs,
    "Precision and lift at k (exact)": top_designs,
    "Distances between two histograms (exact)": distance_designs,
    "Macro averages (exact)": average_designs,
    "Two groups in strata": stratified_designs,
    "Effects along the paths of a causal graph": effect_designs,
    "Members known by probabilities": proxied_designs,
}


def tables(reps: int, *, only: str = "", screen: int = 0) -> dict[str, list[dict[str, object]]]:
    """Title -> rows, one for each design; `only` keeps the titles that contain it, `screen` is that of `rows_of`."""
    return {
        title: list(rows_of(designs(), reps, screen=screen))
        for title, designs in TABLES.items()
        if only in title
    }


def rows_of(designs: Iterable[Design], reps: int, *, screen: int = 0) -> Iterator[dict[str, object]]:
    """Simulate designs with `reps` samples each, at .05: all of them, or after a screening the worst of each."""
    for design in screened(list(designs), screen):
        yield simulate(design, reps)


def screened(designs: list[Design], reps: int) -> list[Design]:
    """The worst of each rule and size in `reps` samples, at .05 and at .20; all of them without samples.

    Their shares are then to be taken from other, new samples.
    """
    if not reps:
        return designs
    chosen: set[int] = set()
    found = [(simulate_at(design, reps, SCREENED, seed=1), design) for design in designs]
    for level in range(len(SCREENED)):
        of_size: dict[tuple[str, int], list[Design]] = {}
        for _, design in sorted(found, key=lambda pair: -wrong(pair[0][level])):
            of_size.setdefault((design.rule, design.size), []).append(design)
        chosen.update(id(design) for many in of_size.values() for design in many[:WORST_OF_EACH])
    return [design for design in designs if id(design) in chosen]


def at_levels(designs: list[Design], reps: int) -> dict[float, list[dict[str, object]]]:
    """Level -> rows, one for each design."""
    found: dict[float, list[dict[str, object]]] = {level: [] for level in LEVELS}
    for design in designs:
        for level, row in zip(LEVELS, simulate_at(design, reps, LEVELS), strict=True):
            found[level].append(row)
    return found


def main(arguments: list[str]) -> int:
    """Print the tables; 1 when a rule is above the bar somewhere."""
    parser = argparse.ArgumentParser(prog="python -m guarantee.simulated", description=__doc__)
    parser.add_argument("--reps", type=int, default=10_000, help="samples per design")
    parser.add_argument(
        "--screen", type=int, default=0, help="samples to find the worst designs by; 0: all are run"
    )
    parser.add_argument("--only", default="", help="print only the tables whose title contains this")
    parser.add_argument("--levels", action="store_true", help="at every level that the product knows")
    given = parser.parse_args(arguments)
    if not any(given.only in title for title in TABLES):
        parser.error(f"no title contains {given.only!r}; there are {', '.join(TABLES)}")
    rows: dict[float, list[dict[str, object]]] = {}
    for title, designs in TABLES.items():
        if given.only in title:
            print(f"\n# {title}, {given.reps} samples each\n", flush=True)
            chosen = screened(list(designs()), given.screen)
            of_table = (
                at_levels(chosen, given.reps)
                if given.levels
                else {ALPHA: [simulate(design, given.reps) for design in chosen]}
            )
            for level, many in of_table.items():
                rows.setdefault(level, []).extend(many)
            for row in of_table[ALPHA]:
                print(" | ".join(str(value) for value in row.values()), flush=True)
    print("\n# Worst per rule and level: size -> share of wrong decisions there or at a larger size\n")
    sizes = {level: worst(many) for level, many in rows.items()}
    for rule in sizes[ALPHA]:
        for level, tables_at in sizes.items():
            print(f"{rule}, {level}: {tables_at[rule]}")
    return int(any(share > BAR for table in sizes[ALPHA].values() for n, share in table if n >= 100))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
