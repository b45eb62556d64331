"""Numbers as a reader sees them: enough digits, limits never rounded in the model's favour."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

NONE = "–"
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


def percent(share: float | Decimal, decimals: int = 1) -> str:
    """A share of a hundred: ``2.5 %``; whole ones without decimals."""
    hundred = Decimal(repr(float(share))) * 100
    text = f"{_rounded(hundred, decimals):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}\N{NO-BREAK SPACE}%"


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
