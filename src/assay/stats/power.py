"""How likely a good model is to pass, and how many rows that takes: exact sums, not normal approximations.

Power is the probability of the rejection region that the verdict uses: Clopper-Pearson for a rate, MOVER-CP for
a contrast of two groups and for paired decisions. For the last two the nominal level alpha is the default: the
audited level costs an audit for every size tried and differs from alpha by a few per cent of alpha at most
sizes; `rows_for_contrast` audits the size it returns. Exact power is saw-toothed in n (Chernick & Liu 2002,
Amer. Statist. 56:149), so "enough rows" means that every larger number of rows that was tried is enough as well.

Power is a probability, alpha one-sided, rates and margins are shares in [0, 1] or differences of such, rows are rows of
the group named, or of the whole data set where shares of groups are given. The searches start at the normal formula
(Chow, Shao & Wang 2008, Sample Size Calculations in Clinical Research, chapters 3 and 4).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from assay.stats.exact_size import audited_level, box_staircase, mover_staircase
from assay.stats.mover import LARGEST_LEVEL
from assay.stats.paired_size import paired_region
from assay.stats.rates import Floats, tail_above

MOST_ROWS = 20_000_000
"""Beyond this many rows the answer is "not with data of any likely size": None."""
LARGEST_EXACT = 100_000
"""Beyond this many rows a contrast or a paired comparison is planned by the normal formula, up to 0.6 % low in four designs tried."""
_TIE = 1e-9
_NEAR = 10.0
_WIDTHS = (3.0, 6.0, 12.0, 24.0, 48.0)
_STEPS_AHEAD = 8
_STEP = 0.005


def power_rate(n: ArrayLike, tau: float, true: float, alpha: float, *, at_least: bool = True) -> Floats:
    """Exact P(Clopper-Pearson shows "rate >= tau", or <= tau) when the rate is `true`.

    n: rows, any shape, which is returned. Raises ValueError unless n >= 1, tau and true in [0, 1], alpha in (0, 1).
    """
    rows = np.asarray(n, dtype=np.float64)
    _check_shares(alpha, tau, true)
    if np.any(rows < 1):
        raise ValueError("power needs at least one row, found n = 0")
    if not at_least:
        tau, true = 1 - tau, 1 - true
    return tail_above(critical_count(rows, tau, alpha), rows, np.asarray(true))


def critical_count(n: Floats, tau: float, alpha: float) -> Floats:
    """Fewest events of n with which Clopper-Pearson shows "rate >= tau": the smallest x with P(X >= x | n, tau) <= alpha.

    Clopper & Pearson 1934 (Biometrika 26:404), by bisection from the normal quantile. n: rows, float64 of any shape,
    at least 1. Returns whole numbers of that shape; n + 1 where no count shows it. Nothing is validated.
    """
    centre = n * tau - ndtri(alpha) * np.sqrt(n * tau * (1 - tau))
    low = np.clip(np.floor(centre - _NEAR), -1, n)
    high = np.clip(np.ceil(centre + _NEAR), 0, n + 1)
    rate = np.asarray(tau)
    low = np.where(tail_above(low, n, rate) <= alpha, -1.0, low)
    high = np.where(tail_above(high, n, rate) > alpha, n + 1, high)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        enough = tail_above(middle, n, rate) <= alpha
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def rows_for_rate(
    tau: float,
    true: float,
    *,
    alpha: float,
    power: float,
    at_least: bool = True,
    sustained: bool = True,
) -> int | None:
    """Rows with which a rate passes with probability `power` if it is `true`.

    `sustained`: every larger number of rows is enough too (checked up to well past the last tooth that could
    fall short); otherwise the first number that is enough, which only helps whoever can draw exactly so many.
    None when `true` does not satisfy the threshold or more than `MOST_ROWS` are needed. Errors as `power_rate`.
    """
    _check_shares(alpha, tau, true, power)
    if not at_least:
        tau, true = 1 - tau, 1 - true
    if true - tau <= _TIE:
        return None
    guess = _normal_rows(tau * (1 - tau), true * (1 - true), true - tau, alpha, power)
    for width in _WIDTHS:
        rows = _rows_to_scan(guess, width, tau)
        if rows[-1] > MOST_ROWS:
            return None
        enough = power_rate(rows, tau, true, alpha) >= power
        last = int(np.flatnonzero(~enough)[-1]) if not enough.all() else -1
        seen_whole = (rows[0] == 1 or not enough[0]) and last < 0.7 * rows.size
        if seen_whole:
            return int(rows[last + 1] if sustained else rows[np.argmax(enough)])
    return None


def _rows_to_scan(guess: float, width: float, tau: float) -> Floats:
    """Every number of rows near the guess. Teeth shrink like one over the root of the rarer outcome's count."""
    rarer = max(min(tau, 1 - tau), 1e-7)
    reach = width / (guess * rarer) ** 0.5
    start = max(1, floor(guess * (1 - reach)))
    return np.arange(start, ceil(guess * (1 + reach) + 2 * width / rarer) + 1, dtype=np.float64)


