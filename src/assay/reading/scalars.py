"""What a plain YAML scalar stands for: the core schema of YAML 1.2, with numbers exactly as they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assay.domain.dictionary import BOOLEANS

MOST_DIGITS = 28
MOST_EXPONENT = 999
_NULL = {"", "~", "null", "Null", "NULL"}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OTHER_BASE = re.compile(r"[-+]?0[oxb][0-9a-fA-F]+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")


@dataclass(frozen=True, slots=True)
class Odd:
    """A scalar that looks like a number and cannot be taken as one."""

    code: str
    message: str
    remedy: str


def resolve(text: str) -> bool | int | Decimal | str | Odd | None:
    """The core schema of YAML 1.2, with numbers exactly as written."""
    if text in _NULL:
        return None
    if text in BOOLEANS:
        return bool(BOOLEANS[text])
    if _NOT_FINITE.fullmatch(text):
        return Odd(
            "number_not_finite",
            f"A finite number is expected; found {text}.",
            "Write the number that is meant."
            if text.strip("+-").casefold() == ".nan"
            else "Leave out what has no limit.",
        )
    if _OTHER_BASE.fullmatch(text) or _LEADING_ZERO.fullmatch(text):
        return Odd(
            "number_form",
            f"A number in plain decimal digits is expected; found {text}.",
            "Put quotes around it if it is a code or a name.",
        )
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= MOST_DIGITS else _too_long()
    if _DECIMAL.fullmatch(text):
        return _decimal(text)
    return text


def _decimal(text: str) -> Decimal | Odd:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MOST_DIGITS or len(exponent) > 6 or abs(int(exponent or 0)) > MOST_EXPONENT:
        return _too_long()
    return Decimal(text)


def _too_long() -> Odd:
    return Odd(
        "number_size",
        f"A number of at most {MOST_DIGITS} digits and an exponent of at most {MOST_EXPONENT} is expected.",
        "Put quotes around it if it is a code.",
    )
