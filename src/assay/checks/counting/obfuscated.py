"""E-mail addresses that are written so that no program should find them: name (at) host.org, name [at] host dot org.

In brackets, or with AT in capitals after a name that is not, they can be nothing else, in whatever text they stand. With a plain "at",
or the sign between spaces, they have the form of "bought at shop.com": of these only a whole column says it.
"""

from __future__ import annotations

import re

_ENDINGS = "com|org|net|edu|gov|mil|info|biz|io|eu|uk|de|fr|nl|es|pt|pl|ch|se|dk|fi|cz|ie|ca|au|nz|jp|cn|kr|ru|br|mx|ar|za|gr|hu|ro|bg|sk|lt|lv|ee"
"""After a plain word "dot" one of these must stand: the others are words of some language, as in "at the dot in the middle"."""
_LABEL = r"[^\W_][\w-]{0,62}"
_BRACKETED = r" ?[(\[{<] ?{} ?[)\]}>] ?"
_DOTTED = rf"(?:\.|{_BRACKETED.replace('{}', '(?:dot|punkt|[.])')})"
_HOST = (
    rf"(?:{_LABEL}(?:{_DOTTED}[^\W\d_][\w-]{{1,62}}){{1,4}}|(?:{_LABEL} dot ){{1,4}}(?:{_ENDINGS}))(?![\w-])"
)
_AT = re.compile(
    rf"[\w+-]{_BRACKETED.replace('{}', '(?:at|@)')}{_HOST}"
    rf"|[\w+-]@{_HOST}"
    rf"|(?<![\w.+-])(?=[\w.+-]{{0,63}}(?-i:[a-z]))[\w.+-]{{1,64}} (?-i:AT) {_HOST}"
    rf"|(?<![\w.+-])[\w.+-]{{1,64}} at (?:{_LABEL} dot ){{1,4}}(?:{_ENDINGS})(?![\w-])",
    re.IGNORECASE,
)
_PLAIN = re.compile(rf"[\w.+-]{{1,64}} (?:at|@) {_LABEL}(?:\.[^\W\d_][\w-]{{1,62}}){{1,4}}", re.IGNORECASE)
_SPELT = re.compile(r"&#64;|&#x40;|&commat;|%40", re.IGNORECASE)


def obfuscated(text: str) -> bool:
    """Whether an address stands in a text that only its writing hides."""
    text = _SPELT.sub("@", text)
    return ("@" in text or "at" in text.lower()) and bool(_AT.search(text))


def perhaps_obfuscated(text: str) -> bool:
    """Whether a text is one word, "at" or its sign between spaces, and a host: an address, or where something was bought."""
    return bool(_PLAIN.fullmatch(text))