def power_contrast(
    n1: int,
    n2: int,
    p1: float,
    p2: float,
    *,
    ratio: float,
    margin: float,
    alpha: float,
    level: float | None = None,
) -> float:
    """Exact P(MOVER-CP shows "p1 - ratio * p2 >= margin") when the rates are p1 and p2.

    level: the nominal level of the rule; alpha when omitted. `power_contrast_audited` uses the audited rule.
    Raises ValueError unless n1, n2 >= 1, rates in [0, 1], ratio > 0 and levels in (0, 0.5].
    """
    _check_shares(alpha, p1, p2)
    used = alpha if level is None else level
    if min(n1, n2) < 1 or not ratio > 0 or not 0 < used <= LARGEST_LEVEL:
        raise ValueError(
            f"expected rows >= 1, ratio > 0 and a level in (0, 0.5], found {n1}, {n2}, {ratio}, {used}"
        )
    stairs = mover_staircase(n1, n2, ratio=ratio, margin=margin, level=used)
    return float(stairs.probability(np.array([p1]), np.array([p2]))[0])


def power_contrast_audited(
    n1: int, n2: int, p1: float, p2: float, *, ratio: float, margin: float, alpha: float
) -> float:
    """Exact power of the rule that verdicts use: the audited level, or the Bonferroni box where that falls back.

    Errors as `power_contrast`.
    """
    audit = audited_level(n1, n2, ratio=ratio, margin=margin, alpha=alpha)
    if not audit.fallback:
        return power_contrast(n1, n2, p1, p2, ratio=ratio, margin=margin, alpha=alpha, level=audit.level)
    stairs = box_staircase(n1, n2, ratio=ratio, margin=margin, alpha=alpha)
    return float(stairs.probability(np.array([p1]), np.array([p2]))[0])


def rows_for_contrast(
    p1: float,
    p2: float,
    *,
    share1: float,
    share2: float,
    ratio: float,
    margin: float,
    alpha: float,
    power: float,
) -> int | None:
    """Rows of the whole data set with which "p1 - ratio * p2 >= margin" passes with probability `power`.

    share1, share2: the groups' shares of the rows. The level is alpha, or the audited one where the answer's is
    lower. Larger data up to 4 % more is checked in steps of 0.5 %; good to about 0.5 %.
    None when the contrast does not exceed the margin or more than `MOST_ROWS` are needed.
    Beyond `LARGEST_EXACT` rows in the two groups the normal formula answers.
    Raises ValueError for shares outside (0, 1] or as `power_contrast`.
    """
    _check_shares(alpha, p1, p2, power)
    if not (0 < share1 <= 1 and 0 < share2 <= 1):
        raise ValueError(f"expected shares of rows in (0, 1], found {share1} and {share2}")

    def sizes(n: int) -> tuple[int, int]:
        return max(1, round(n * share1)), max(1, round(n * share2))

    def search(level: float) -> int | None:
        def reached(n: int) -> bool:
            n1, n2 = sizes(n)
            got = power_contrast(n1, n2, p1, p2, ratio=ratio, margin=margin, alpha=alpha, level=level)
            return got >= power

        return _enough(reached, guess, smallest=ceil(1 / min(share1, share2)))

    distance = p1 - ratio * p2 - margin
    if distance <= _TIE:
        return None
    variance = p1 * (1 - p1) / share1 + ratio**2 * p2 * (1 - p2) / share2
    guess = _normal_rows(variance, variance, distance, alpha, power)
    if guess * (share1 + share2) > LARGEST_EXACT:
        return _by_formula(guess)
    rows = search(alpha)
    if rows is None:
        return None
    n1, n2 = sizes(rows)
    audit = audited_level(n1, n2, ratio=ratio, margin=margin, alpha=alpha)
    return rows if audit.level >= alpha else search(audit.level)


