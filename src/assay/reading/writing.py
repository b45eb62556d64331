"""A text or a code as YAML, so that whoever reads it gets the same one back."""

from __future__ import annotations

import re

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
