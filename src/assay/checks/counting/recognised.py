"""What a value identifies, by its content: an address, a number with a check digit, a date, a name, a text.

Of a value only its kind is told. A kind whose form and check digits chance hardly makes is certain in each row; one that every
tenth or eleventh number has by chance, and one that a word can have that is none, is told of a whole column.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from assay.checks.counting.coordinates import marked, pair
from assay.checks.counting.obfuscated import obfuscated, perhaps_obfuscated
from assay.checks.counting.plain import plain

Integers = NDArray[np.int64]


class Kind(IntEnum):
    """What a value is; the words are in :data:`WORDS`."""

    MISSING = 0
    OTHER = 1
    EMAIL = 2
    IBAN = 3
    CARD = 4
    SSN = 5
    PHONE = 6
    IP = 7
    STREET = 8
    POSTCODE = 9
    NAME = 10
    TEXT = 11
    DATE = 12
    CODE = 13
    """A word of letters and digits that could be somebody's number."""
    NUMBER = 14
    """A whole number; with it how many digits it has, at most :data:`MOST_DIGITS`."""
    LIKE_CARD = 15
    """Digits that are as many as those of a card and pass its check, as one in ten does;"""
    NO_CARD = 16
    """and such as do not."""
    LIKE_BSN = 17
    """Nine digits that pass the eleven test, as one in eleven does;"""
    NO_BSN = 18
    """and such as do not."""
    DIGITS_5 = 19
    """A text of five digits."""
    PLACE = 20
    """Two numbers that could be a latitude and a longitude."""
    MARKED_PLACE = 21
    """A latitude with a longitude that say themselves what they are."""
    LIKE_EMAIL = 22
    """A word, "at" and a host, as an address is written, and where something was bought."""


