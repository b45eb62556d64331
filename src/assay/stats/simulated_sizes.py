"""How often each grade-B rule certified a model that sits exactly at the threshold .05, as simulated.

For each rule: a size (rows; of the smaller class for areas; effective rows for weighted rates; effective clusters for
clustered ones) and the worst share of 10,000 samples at that size or a larger one, over all populations tried. A rule
is not used below its smallest size: its error rate there is not known.

Reproduce with ``python -m guarantee.simulated --reps 10000 --screen 1000``; where ``make guarantee`` met a worse
population, its share stands here.
"""

from __future__ import annotations

SIMULATED_SIZES: dict[str, tuple[tuple[int, float], ...]] = {
    "auc": ((50, 0.0530),),
    "auc_difference": ((50, 0.0517), (300, 0.0504)),
    "mean": ((100, 0.0563), (1000, 0.0542), (5000, 0.0542)),
    "ks_calibration": ((100, 0.0500),),
    "ece": ((100, 0.0538), (5000, 0.0527)),
    "observed_expected": ((100, 0.0572), (300, 0.0549), (1000, 0.0536), (5000, 0.0525)),
    "weighted": ((73, 0.0492),),
    "clustered": ((33, 0.0586), (75, 0.0545), (300, 0.0524)),
}


def simulated_size(rule: str, n: int) -> float | None:
    """The worst simulated size of a rule at the largest tabulated size not above n; None below the smallest."""
    found = [size for at, size in SIMULATED_SIZES[rule] if at <= n]
    return found[-1] if found else None
