"""Numbers by name, as the text of a setting holds them: ``north=5080, south=4920``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class Written(StrEnum):
    """What a text holds of each name."""

    COUNTS = "counts"
    SHARES = "shares"


def written_counts(text: str, setting: str) -> dict[str, int]:
    """Counts by name, as ``north=5080, south=4920``. Raises ValueError for what is no count."""
    found = {}
    for name, count in _pairs(text):
        if not name or not count.isdecimal():
            raise ValueError(
                f"{setting!r} is written as name=count, name=count; found {_found(name, count)!r}"
            )
        if name in found:
            raise ValueError(f"{setting!r} names {name!r} twice; write one number for each")
        found[name] = int(count)
    return found


def written_fractions(text: str, setting: str) -> dict[str, Decimal]:
    """Shares above 0, of at most 1, by name, as ``north=0.5, south=0.1``. Raises ValueError for what is none."""
    found = {}
    for name, share in _pairs(text):
        if name in found:
            raise ValueError(f"{setting!r} names {name!r} twice; write one share for each")
        try:
            found[name] = Decimal(share)
        except InvalidOperation:
            found[name] = Decimal(0)
        if not name or not found[name].is_finite() or not 0 < found[name] <= 1:
            raise ValueError(
                f"{setting!r} is written as name=share, each above 0; found {_found(name, share)!r}"
            )
    return found


def _pairs(text: str) -> list[tuple[str, str]]:
    parted = (item.rpartition("=") for item in text.split(",") if item.strip())
    return [(name.strip(), value.strip()) for name, _, value in parted]


def _found(name: str, value: str) -> str:
    return f"{name}={value}" if name else value


READ: Mapping[Written, Callable[[str, str], object]] = {
    Written.COUNTS: written_counts,
    Written.SHARES: written_fractions,
}
"""By what is written, what reads it."""


def unread(text: str, setting: str, written: Written) -> str:
    """Why a text cannot be read as what it should hold; empty when it can."""
    try:
        READ[written](text, setting)
    except ValueError as wrong:
        return str(wrong)
    return ""