WORDS = {
    Kind.EMAIL: "e-mail address",
    Kind.IBAN: "bank account (IBAN)",
    Kind.CARD: "payment card",
    Kind.SSN: "social security number (US)",
    Kind.PHONE: "telephone number",
    Kind.IP: "IP address",
    Kind.STREET: "street address",
    Kind.POSTCODE: "postcode",
    Kind.NAME: "name of a person",
    Kind.TEXT: "free text",
    Kind.DATE: "date of birth",
    Kind.CODE: "code that nearly every row has for itself",
    Kind.LIKE_BSN: "citizen number (NL)",
    Kind.PLACE: "coordinates of a place",
    Kind.MARKED_PLACE: "coordinates of a place, with directions",
    Kind.LIKE_EMAIL: "e-mail address, without its sign",
}
"""How a kind is told."""

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}(?![\w-])", re.IGNORECASE)
_IBAN = re.compile(r"[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}", re.IGNORECASE)
_GROUPED_CARD = re.compile(r"\d{4}([ .-])\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ .-])\d{6}\2\d{5}")
_SSN = re.compile(r"(?!000|666|9\d\d)\d{3}([ -])(?!00)\d{2}\1(?!0000)\d{4}")
_PHONE = re.compile(
    r"\+\d(?:[ ().\-/]{0,2}\d){7,14}|(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]{1,2}[2-9]\d{2}[ .-]\d{4}"
    r"|\(?0\d{1,4}\)?[ /-]{1,3}\d{3,5}(?:[ -]?\d{2,4}){1,3}"
    r"|0[1-9]([ .-])\d{2}(?:\1\d{2}){3}|00[ -]?[1-9]\d{0,2}[ /-]\(?\d{1,5}\)?(?:[ /-]?\d{2,5}){1,4}"
)
_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")
_STREET = re.compile(
    r"\d+[a-z]? +(?:[\w.'’-]+ +){1,4}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|boulevard|blvd|way|square|terrace)\.?"
    r"(?:[ ,].*)?"
    r"|(?:[\w.'’]+[ -])*[\w.'’]*(?:stra(?:ß|ss)e|str\.|gasse|platz|allee|weg|straat|laan|gracht|plein) +\d+ *[a-z]?(?:[ ,].*)?"
    r"|(?:\d+,? +)?(?:rue|via|viale|calle|avenida|rua|ulica) +[\w.'’-]+(?: +[\w.'’-]+){0,4}(?:, *\d+(?:[ ,].*)?)?",
    re.IGNORECASE,
)
_STREET_WORDS = (
    *(
        "st",
        "ave",
        "road",
        "rd",
        "lane",
        "ln",
        "drive",
        "dr",
        "court",
        "ct",
        "boulevard",
        "blvd",
        "way",
        "square",
        "terrace",
    ),
    *("gasse", "platz", "allee", "weg", "laan", "gracht", "plein", "rue", "via", "calle", "rua", "ulica"),
)
"""A street address has one of these somewhere, which is quicker to see."""
_POSTCODE = re.compile(
    r"\d{5}-\d{4}|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}|[1-9]\d{3} ?[A-Z]{2}|[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d"
)
_WORD = r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*"
_NAME = re.compile(
    rf"(?:(?:Mr|Mrs|Ms|Dr)\.? )?{_WORD}\.?(?:[,;]? {_WORD}\.?){{1,4}}(?: \(?\d{{1,8}}\)?)?", re.IGNORECASE
)
"""Two to five words of letters alone, capitalised or not; with a number behind them or without."""
_ISO = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})(?:[T ].*)?")
_WRITTEN = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_DAY, _MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?", r"(?:de |of )?(?P<month>[^\W\d_]{3,10})\.?"
_WORDED = (
    re.compile(rf"{_DAY}[ -]?{_MONTH},?[ -]?(?:de |of )?(?P<year>\d{{4}}|\d{{2}})", re.IGNORECASE),
    re.compile(rf"{_MONTH} {_DAY},? (?P<year>\d{{4}})", re.IGNORECASE),
)
MONTHS = {
    begins: place
    for place, words in enumerate(
        (
            "jan jän ene gen",
            "feb fév fev",
            "mar mär mrz maa",
            "apr avr abr",
            "may mai mei mag",
            "jun juin giu",
            "jul juil lug",
            "aug aoû aou ago",
            "sep set",
            "oct okt ott out",
            "nov",
            "dec dez déc dic",
        ),
        1,
    )
    for begins in words.split()
}
"""How the names of the months begin in English, German, French, Spanish, Dutch, Italian and Portuguese."""
THIS_CENTURY = 30
"""A year of two digits that is smaller is one of this century."""
_CODE = re.compile(r"[\w./:#-]{3,64}")
_DECIMAL = re.compile(r"[+-]?\d*[.,]\d+(?:[eE][+-]?\d+)?")
MOST_DIGITS = 64
"""A whole number of more digits is nobody's number, and counts as one of so many."""
FEWEST_WORDS = 6
"""A text of so many words is free text,"""
LONGEST = 200
"""and so is one of more characters, in which e-mail addresses and coordinates alone are looked for."""

_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI NL",
    19: "SI",
    20: "AT EE LT LU",
    21: "CH HR LI LV",
    22: "BG DE GB IE",
    23: "AE IL",
    24: "AD CZ ES RO SA SE SK",
    25: "PT",
    26: "IS TR",
    27: "FR GR IT MC SM",
    28: "CY HU PL",
    31: "MT",
}
LENGTHS = {country: n for n, countries in _COUNTRIES.items() for country in countries.split()}
"""Characters of an account number by country (the IBAN registry of ISO 13616)."""