def power_paired(n: int, worse: float, better: float, *, tau: float, alpha: float) -> float:
    """Exact P(MOVER-CP at nominal level alpha shows "drop <= tau") for true shares of worse and better rows.

    Raises ValueError unless n >= 1, shares in [0, 1] with sum at most 1 and alpha in (0, 0.5].
    """
    _check_shares(alpha, worse, better, worse + better)
    if n < 1 or alpha > LARGEST_LEVEL:
        raise ValueError(f"expected rows >= 1 and alpha at most {LARGEST_LEVEL}, found {n} and {alpha}")
    region = paired_region(n, margin=-tau, level=alpha)
    return float(region.probability(np.array([worse]), np.array([better]))[0])


def rows_for_paired(worse: float, better: float, *, tau: float, alpha: float, power: float) -> int | None:
    """Rows with which "the drop is at most tau" passes with probability `power`.

    worse, better: true shares of rows that are right before and wrong after, and the other way round; the drop is their
    difference. The level is alpha, nominal. Steps, None, the formula beyond `LARGEST_EXACT` rows and errors are those of
    `rows_for_contrast`.
    """
    _check_shares(alpha, worse, better, worse + better, power)
    distance = tau - (worse - better)
    if distance <= _TIE:
        return None
    variance = worse + better - (worse - better) ** 2
    guess = _normal_rows(variance, variance, distance, alpha, power)
    if guess > LARGEST_EXACT:
        return _by_formula(guess)
    return _enough(lambda n: power_paired(n, worse, better, tau=tau, alpha=alpha) >= power, guess, smallest=1)


def _normal_rows(at_threshold: float, at_truth: float, distance: float, alpha: float, power: float) -> float:
    """The textbook (z_a sd_0 + z_b sd_1)^2 / distance^2, only to know where to look."""
    spread = -ndtri(alpha) * at_threshold**0.5 + max(0.0, float(ndtri(power))) * at_truth**0.5
    return max(1.0, float(spread / distance) ** 2)


def _by_formula(guess: float) -> int | None:
    return ceil(guess) if guess <= MOST_ROWS else None


def _enough(reached: Callable[[int], bool], guess: float, *, smallest: int) -> int | None:
    """Bisect to a step of 0.5 %, then move past any size within the next 4 % that falls short."""
    high = max(smallest, ceil(guess))
    while not reached(high):
        high = ceil(high * 1.3) + 1
        if high > MOST_ROWS:
            return None
    low = smallest - 1
    while high - low > max(1.0, _STEP * high):
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    start, ahead = high, 1
    while ahead <= _STEPS_AHEAD:
        candidate = start + ceil(ahead * _STEP * start)
        if reached(candidate):
            ahead += 1
        else:
            start, ahead = candidate + max(1, round(_STEP * candidate)), 0
        if start > MOST_ROWS:
            return None
    return start


def _check_shares(alpha: float, *shares: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"expected a level alpha strictly between 0 and 1, found {alpha}")
    if not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"expected rates, shares and power between 0 and 1, found {shares}")
