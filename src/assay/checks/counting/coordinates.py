"""Coordinates of a place as people and programs write them.

With degrees and minutes, the directions, a word for each, or in the notation of a program (RFC 5870, well-known text, ISO 6709, the link of a
map) they can be nothing else, in whatever text they stand. Two plain numbers can be: of these only a whole column says it.
"""

from __future__ import annotations

import re

_FINE = r"[+-]?\d{1,3}[.,]\d{2,}"
"""With fewer decimals it is a region."""
_ARC = (
    r"\d{1,3}(?:[.,]\d{2,} ?[°º˚]| ?[°º˚] ?\d{1,2}(?:[.,]\d+)? ?['′’´]"
    r"(?: ?\d{1,2}(?:[.,]\d+)? ?(?:[\"″”]|['′’´]{2}))?)"
)
"""Degrees with two decimals, or with minutes."""
_NORTH, _EAST = "[NS]", "[EWO]"
"""East is O in German, west is O in French and Spanish."""
_BETWEEN = r"[ ,;/|]{1,3}"
_MARKED = re.compile(
    rf"(?:{_NORTH} ?{_ARC}{_BETWEEN}{_EAST} ?{_ARC}|{_ARC} ?{_NORTH}{_BETWEEN}{_ARC} ?{_EAST})(?!\w)"
    rf"|(?<![\w.])\d{{1,2}}[.,]\d{{3,}} ?{_NORTH}{_BETWEEN}\d{{1,3}}[.,]\d{{3,}} ?{_EAST}(?!\w)"
    rf"|(?<!\w)lat(?:itude)?\W{{0,4}}{_FINE}[ ,;/|\"]{{1,4}}(?:and )?(?:lon|lng|long|longitude)\W{{0,4}}{_FINE}"
    r"|(?<!\w)geo:[+-]?\d{1,2}\.\d{2,},[+-]?\d{1,3}\.\d{2,}"
    r"|(?<!\w)(?-i:POINT) ?\( ?[+-]?\d{1,3}\.\d{2,} +[+-]?\d{1,2}\.\d{2,} ?\)"
    r"|(?<!\w)https?://\S{0,80}[@=/][+-]?\d{1,2}\.\d{3,}(?:,|%2C)[+-]?\d{1,3}\.\d{3,}"
    r"|(?<![\w.])[+-]\d{2}\.\d{3,}[+-]\d{3}\.\d{3,}(?![\w.])",
    re.IGNORECASE,
)
_SIGNS = ("°", "º", "˚", "lat", "geo:", "point", "://")
_LETTERS = re.compile(r"\d ?[NS][ ,;/|]|\d[+-]\d", re.IGNORECASE)
"""One of these stands in whatever is marked, and is quicker to see."""
_PAIR = re.compile(r"[(\[]?([+-]?\d{1,3}\.\d{3,})°?[,;/| ] ?([+-]?\d{1,3}\.\d{3,})°?[)\]]?")
_PAIR_WITH_COMMAS = re.compile(r"[(\[]?([+-]?\d{1,3},\d{3,})°?[;/| ] ?([+-]?\d{1,3},\d{3,})°?[)\]]?")


def marked(text: str) -> bool:
    """Whether coordinates stand in a text that say themselves what they are."""
    lower = text.lower()
    return (any(sign in lower for sign in _SIGNS) or bool(_LETTERS.search(text))) and bool(
        _MARKED.search(text)
    )


def pair(text: str) -> bool:
    """Whether a text is two numbers of three decimals, of which one could be a latitude and the other a longitude."""
    found = _PAIR.fullmatch(text) or _PAIR_WITH_COMMAS.fullmatch(text)
    if not found:
        return False
    one, two = sorted(abs(float(number.replace(",", "."))) for number in found.groups())
    return one <= 90 and two <= 180
