"""Numbers as a reader sees them: enough digits, limits never rounded in the model's favour."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

NONE = "–"
PERCENT = "\N{NO-BREAK SPACE}%"
_MOST_DECIMALS = 12


def count(n: int) -> str:
    """A number of things: ``15,000``."""
    return f"{n:,}".replace("-", "−")


def number(x: float | None) -> str:
    """An estimate, with three or four significant digits."""
    return _shown(x, ROUND_HALF_EVEN)


def lower(x: float | None) -> str:
    """A lower limit, rounded down."""
    return _shown(x, ROUND_FLOOR)


def upper(x: float | None) -> str:
    """An upper limit, rounded up."""
    return _shown(x, ROUND_CEILING)


def against(x: float | None, threshold: Decimal) -> str:
    """An estimate with so many digits that it never looks equal to a threshold from which it differs."""
    if x is None or not math.isfinite(x):
        return number(x)
    exact = Decimal(repr(x))
    decimals = _decimals(x)
    while decimals < _MOST_DECIMALS and exact != threshold and _rounded(exact, decimals) == threshold:
        decimals += 1
    return _text(_rounded(exact, decimals))


def whole(x: float | None) -> str:
    """A value that was counted: without decimals where it has none."""
    if x is not None and math.isfinite(x) and x == int(x):
        return count(int(x))
    return number(x)


def about(n: int) -> str:
    """A number of things that was computed from estimates: three digits, rounded up."""
    unit = 10 ** max(0, len(str(n)) - 3)
    rounded = -(-n // unit) * unit
    return count(n) if unit == 1 else f"about {count(rounded)}"


def threshold(d: Decimal) -> str:
    """A threshold, exactly as it was written."""
    return _text(d)


def percent(share: float | Decimal) -> str:
    """A share of a hundred: as written (``2 %``) for a decimal, else with one decimal: ``87.0 %``."""
    if isinstance(share, Decimal):
        text = _text((share * 100).normalize() + 0)
        return f"{text}{PERCENT}"
    return f"{_text(_rounded(Decimal(repr(float(share))) * 100, 1))}{PERCENT}"


def percent_lower(share: float) -> str:
    """A lower limit of a share, rounded down."""
    return _percent(share, ROUND_FLOOR)


def percent_upper(share: float) -> str:
    """An upper limit of a share, rounded up."""
    return _percent(share, ROUND_CEILING)


def percent_against(share: float, threshold: Decimal) -> str:
    """A share with so many digits that it never looks equal to a threshold from which it differs."""
    if not math.isfinite(share):
        return number(share)
    exact = Decimal(repr(share)) * 100
    decimals = _percent_decimals(share)
    while (
        decimals < _MOST_DECIMALS
        and exact != threshold * 100
        and _rounded(exact, decimals) == threshold * 100
    ):
        decimals += 1
    return f"{_text(_rounded(exact, decimals))}{PERCENT}"


def _percent(share: float, rounding: str) -> str:
    if not math.isfinite(share):
        return _shown(share, rounding)
    exact = Decimal(repr(float(share))) * 100
    return f"{_text(_rounded(exact, _percent_decimals(share), rounding))}{PERCENT}"


def _percent_decimals(share: float) -> int:
    """Two, as many as the share itself is printed with, so that a number is rounded once; more below a percent."""
    size = abs(share) * 100
    return 2 if size == 0 or size >= 1 else min(_MOST_DECIMALS, 2 - math.floor(math.log10(size)))


def confidence(alpha: float) -> str:
    """One minus alpha: ``0.95``."""
    return f"{1 - alpha:.4g}"


def reached(c: float | None) -> str:
    """A confidence that was reached, rounded down; never 1, and under a half it is none."""
    if c is None:
        return NONE
    if c < 0.5:
        return "under 0.5"
    return "over 0.9999" if c > 0.9999 else lower(c)


def _shown(x: float | None, rounding: str) -> str:
    if x is None or math.isnan(x):
        return NONE
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    return _text(_rounded(Decimal(repr(x)), _decimals(x), rounding))


def _decimals(x: float) -> int:
    """Four from .01 to 1, fewer above, three significant digits below."""
    size = abs(x)
    if size == 0:
        return 0
    if size >= 1:
        return max(0, 3 - int(math.log10(size)))
    return 4 if size >= 0.01 else min(_MOST_DECIMALS, 2 - math.floor(math.log10(size)))


def _rounded(exact: Decimal, decimals: int, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=rounding)


def _text(d: Decimal) -> str:
    return f"{d:,f}".replace("-", "−")
