"""A text or a code as YAML, so that whoever reads it gets the same one back."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection

WIDTH = 100
_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_./+-]*( [A-Za-z0-9_./+-]+)*")
_NOT_TEXT = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


def written(text: str) -> str:
    """A text as YAML; in quotes unless every reader takes it for a text."""
    return text if _SIMPLE.fullmatch(text) and text.casefold() not in _NOT_TEXT else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08X}"


def written_code(code: int | str | bool) -> str:
    """A code as it stands in the data: a number, true or false, or a text in quotes."""
    if isinstance(code, bool):
        return "true" if code else "false"
    return str(code) if isinstance(code, int) else _quoted(code)


def said(text: str, indent: int) -> str:
    """A text behind its key, folded below it where it is long; a blank where there is none."""
    plain = " ".join(text.split())
    if len(plain) + indent <= WIDTH:
        return f" {written(plain)}"
    folded = textwrap.wrap(plain, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return " >-" + "".join(f"\n{' ' * indent}{line}" for line in folded)


def listed_below(texts: Collection[str], indent: int) -> str:
    """Texts behind the key of their list, an item a line; a blank where there are none."""
    if not texts:
        return ' [""]'
    return "".join(f"\n{' ' * indent}-{said(text, indent + 2)}" for text in texts)


def commented(text: str) -> str:
    """A text as comment lines."""
    return textwrap.fill(" ".join(text.split()), WIDTH + 20, initial_indent="# ", subsequent_indent="# ")
