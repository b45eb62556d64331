"""Numbers, alone or by name, as the text of a setting holds them: ``10, 20, 50``, ``north=5080, south=4920``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class Written(StrEnum):
    """What a text holds: a number of each name, or numbers."""

    COUNTS = "counts"
    SHARES = "shares"
    GRADES = "grades"
    NUMBERS = "numbers"
    INCREASING = "increasing"
    SCORES = "scores"
    CUTS = "cuts"


MOST_CUTS = 20
"""At so many numbers rows are parted at most: each is looked at in every two periods and places."""


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
        found[name] = _number(share) or Decimal(0)
        if not name or not 0 < found[name] <= 1:
            raise ValueError(
                f"{setting!r} is written as name=share, each above 0; found {_found(name, share)!r}"
            )
    return found


Grades = tuple[tuple[str, Decimal], ...]


def written_grades(text: str, setting: str) -> Grades:
    """Grades with their highest probability, lowest first, as ``A: 0.005, B: 0.02``. Raises ValueError for what is none."""
    found = []
    for part in text.split(","):
        name, _, edge = (piece.strip() for piece in part.rpartition(":"))
        limit = _number(edge)
        if not name or limit is None or not 0 < limit <= 1:
            raise ValueError(
                f"{setting!r} is written as grade: probability, each above 0, of at most 1, such as A: 0.005, B: 0.02; found {part.strip()!r}"
            )
        found.append((name, limit))
    edges = [limit for _, limit in found]
    if edges != sorted(set(edges)) or len({name for name, _ in found}) < len(found):
        raise ValueError(
            f"the probabilities of {setting!r} must increase, and each grade have a name of its own; found {text!r}"
        )
    return tuple(found)


def written_numbers(text: str, setting: str) -> tuple[Decimal, ...]:
    """Numbers, as ``10, 20, 50``. Raises ValueError for anything else, and for none."""
    found = [_number(part) for part in text.split(",")]
    numbers = tuple(number for number in found if number is not None)
    if len(numbers) < len(found):
        raise ValueError(
            f"{setting!r} is written as numbers with commas between them, such as 10, 20, 50; found {text!r}"
        )
    return numbers


def written_increasing(text: str, setting: str) -> tuple[Decimal, ...]:
    """Numbers of which each is larger than the one before. Raises ValueError for anything else."""
    numbers = written_numbers(text, setting)
    if list(numbers) != sorted(set(numbers)):
        raise ValueError(f"the numbers of {setting!r} must increase; found {text!r}")
    return numbers


def written_cuts(text: str, setting: str) -> tuple[Decimal, ...]:
    """Up to :data:`MOST_CUTS` numbers of which each is larger than the one before. Raises ValueError for anything else."""
    return _few(written_increasing(text, setting), setting)


def written_scores(text: str, setting: str) -> tuple[Decimal, ...]:
    """Up to :data:`MOST_CUTS` different numbers between 0 and 1. Raises ValueError for anything else."""
    scores = written_numbers(text, setting)
    if not all(0 < score < 1 for score in scores) or len(set(scores)) < len(scores):
        raise ValueError(
            f"{setting!r} is written as different scores between 0 and 1, such as 0.2, 0.5; found {text!r}"
        )
    return _few(scores, setting)


def _few(cuts: tuple[Decimal, ...], setting: str) -> tuple[Decimal, ...]:
    if len(cuts) > MOST_CUTS:
        raise ValueError(f"{setting!r} has up to {MOST_CUTS} numbers; found {len(cuts)}")
    return cuts


def _number(text: str) -> Decimal | None:
    """The number that a text is; None where it is none, or has no end."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _pairs(text: str) -> list[tuple[str, str]]:
    parted = (item.rpartition("=") for item in text.split(",") if item.strip())
    return [(name.strip(), value.strip()) for name, _, value in parted]


def _found(name: str, value: str) -> str:
    return f"{name}={value}" if name else value


READ: Mapping[Written, Callable[[str, str], object]] = {
    Written.COUNTS: written_counts,
    Written.SHARES: written_fractions,
    Written.GRADES: written_grades,
    Written.NUMBERS: written_numbers,
    Written.INCREASING: written_increasing,
    Written.SCORES: written_scores,
    Written.CUTS: written_cuts,
}
"""By what is written, what reads it."""


def unread(text: str, setting: str, written: Written) -> str:
    """Why a text cannot be read as what it should hold; empty when it can."""
    try:
        READ[written](text, setting)
    except ValueError as wrong:
        return str(wrong)
    return ""