def luhn(digits: str) -> bool:
    """Whether digits pass the check of payment cards (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 * (doubled > 9)
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """Whether digits are as many as those of a card that begins like this."""
    n = len(digits)
    if digits[:2] in {"34", "37"}:
        return n == 15
    if digits[0] == "4":
        return n in {13, 16, 19}
    master = "51" <= digits[:2] <= "55" or "2221" <= digits[:4] <= "2720"
    return n == 16 if master else digits[0] == "6" and 16 <= n <= 19


def iban(text: str) -> bool:
    """Whether a text is an account number: its country's length, and the remainder 1 by 97 (ISO 7064)."""
    plain = re.sub("[ .-]", "", text).upper()
    if LENGTHS.get(plain[:2]) != len(plain):
        return False
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def eleven_test(digits: str) -> bool:
    """Whether nine digits pass the test of citizen numbers of the Netherlands (BSN)."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return (
        len(digits) == 9
        and sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 == 0
        and int(digits) > 0
    )


def _year(year: str, month: str, day: str) -> int | None:
    try:
        return date(int(year), int(month), int(day)).year
    except ValueError:
        return None


def _date(text: str) -> int | None:
    """The year of a date."""
    if found := _ISO.fullmatch(text):
        return _year(found[1], found[3], found[4])
    if found := _WRITTEN.fullmatch(text):
        one, _, two, year = found.groups()
        year = _whole_year(year)
        return _year(year, two, one) or _year(year, one, two)
    return _worded(text) if text[-1:].isdigit() else None


def _whole_year(year: str) -> str:
    return year if len(year) == 4 else f"{20 if int(year) < THIS_CENTURY else 19}{year}"


def _worded(text: str) -> int | None:
    """The year of a date with its month in words: 2 January 1980, Jan 2, 1980, 02-JAN-80."""
    found = next((match for form in _WORDED if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    month = found["month"].lower()
    place = MONTHS.get(month[:4]) or MONTHS.get(month[:3])
    return _year(_whole_year(found["year"]), str(place), found["day"]) if place else None


def _ip(text: str) -> bool:
    if _IPV4.fullmatch(text):
        return True
    if text.count(":") < 2:
        return False
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def _grouped(text: str) -> bool:
    if not _GROUPED_CARD.fullmatch(text):
        return False
    digits = re.sub(r"\D", "", text)
    return is_card(digits) and luhn(digits)


def _street(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in _STREET_WORDS) and bool(_STREET.fullmatch(text))


_RULES: tuple[tuple[Kind, Callable[[str], object]], ...] = (
    (Kind.EMAIL, lambda text: ("@" in text and _EMAIL.search(text)) or obfuscated(text)),
    (Kind.IBAN, lambda text: _IBAN.fullmatch(text) and iban(text)),
    (Kind.CARD, _grouped),
    (Kind.SSN, _SSN.fullmatch),
    (Kind.IP, _ip),
    (Kind.MARKED_PLACE, marked),
    (Kind.PLACE, pair),
    (Kind.PHONE, _PHONE.fullmatch),
    (Kind.STREET, _street),
    (Kind.POSTCODE, _POSTCODE.fullmatch),
    (Kind.LIKE_EMAIL, perhaps_obfuscated),
    (Kind.NAME, _NAME.fullmatch),
    (Kind.TEXT, lambda text: len(text.split()) >= FEWEST_WORDS),
    (Kind.OTHER, _DECIMAL.fullmatch),
    (Kind.CODE, lambda text: _CODE.fullmatch(text) and any(map(str.isdigit, text))),
)
"""How the texts that are neither dates nor digits are told, the surest first."""
ANYWHERE = (Kind.EMAIL, Kind.MARKED_PLACE)
"""Kinds that are told wherever in a text they stand."""


def recognised(text: str) -> tuple[Kind, int]:
    """The kind of a text, in whatever characters it is written; with the year of a date, and the digits of a whole number."""
    text = plain(text).strip()
    if not text:
        return Kind.MISSING, 0
    if text.isdecimal() and text.isascii():
        return (Kind.DIGITS_5, 5) if len(text) == 5 else _of_digits(text)
    if len(text) > LONGEST:
        return next((kind for kind, rule in _RULES if kind in ANYWHERE and rule(text)), Kind.TEXT), 0
    year = _date(text)
    if year is not None:
        return Kind.DATE, year
    return next((kind for kind, rule in _RULES if rule(text)), Kind.OTHER), 0


def _of_digits(digits: str) -> tuple[Kind, int]:
    n = len(digits)
    if n == 8 and (year := _year(digits[:4], digits[4:6], digits[6:])) and 1880 <= year <= 2100:
        return Kind.DATE, year
    if n == 9:
        return (Kind.LIKE_BSN if eleven_test(digits) else Kind.NO_BSN), n
    if 13 <= n <= 19 and is_card(digits):
        return (Kind.LIKE_CARD if luhn(digits) else Kind.NO_CARD), n
    return Kind.NUMBER, min(n, MOST_DIGITS)


def recognised_number(number: float) -> tuple[Kind, int]:
    """The kind of a number; with the year of a date that is written as one, and its digits where it is whole."""
    if number != number:
        return Kind.MISSING, 0
    if number < 0 or math.isinf(number) or number != int(number):
        return Kind.OTHER, 0
    return _of_digits(str(int(number)))
