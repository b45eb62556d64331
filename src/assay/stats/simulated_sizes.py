"""How often each grade-B rule certified a model that sits exactly at the threshold, as simulated.

Reproduce with ``python -m guarantee.simulated --reps 10000``.
"""

SIMULATED_SIZES: dict[str, tuple[tuple[int, float], ...]] = {}


def simulated_size(rule: str, n: int) -> float | None:
    """The worst simulated size of a rule at the largest tabulated size not above n."""
    found = [size for at, size in SIMULATED_SIZES.get(rule, ()) if at <= n]
    return found[-1] if found else None
