"""What 500 adaptive attempts on one set of test rows are worth: with the ledger of attempts, and without.

Every candidate violates a criterion by a hair: its true rate lies at the threshold, so that each certificate is wrong. The
attacker proposes the next candidate from whatever was released of the ones before. The ledger is the product's: the
shares of alpha are those of `Attempts.share`, a run is judged by the exact binomial test, at most `count` runs are
judged, and the first pass closes it. What is released under a schedule is one bit, so that nothing can be learned but that
a candidate did not pass.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from assay.domain.specification.specification import Attempts
from assay.stats.rates import p_at_least
from guarantee.bars import Tables

TRIES = 500
TAU = 0.8
ALPHA = 0.05
ROWS = 1000
CRITERIA = 5
BLOCKS = 20
SEED = 20261126
FULL, QUICK = 20_000, 400
SCHEDULES = (Attempts(), Attempts(count=4, first=Decimal("0.8")), Attempts(count=20), Attempts(count=100))


def tables(worlds: int) -> Tables:
    """Shares of attackers that end with a certificate, by what they are told."""
    rng = np.random.default_rng(SEED)
    free = max(worlds // 20, 20)
    rows = [
        _row("no ledger, alpha .05 each time", "every number", free, _by_numbers(rng, free)),
        _row(
            "no ledger, alpha .05 each time", "the verdict of each criterion", free, _by_verdicts(rng, free)
        ),
        _row("no ledger, alpha .05 each time", "certified or not", worlds, _by_luck(rng, worlds)),
    ]
    for schedule in SCHEDULES:
        said = f"{schedule.count} run{'s' * (schedule.count > 1)}"
        if schedule.first is not None:
            said += f", {schedule.first} of alpha on the first"
        share = _scheduled(rng, worlds, schedule)
        rows.append(_row(f"ledger: {said}", "certified or not", worlds, share) | {"exact": _exact(schedule)})
    return {f"{TRIES} adaptive attempts on {ROWS:,} rows": rows}


def _row(how: str, told: str, attackers: int, share: float) -> dict[str, object]:
    return {
        "attempts": how,
        "the attacker learns": told,
        "attackers": attackers,
        "end certified": share,
        "exact": "",
    }


def _passing(level: float, rows: int = ROWS) -> int:
    """The smallest count that passes at a level."""
    counts = np.arange(rows + 1)
    return int(counts[p_at_least(counts, np.full(rows + 1, rows), TAU) <= level][0])


def _by_luck(rng: np.random.Generator, worlds: int) -> float:
    """A new candidate each time."""
    wanted = _passing(ALPHA)
    best = rng.binomial(ROWS, TAU, (worlds, TRIES)).max(axis=1)
    return float((best >= wanted).mean())


def _by_verdicts(rng: np.random.Generator, worlds: int) -> float:
    """Keep the parts whose criterion passed, draw the others again: five criteria must pass, all at the threshold."""
    wanted = _passing(ALPHA)
    tries = rng.binomial(ROWS, TAU, (worlds, CRITERIA, TRIES)) >= wanted
    return float(np.all(np.any(tries, axis=2), axis=1).mean())


def _by_numbers(rng: np.random.Generator, worlds: int) -> float:
    """Hill-climbing: change one block of the predictions, keep the change when the estimate rose."""
    size, wanted = ROWS // BLOCKS, _passing(ALPHA)
    right = rng.binomial(size, TAU, (worlds, BLOCKS))
    passed = right.sum(axis=1) >= wanted
    for attempt in range(TRIES - 1):
        block = attempt % BLOCKS
        proposed = rng.binomial(size, TAU, worlds)
        right[:, block] = np.maximum(right[:, block], proposed)
        passed |= right.sum(axis=1) >= wanted
    return float(passed.mean())


def _scheduled(rng: np.random.Generator, worlds: int, schedule: Attempts) -> float:
    """As many judged runs as the schedule has; every later attempt is refused as `test_set_spent`."""
    passed = np.zeros(worlds, dtype=bool)
    for attempt in range(1, min(TRIES, schedule.count) + 1):
        wanted = _passing(ALPHA * schedule.share(attempt))
        passed |= rng.binomial(ROWS, TAU, worlds) >= wanted
    return float(passed.mean())


def _exact(schedule: Attempts) -> float:
    """The same by multiplication: runs of new candidates are independent when nothing is learned from a refusal."""
    stays_out = 1.0
    for attempt in range(1, schedule.count + 1):
        wanted = _passing(ALPHA * schedule.share(attempt))
        stays_out *= 1.0 - float(p_at_least(wanted, ROWS, TAU))
    return 1.0 - stays_out
