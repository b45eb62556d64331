"""A text as it reads, whatever characters it is written in: those that only look like others, and those that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_SPACE, _UNSEEN, _CONTROL, _DIGIT = ("Zs", "Zl", "Zp"), "Cf", "Cc", "Nd"
_BEFORE = str.maketrans("º˚´", "°°'")
"""Degrees and minutes as people write them, of which the compatible form would make a letter and an accent."""
_FILLERS = (
    0x034F,
    0x115F,
    0x1160,
    0x17B4,
    0x17B5,
    0x3164,
    0xFFA0,
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
)


class _AsRead(dict[int, str]):
    """By code point what is read there, found when it is first asked for."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        category = unicodedata.category(letter)
        read = letter
        if category in _SPACE:
            read = " "
        elif category == _DIGIT:
            read = str(unicodedata.decimal(letter))
        elif category == _UNSEEN or (category == _CONTROL and not letter.isspace()):
            read = ""
        return self.setdefault(code, read)


_AS_READ = _AsRead({0x2010: "-", 0x2043: "-", 0x2212: "-", 0x2800: " ", **dict.fromkeys(_FILLERS, "")})
"""With hyphens, the minus sign, the blank of braille, and fillers and variation selectors, which have no look."""
_DASHES = re.compile(r"(?<=\d)[\u2012-\u2015\u2E3A\u2E3B\uFE58](?=\d)")
"""Between words a dash joins two places, and no name."""


def plain(text: str) -> str:
    """The text in its compatible form (NFKC, UAX 15), without what is not seen, with plain spaces, hyphens and digits.

    A full-width sign is the sign, a no-break space a space, a dash within a number a hyphen, an Arabic digit a digit; a zero-width space, a soft hyphen
    and a mark of direction are nothing. Letters of another alphabet that look alike stay what they are: words are written in it.
    """
    if text.isascii() and text.isprintable():
        return text
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text.translate(_BEFORE)).translate(_AS_READ))


NOT_KNOWN = (
    *("unknown", "missing", "not available", "not known"),
    *(
        "not asked",
        "not answered",
        "not recorded",
        "not reported",
        "not specified",
        "not stated",
        "no answer",
        "no data",
        "no information",
    ),
)
"""What says in words that nothing is known, also as the meaning of a code, where "none" may be how many there are."""
UNKNOWN = (
    *("", "?", "-", "--", ".", "n/a", "na", "#n/a", "nan", "nil", "null", "none"),
    *("not applicable", "undefined", "tbd", "xxx"),
    *NOT_KNOWN,
)
"""Texts that say so."""


def word_of(text: str) -> str:
    """The text without case, spaces and hyphens, in whatever characters: equal ones are one word that is spelt in several ways."""
    return "".join(c for c in plain(text).casefold() if c.isalnum() or c in "+<>=%&/.,") or text


def is_unknown(text: str) -> bool:
    """Whether a text says that nothing is known."""
    return plain(text).strip().lower() in UNKNOWN


def spelt_alike(texts: Collection[str], codes: Collection[int | str]) -> dict[str, str]:
    """What each text is told by: a documented code by itself, and any other by its word, or by the one code that is this word."""
    documented = {str(code) for code in codes}
    of_word: dict[str, str] = {}
    for code in documented:
        word = word_of(code)
        of_word[word] = code if of_word.get(word, code) == code else word
    return {text: text if text in documented else of_word.get(word_of(text), word_of(text)) for text in texts}
